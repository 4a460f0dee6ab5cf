"""Which of several images is meant: by name, tag, digest, platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import AmbiguousImage, DamagedImage, NotFound
from explorer.oci import Platform
from explorer.sources.choose import choose
from explorer.sources.image import Image as Found
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from tests.factory import (
    Archive,
    Image,
    ImageBuilder,
    artifact,
    attestation,
    blob_path,
    docker_archive_containerd,
    docker_archive_legacy,
    docker_archive_v25,
    file,
    image,
    index,
    layer,
    oci_layout,
)

NAME = "example.test/team/app:1.0"


@pytest.fixture(autouse=True)
def _on_amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Platform, "host", staticmethod(lambda: Platform("linux", "amd64")))


class Place:
    """Opens archives under one name."""

    def __init__(self, folder: Path) -> None:
        self._path, self._caches = folder / "image.tar", Caches.at(folder / "cache")

    def open(self, archive: Archive, reference: str = "", platform: str = "") -> Found:
        archive.write(self._path)
        source = open_source(Location.parse(str(self._path)), self._caches)
        return choose(source, reference, Platform.parse(platform) if platform else None)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def app(*tags: str, platform: str = "linux/amd64", text: str = "app") -> Image:
    return ImageBuilder(platform).add(file("app", text)).tag(*tags).build()


def app_of(platform: str) -> Image:
    return app(platform=platform, text=platform)


# Names


def test_the_only_image_needs_no_name(place: Place) -> None:
    found = place.open(oci_layout(app(NAME)))
    assert (found.names, found.title) == ((NAME,), NAME)


@pytest.mark.parametrize("reference", [NAME, "1.0", "example.test/team/app:1.0"])
@pytest.mark.parametrize("names", ["full", "tag", "containerd"])
def test_an_image_is_found_by_name_and_by_tag(place: Place, reference: str, names: str) -> None:
    if names == "tag" and reference != "1.0":
        return  # the layout knows no more than the tag
    other = app("example.test/team/app:2.0", text="other")
    layout = oci_layout(app(NAME), other, names=names)  # type: ignore[arg-type]
    assert str(place.open(layout, reference).image_id) == app(NAME).image_id


def test_short_names_are_dockers(place: Place) -> None:
    archive = docker_archive_v25(app("alpine:3.20"), app("alpine:edge", text="edge"))
    for reference in ("alpine:3.20", "docker.io/library/alpine:3.20", "3.20"):
        assert str(place.open(archive, reference).image_id) == app("alpine:3.20").image_id


def test_several_images_are_asked_about(place: Place) -> None:
    archive = docker_archive_legacy(app("a:1", text="a"), app("b:1", "c:1", text="b"))
    with pytest.raises(AmbiguousImage, match="several images: none is named") as caught:
        place.open(archive)
    assert caught.value.choices == ("a:1 (linux/amd64)", "b:1, c:1 (linux/amd64)")
    for reference in ("a:1", "b:1", "c:1"):
        assert reference in place.open(archive, reference).names


def test_a_tag_that_two_images_have_is_asked_about(place: Place) -> None:
    archive = docker_archive_legacy(app("a:1", text="a"), app("b:1", text="b"))
    with pytest.raises(AmbiguousImage, match="1 fits more than one"):
        place.open(archive, "1")


def test_several_names_of_one_image_are_no_question(place: Place) -> None:
    found = place.open(oci_layout(app("a:1", "b:2")))
    assert found.names == ("a:1", "b:2")


def test_one_image_listed_twice_is_no_question(place: Place) -> None:
    found = place.open(docker_archive_legacy(app("a:1"), app("b:1")))
    assert str(found.image_id) == app("a:1").image_id


def test_a_name_that_is_not_there_is_answered_with_those_that_are(place: Place) -> None:
    with pytest.raises(NotFound, match=r"No image b:1.*It holds: a:1"):
        place.open(oci_layout(app("a:1")), "b:1")


def test_an_index_of_nothing_is_no_image(place: Place) -> None:
    with pytest.raises(NotFound, match="holds no image"):
        place.open(oci_layout())


def test_a_long_list_is_cut_in_the_message_but_not_in_the_choices(place: Place) -> None:
    many = [app(f"a:{number}", text=str(number)) for number in range(40)]
    with pytest.raises(AmbiguousImage, match="and 28 more") as caught:
        place.open(docker_archive_legacy(*many))
    assert len(caught.value.choices) == 40


# Digests


@pytest.mark.parametrize("length", [64, 12, 6])
@pytest.mark.parametrize("prefix", ["sha256:", "", "@sha256:"])
def test_an_image_is_found_by_its_digest_or_the_beginning_of_it(
    place: Place, prefix: str, length: int
) -> None:
    one, other = app("a:1", text="a"), app("b:1", text="b")
    digits = other.digest.partition(":")[2][:length]
    found = place.open(oci_layout(one, other), prefix + digits)
    assert str(found.digest) == other.digest


def test_five_digits_are_no_digest(place: Place) -> None:
    one = app("a:1")
    with pytest.raises(NotFound):
        place.open(oci_layout(one), one.digest.partition(":")[2][:5])


# Platforms


def both(*tags: str) -> Archive:
    pair = app_of("linux/amd64"), app_of("linux/arm64")
    return oci_layout(index(*pair, attestation(pair[0]), attestation(pair[1]), tags=tags))


def test_this_machines_platform_is_the_first_choice(place: Place) -> None:
    found = place.open(both(NAME))
    assert str(found.platform) == "linux/amd64"
    assert [str(platform) for platform in found.platforms] == ["linux/amd64", "linux/arm64"]


def test_another_platform_is_given_when_asked_for(place: Place) -> None:
    assert str(place.open(both(NAME), NAME, "linux/arm64").platform) == "linux/arm64"


def test_a_platform_that_is_not_there_is_answered_with_those_that_are(place: Place) -> None:
    with pytest.raises(NotFound, match=r"linux/s390x.*There is: linux/amd64, linux/arm64"):
        place.open(both(), "", "linux/s390x")


def test_where_none_suits_this_machine_the_first_is_shown(place: Place) -> None:
    archive = oci_layout(index(app_of("linux/s390x"), app_of("windows/amd64"), tags=("a:1",)))
    assert str(place.open(archive).platform) == "linux/s390x"


def test_platforms_beside_one_another_are_one_image(place: Place) -> None:
    """apko writes no index for them, but lists them in the layout's own."""
    found = place.open(oci_layout(app_of("linux/amd64"), app_of("linux/arm64")))
    assert [str(platform) for platform in found.platforms] == ["linux/amd64", "linux/arm64"]


def test_two_of_one_name_without_platforms_are_asked_about(place: Place) -> None:
    pair = [artifact("application/x", ("text/plain", text), place={}) for text in (b"one", b"two")]
    with pytest.raises(AmbiguousImage, match="no platform tells them apart") as caught:
        place.open(oci_layout(index(*pair, tags=("a:1",))), "a:1")
    assert len(caught.value.choices) == 2
    digest = caught.value.choices[0].partition(" ")[0]
    assert str(place.open(oci_layout(index(*pair, tags=("a:1",))), digest).digest) == digest


# What else an index holds


def test_attestations_are_never_meant(place: Place) -> None:
    one = app(NAME)
    found = place.open(docker_archive_containerd(index(one, attestation(one), tags=one.tags)))
    assert str(found.digest) == one.digest
    assert [str(platform) for platform in found.platforms] == ["linux/amd64"]


def test_an_image_is_meant_before_an_artifact(place: Place) -> None:
    one = app(NAME)
    signature = artifact("application/x.signature", ("text/plain", b"signed"), subject=one)
    assert str(place.open(oci_layout(signature, one)).digest) == one.digest


def test_an_artifact_alone_is_shown_as_what_it_is(place: Place) -> None:
    found = place.open(oci_layout(artifact("application/x", ("text/plain", b"text"))))
    assert [layer.is_tar for layer in found.layers] == [False]
    assert found.warnings == ()


def test_an_index_in_an_index_in_an_index_is_followed(place: Place) -> None:
    deep = index(index(index(app(platform="linux/amd64"))), tags=(NAME,))
    assert str(place.open(oci_layout(deep)).image_id) == app(platform="linux/amd64").image_id


def test_platforms_whose_manifests_are_absent_are_named_but_not_chosen(place: Place) -> None:
    here, absent = app_of("linux/arm64"), app_of("linux/amd64")
    archive = oci_layout(index(absent, here, tags=(NAME,))).without(blob_path(absent.digest))
    assert str(place.open(archive).platform) == "linux/arm64"
    with pytest.raises(NotFound, match="names a blob that it does not hold"):
        place.open(archive, "", "linux/amd64")


def test_what_does_not_hash_to_its_digest_is_not_opened(place: Place) -> None:
    one = image(layer(file("a")))
    spoiled = oci_layout(one).replaced(blob_path(one.digest), one.manifest + b" ")
    with pytest.raises(DamagedImage, match="does not match its digest"):
        place.open(spoiled)
