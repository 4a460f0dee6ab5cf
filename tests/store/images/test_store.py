"""The local image store: names, blobs, clean-up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from explorer.errors import DamagedImage, DigestMismatch, NotFound, Refused, UsageError
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Reference, media
from explorer.progress import Job
from explorer.store.images import ImageStore
from explorer.store.images.ingest import BlobWriter
from explorer.store.images.layout import Layout

APP = Reference.parse("app:1")
OTHER = Reference.parse("registry.test/team/other")


def add(store: ImageStore, name: Reference | None, *layers: bytes, user: str = "") -> Descriptor:
    """Put an image of these layers in, as a build or a load does."""
    with store.ingest() as ingest:
        parts = tuple(ingest.put(layer, media.OCI_LAYER) for layer in layers)
        config = {
            "os": "linux",
            "architecture": "amd64",
            "created": "2026-01-02T03:04:05Z",
            "config": {"User": user},
            "rootfs": {"type": "layers", "diff_ids": [str(part.digest) for part in parts]},
        }
        described = ingest.put(json.dumps(config).encode(), media.OCI_CONFIG)
        image = ingest.put(Manifest(described, parts).encode(), media.OCI_MANIFEST)
        if name is None:
            store.keep(image)
        else:
            store.name(name, image)
    return image


def blobs(store: ImageStore) -> set[Digest]:
    return {digest for digest, _, _ in store.layout.blobs()}


def test_nothing_is_made_by_looking(store: ImageStore) -> None:
    assert store.images() == ()
    assert store.prune().blobs == 0
    assert not store.layout.root.exists()


def test_an_image_is_found_by_its_names_digest_and_id(store: ImageStore) -> None:
    image = add(store, APP, b"layer")
    (stored,) = store.images()
    assert stored.image_id is not None
    names = (
        "app:1",
        "docker.io/library/app:1",
        str(image.digest),
        image.digest.short,
        f"app@{image.digest}",
        stored.image_id.encoded[:12],
    )
    assert {store.find(name).digest for name in names} == {image.digest}


@pytest.mark.parametrize("name", ["app", "app:2", "sha256:0123456789", "abcdef", "NOT a name"])
def test_what_is_not_there_is_said_with_what_is(store: ImageStore, name: str) -> None:
    add(store, APP, b"layer")
    with pytest.raises(NotFound, match="It holds: app:1"):
        store.find(name)


def test_a_word_that_is_no_digest_is_sought_in_no_manifest(
    store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, APP, b"layer")
    read: list[Digest] = []
    monkeypatch.setattr(Layout, "document", lambda _layout, digest: read.append(digest))
    with pytest.raises(NotFound):
        store.find("missing-archive.tar")
    assert read == []


def test_other_tools_read_the_layout(store: ImageStore) -> None:
    image = add(store, OTHER, b"layer")
    root = store.layout.root
    assert json.loads((root / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
    (entry,) = json.loads((root / "index.json").read_bytes())["manifests"]
    assert entry["digest"] == str(image.digest)
    name = {"org.opencontainers.image.ref.name": "registry.test/team/other:latest"}
    assert entry["annotations"] == name
    for digest, path, _ in store.layout.blobs():
        assert Digest.of(path.read_bytes()) == digest


def test_a_name_moves_and_the_image_before_it_stays_without_one(store: ImageStore) -> None:
    first, second = add(store, APP, b"one"), add(store, APP, b"two")
    assert store.find("app:1").digest == second.digest
    unnamed = [image for image in store.images() if image.reference is None]
    assert [image.digest for image in unnamed] == [first.digest]
    pruned = store.prune()
    assert pruned.references == (str(first.digest),)
    assert pruned.blobs == 3
    assert [image.digest for image in store.images()] == [second.digest]


def test_the_same_image_under_two_names_is_stored_once(store: ImageStore) -> None:
    add(store, APP, b"layer")
    count = len(blobs(store))
    add(store, OTHER, b"layer")
    assert len(blobs(store)) == count
    assert {str(image.reference) for image in store.images()} == {
        str(APP),
        "registry.test/team/other:latest",
    }
    store.unname(APP)
    assert [str(image.reference) for image in store.images()] == ["registry.test/team/other:latest"]


def test_naming_an_image_that_had_none_leaves_no_nameless_one(store: ImageStore) -> None:
    image = add(store, None, b"layer")
    store.name(APP, image)
    assert [stored.reference for stored in store.images()] == [APP]


def test_removing_takes_all_names(store: ImageStore) -> None:
    image = add(store, APP, b"layer")
    store.name(OTHER, image)
    assert len(store.remove(image.digest)) == 2
    assert store.images() == ()
    assert len(blobs(store)) == 3  # until they are pruned
    assert store.prune().blobs == 3
    assert blobs(store) == set()


def test_sizes_tell_what_images_share(store: ImageStore) -> None:
    add(store, APP, b"s" * 1000, b"a" * 10)
    add(store, OTHER, b"s" * 1000, b"b" * 20)
    sizes = {image.reference: (image.size, image.unique_size) for image in store.images()}
    for size, unique in sizes.values():
        assert size - unique == 1000


def test_a_layer_that_others_need_outlives_a_clean_up(store: ImageStore) -> None:
    add(store, APP, b"shared", b"mine")
    add(store, OTHER, b"shared")
    store.unname(APP)
    store.prune()
    assert Digest.of(b"shared") in blobs(store)
    assert Digest.of(b"mine") not in blobs(store)


def test_images_of_several_platforms_are_followed(store: ImageStore) -> None:
    one, two = add(store, None, b"one"), add(store, None, b"two", user="2")
    with store.ingest() as ingest:
        index = ingest.put(ImageIndex((one, two)).encode(), media.OCI_INDEX)
        store.name(APP, index)
    store.remove(one.digest)
    store.remove(two.digest)
    store.prune()
    assert {Digest.of(b"one"), Digest.of(b"two")} <= blobs(store)
    assert store.find("app:1").digest == index.digest


def test_an_image_that_lost_a_blob_says_so_in_the_list(store: ImageStore) -> None:
    image = add(store, APP, b"layer")
    store.layout.blob(image.digest).unlink()
    (stored,) = store.images()
    assert stored.problem.startswith(f"Blob {image.digest.short} is not in the image store")


def test_a_blob_that_hashes_to_something_else_is_not_kept(store: ImageStore) -> None:
    wanted = Descriptor(media.OCI_LAYER, Digest.of(b"right"), 5)
    with store.ingest() as ingest:
        with pytest.raises(DigestMismatch):
            ingest.stream([b"wro", b"ng"], media.OCI_LAYER, expected=wanted)
        with pytest.raises(DamagedImage, match="5 bytes, and there are more"):
            ingest.stream([b"right", b"and more"] * 9, media.OCI_LAYER, expected=wanted)
        with pytest.raises(DamagedImage, match="fewer"):
            ingest.stream([b"rig"], media.OCI_LAYER, expected=wanted)
    assert blobs(store) == set()
    assert list(store.layout.ingest.iterdir()) == []


def test_a_clean_up_waits_for_whoever_brings_blobs_in(store: ImageStore) -> None:
    done = threading.Event()
    with store.ingest() as ingest:
        blob = ingest.put(b"not named yet", media.OCI_LAYER)
        other = threading.Thread(target=lambda: (store.prune(), done.set()))
        other.start()
        assert not done.wait(0.2)
        assert ingest.has(blob)
    other.join()
    assert blobs(store) == set()


def test_waiting_can_be_cancelled(store: ImageStore) -> None:
    job = Job()
    job.cancel()
    with store.ingest(), pytest.raises(Exception, match="Cancelled"):
        store.prune(job)


def test_what_a_crash_left_is_cleared_and_what_is_being_written_is_not(store: ImageStore) -> None:
    store.layout.make()
    script = (
        "import os, sys; from pathlib import Path; "
        "from explorer.store.images.layout import Layout; "
        "from explorer.store.images.ingest import BlobWriter; "
        "w = BlobWriter(Layout(Path(sys.argv[1]))); w.write(b'x' * 1000); os._exit(9)"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(store.layout.root)], check=False, env=os.environ
    )
    with BlobWriter(store.layout) as writer:
        writer.write(b"mine")
        assert len(list(store.layout.ingest.iterdir())) == 2
        assert store.prune().bytes == 1000
        digest = writer.finish(media.OCI_LAYER).digest
    assert digest == Digest.of(b"mine")


def test_two_processes_naming_at_once_lose_no_name(store: ImageStore) -> None:
    image = add(store, APP, b"layer")
    script = (
        "import sys; from pathlib import Path; "
        "from explorer.store.images import ImageStore; from explorer.oci import Reference; "
        "s = ImageStore.at(Path(sys.argv[1])); d = s.find('app:1'); "
        "[s.name(Reference.parse(f'{sys.argv[2]}:{n}'), d) for n in range(20)]"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(store.layout.root), name])
        for name in ("left", "right")
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert len(store.descriptors()) == 41
    assert {d.digest for d in store.descriptors()} == {image.digest}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(UsageError, match=r"it holds letters\.txt"):
        add(ImageStore.at(tmp_path), APP, b"layer")
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_damaged_index_is_named_and_nothing_is_overwritten(store: ImageStore) -> None:
    add(store, APP, b"layer")
    index = store.layout.root / "index.json"
    index.write_bytes(b"{half")
    with pytest.raises(DamagedImage, match="layerscope fsck --repair"):
        add(store, OTHER, b"other")
    assert index.read_bytes() == b"{half"


@contextmanager
def nobody() -> Iterator[None]:
    """Whoever may do everything is somebody else meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_folder_that_cannot_be_written_is_named(mode: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(mode)
        with nobody(), pytest.raises(Refused, match="LAYERSCOPE_DATA_DIR"):
            add(ImageStore.at(folder / "images"), APP, b"layer")
        folder.chmod(0o700)
