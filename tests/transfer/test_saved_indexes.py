"""An image for several platforms, saved and loaded: whole, in part, and compressed otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.analysis.opened import load_image, source_of
from explorer.errors import NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, Reference, media
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.transfer.layers import Packing
from explorer.transfer.load import load
from explorer.transfer.picking import Picked, pick
from explorer.transfer.save import Format, save
from tests.factory import Image, Index, blob_path, oci_layout

NAME = "example.test/both:1"
LINUX = ["linux/amd64", "linux/arm64"]


def picked(name: str, platform: str = "") -> Picked:
    location = Location.parse(name)
    wanted = Platform.parse(platform) if platform else None
    return pick(open_source(location, Caches.at()), location.reference, wanted)


def saved(what: Picked, path: Path, form: Format, packing: Packing | None = None) -> str:
    done = save([(what, what.names)], path, form, packing=packing)
    return str(done.descriptors[0].digest)


@pytest.mark.parametrize("form", ["oci-archive", "oci"])
def test_an_index_is_saved_whole_and_comes_back_with_its_digest(
    form: Format, layout: Path, both: Index, tmp_path: Path, store: ImageStore
) -> None:
    path = tmp_path / "saved"
    assert saved(picked(f"oci:{layout}"), path, form) == both.digest
    (loaded,) = load(source_of(str(path)), store)
    assert str(loaded.descriptor.digest) == both.digest
    assert [str(name) for name in loaded.references] == [NAME]
    assert {str(digest) for digest, _, _ in store.layout.blobs()} == set(both.blobs())
    again = tmp_path / "again"
    assert saved(picked(NAME), again, form) == both.digest


def test_one_platform_is_saved_where_one_is_named(layout: Path, arm: Image, tmp_path: Path) -> None:
    what = picked(f"oci:{layout}", "linux/arm64")
    assert not what.is_index
    assert [str(one) for one in what.platforms] == ["linux/arm64"]
    assert saved(what, tmp_path / "saved", "oci-archive") == arm.digest


def test_a_docker_archive_takes_one_platform(layout: Path, tmp_path: Path, arm: Image) -> None:
    path = tmp_path / "one.tar"
    saved(picked(f"oci:{layout}", "linux/arm64"), path, "docker-archive")
    found = load_image(f"docker-archive:{path}")
    assert str(found.image_id) == arm.image_id
    assert found.names == (NAME,)


def test_platforms_that_are_not_here_stay_away(
    both: Index, amd: Image, arm: Image, tmp_path: Path, store: ImageStore
) -> None:
    lacking = oci_layout(both).extract(tmp_path / "lacking")
    (lacking / blob_path(arm.digest)).unlink()
    saved(picked(f"oci:{lacking}"), tmp_path / "saved", "oci")
    (loaded,) = load(source_of(str(tmp_path / "saved")), store)
    assert str(loaded.descriptor.digest) == both.digest
    assert load_image(f"store:{NAME}").platform == Platform.parse("linux/amd64")


def test_an_index_without_any_platform_here_is_not_saved(
    both: Index, amd: Image, arm: Image, tmp_path: Path
) -> None:
    lacking = oci_layout(both).extract(tmp_path / "lacking")
    (lacking / blob_path(arm.digest)).unlink()
    (lacking / blob_path(amd.layers[0].digest)).unlink()
    with pytest.raises(NotFound):
        saved(picked(f"oci:{lacking}"), tmp_path / "saved.tar", "oci-archive")
    assert not (tmp_path / "saved.tar").exists()


@pytest.mark.parametrize("packing", ["zstd", "none"])
def test_an_index_that_is_compressed_otherwise_is_another_of_the_same_images(
    packing: Packing, layout: Path, both: Index, amd: Image, tmp_path: Path, store: ImageStore
) -> None:
    path = tmp_path / "saved"
    digest = saved(picked(f"oci:{layout}"), path, "oci", packing)
    assert digest != both.digest
    document = json.loads((path / blob_path(digest)).read_bytes())
    images = [entry for entry in document["manifests"] if "platform" in entry][:2]
    (attested,) = document["manifests"][2:]
    key = media.ATTESTATION_SUBJECT_ANNOTATION
    assert attested["annotations"][key] == images[0]["digest"] != amd.digest
    load(source_of(str(path)), store)
    for platform in LINUX:
        found = load_image(f"store:{NAME}", Platform.parse(platform))
        assert {layer.compression for layer in found.layers} == {packing}
    assert str(load_image(f"store:{NAME}", Platform.parse(LINUX[0])).image_id) == amd.image_id


def test_an_index_that_is_compressed_so_already_stays(
    layout: Path, both: Index, tmp_path: Path
) -> None:
    assert saved(picked(f"oci:{layout}"), tmp_path / "saved", "oci", "gzip") == both.digest


def test_platforms_side_by_side_become_an_index(amd: Image, arm: Image, tmp_path: Path) -> None:
    side = oci_layout(amd.tagged("t:1"), arm.tagged("t:1")).extract(tmp_path / "side")
    what = picked(f"oci:{side}")
    assert what.is_index
    saved(what, tmp_path / "saved", "oci")
    listed = json.loads((tmp_path / "saved" / "index.json").read_bytes())
    (entry,) = listed["manifests"]
    assert entry["mediaType"] == media.OCI_INDEX
    below = json.loads((tmp_path / "saved" / blob_path(entry["digest"])).read_bytes())
    assert [one["digest"] for one in below["manifests"]] == [amd.digest, arm.digest]
    assert all("annotations" not in one for one in below["manifests"])


def test_a_digest_means_the_image_itself(layout: Path, arm: Image, both: Index) -> None:
    assert str(picked(f"oci:{layout}:@{arm.digest}").root).count(arm.digest) == 1
    whole = picked(f"oci:{layout}:@{both.digest}")
    assert whole.root is not None
    assert str(whole.root.digest) == both.digest


def test_an_image_goes_by_the_name_it_was_asked_for(
    layout: Path, store: ImageStore, tmp_path: Path
) -> None:
    load(source_of(str(layout)), store)
    store.name(Reference.parse("other:2"), store.find(NAME))
    assert [str(name) for name in picked("other:2").names] == ["docker.io/library/other:2"]
    assert [str(name) for name in picked(NAME).names] == [NAME]
    assert len(picked(f"oci:{store.layout.root}").names) == 2


def test_an_index_that_names_the_same_thing_over_and_over_is_walked_once(
    amd: Image, tmp_path: Path, store: ImageStore
) -> None:
    folder = oci_layout(amd).extract(tmp_path / "wide")
    below = Descriptor(media.OCI_MANIFEST, Digest.parse(amd.digest), len(amd.manifest))
    for _ in range(7):
        data = ImageIndex((below,) * 50).encode()
        below = Descriptor(media.OCI_INDEX, Digest.of(data), len(data))
        (folder / below.digest.blob_path).write_bytes(data)
    (folder / "index.json").write_bytes(ImageIndex((below,)).encode())
    (loaded,) = load(source_of(str(folder)), store)
    assert loaded.descriptor.digest == below.digest
    saved(picked(f"oci:{folder}"), tmp_path / "saved", "oci")
    saved(picked(f"oci:{folder}"), tmp_path / "saved", "oci", "zstd")
