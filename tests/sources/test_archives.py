"""Every form of archive reads back as the image it was written from."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.opened import OpenImage, open_image
from explorer.oci import Platform
from explorer.store.cache import Caches
from tests.factory import (
    Archive,
    Compression,
    Image,
    ImageBuilder,
    attestation,
    blob_path,
    directory,
    docker_archive_containerd,
    docker_archive_legacy,
    docker_archive_v25,
    file,
    hardlink,
    image,
    index,
    jib_archive,
    kaniko_archive,
    layer,
    layer_from_tar,
    oci_layout,
    opaque,
    podman_archive,
    rootfs,
    symlink,
    tar_bytes,
    whiteout,
    windows_layer,
)
from tests.factory.layers import LayerCompression
from tests.factory.reference import Stack
from tests.factory.strategies import layer_stacks
from tests.integration.filesystem import Filesystem, differences, read_image

NAME = "example.test/tour:1.0"
FORMS: dict[str, Callable[[Image], Archive]] = {
    "docker before 25": docker_archive_legacy,
    "docker from 25": docker_archive_v25,
    "docker 25.0": lambda each: docker_archive_v25(each, empty_index=True),
    "containerd": docker_archive_containerd,
    "containerd, nested": lambda each: docker_archive_containerd(
        index(each, attestation(each), tags=each.tags)
    ),
    "podman": podman_archive,
    "kaniko": kaniko_archive,
    "jib": jib_archive,
    "oci": oci_layout,
    "oci, tags alone": lambda each: oci_layout(each, names="tag"),
    "oci of containerd": lambda each: oci_layout(each, names="containerd"),
    "oci, nested": lambda each: oci_layout(index(index(each), tags=each.tags)),
}
LAYERS: tuple[LayerCompression, ...] = (
    "none", "gzip", "gzip-members", "estargz", "zstd", "zstd-frames", "zstd-chunked",
)  # fmt: skip
OUTER: tuple[Compression, ...] = (
    "none",
    "gzip",
    "gzip-members",
    "zstd",
    "zstd-frames",
    "xz",
    "bz2",
)


def tour(compression: LayerCompression = "gzip") -> Image:
    shared = layer(file("shared", "again and again\n"), compression=compression)
    return (
        ImageBuilder("linux/arm64/v8")
        .add(
            layer(
                directory("etc", mode=0o700),
                file("etc/motd", "hello\n", uid=7, xattrs={"user.note": b"\0raw"}),
                hardlink("motd", "etc/motd"),
                symlink("link", "etc/motd"),
                file(b"caf\xe9/" + b"n" * 150, bytes(3000)),
                compression=compression,
            ),
            created_by="ADD rootfs.tar / # buildkit",
        )
        .empty("ENV A=1")
        .add(shared, created_by="COPY shared / # buildkit")
        .add(whiteout("etc/motd"), opaque("etc"), file("etc/new"), compression=compression)
        .add(shared)
        .configure(Env=["A=1"], Cmd=["sh"])
        .tag(NAME)
        .build()
    )


class Place:
    """Writes and opens archives in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.caches = folder, Caches.at(folder / "cache")

    def open(self, archive: Archive, outer: Compression = "none", name: str = "image") -> OpenImage:
        path = archive.write(self.folder / name, outer)
        return open_image(str(path), caches=self.caches)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def assert_is(opened: OpenImage, made: Image, *, plain: bool = False) -> None:
    """The image is the one that was written: documents, layers, names."""
    found = opened.image
    assert opened.problems == ()
    assert str(found.image_id) == made.image_id
    assert found.config_json == made.config
    assert str(found.platform) == "linux/arm64/v8"
    assert [str(each.diff_id) for each in found.layers] == list(made.diff_ids)
    assert [str(each.chain_id) for each in found.layers] == list(made.chain_ids)
    assert [each.verified for each in opened.layers] == [True] * len(made.layers)
    assert [each.size for each in opened.layers] == [len(each.tar) for each in made.layers]
    blobs = made.uncompressed() if plain else made
    assert [each.stored for each in found.layers] == [len(each.blob) for each in blobs.layers]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Filesystem:
    """What every form must show; that it is right is for other tests to say."""
    place = Place(tmp_path_factory.mktemp("expected"))
    return read_image(place.open(oci_layout(tour("none"))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("compression", LAYERS)
def test_a_form_reads_back_as_it_was_written(
    place: Place, expected: Filesystem, form: str, compression: LayerCompression
) -> None:
    made = tour(compression)
    opened = place.open(FORMS[form](made))
    # docker save and podman save store layers uncompressed.
    assert_is(opened, made, plain=form.startswith(("docker", "podman")))
    shown = read_image(opened)
    if compression == "estargz":
        shown = shown.without(b"stargz.index.json", b".no.prefetch.landmark")
    assert differences(expected, shown) == []
    assert NAME in opened.image.names or form in ("oci, tags alone",)
    assert opened.created_by(0) == "ADD rootfs.tar / # buildkit"


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("form", ["docker before 25", "docker from 25", "kaniko", "oci"])
def test_what_is_around_an_archive_does_not_matter(
    place: Place, expected: Filesystem, form: str, outer: Compression
) -> None:
    opened = place.open(FORMS[form](tour()), outer, name="no-ending-says-what")
    assert_is(opened, tour(), plain=form.startswith("docker"))
    assert differences(expected, read_image(opened)) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_members_does_not_matter(place: Place, form: str) -> None:
    archive = FORMS[form](tour())
    plain = form.startswith(("docker", "podman"))
    for changed in (archive.reversed(), archive.dotted(), archive.in_format("gnu")):
        assert_is(place.open(changed), tour(), plain=plain)


@pytest.mark.parametrize("form", [form for form in FORMS if "oci" in form])
def test_a_layout_is_the_same_as_a_folder(
    place: Place, expected: Filesystem, form: str, tmp_path: Path
) -> None:
    folder = FORMS[form](tour()).extract(tmp_path / "layout")
    for name in (str(folder), f"oci:{folder}"):
        opened = open_image(name, caches=place.caches)
        assert_is(opened, tour())
        assert opened.image.transport == "oci"
        assert differences(expected, read_image(opened)) == []


def test_a_docker_archive_unpacked_into_a_folder_opens(place: Place, tmp_path: Path) -> None:
    folder = docker_archive_legacy(tour()).extract(tmp_path / "saved")
    assert_is(open_image(str(folder), caches=place.caches), tour(), plain=True)


@pytest.mark.parametrize(
    ("transport", "form"), [("docker-archive", "docker before 25"), ("oci-archive", "oci")]
)
def test_a_transport_that_is_named_is_the_one_used(
    tmp_path: Path, transport: str, form: str
) -> None:
    path = FORMS[form](tour()).write(tmp_path / "image")
    opened = open_image(f"{transport}:{path}", caches=Caches.at(tmp_path / "cache"))
    assert opened.image.transport == transport
    both = docker_archive_v25(tour()).write(tmp_path / "both")
    named = open_image(f"{transport}:{both}:{NAME}", caches=Caches.at(tmp_path / "cache"))
    assert named.image.transport == transport


@pytest.mark.parametrize("outer", OUTER)
def test_a_root_filesystem_opens_as_one_layer(place: Place, outer: Compression) -> None:
    opened = place.open(rootfs(directory("etc"), file("etc/motd", "hello\n")), outer)
    assert opened.image.transport == "rootfs"
    assert [len(each.index or ()) for each in opened.layers] == [2]
    assert "shown as a root filesystem" in opened.warnings[0]
    assert opened.image.platform.is_unknown


def test_a_second_opening_reads_no_layer_again(
    place: Place, expected: Filesystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = oci_layout(tour())
    place.open(archive).close()

    def never(*_: object) -> object:
        raise AssertionError("a layer was read")

    monkeypatch.setattr("explorer.sources.reading.build_index", never)
    opened = open_image(str(place.folder / "image"), caches=place.caches)
    monkeypatch.undo()
    assert_is(opened, tour())
    assert differences(expected, read_image(opened)) == []


@settings(max_examples=40, deadline=None)
@given(layer_stacks(implicit_parents=True), st.sampled_from(sorted(FORMS)), st.sampled_from(LAYERS))
def test_any_image_in_any_form_reads_back_as_its_plain_layout(
    stack: Stack, form: str, compression: LayerCompression
) -> None:
    if compression in ("estargz",):
        compression = "gzip"  # its table of contents is a file of the layer
    plain = image(*(layer(*parts, compression="none") for parts in stack), tags=[NAME])
    made = image(*(layer(*parts, compression=compression) for parts in stack), tags=[NAME])
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        shown = read_image(place.open(FORMS[form](made), name="made"))
        assert differences(read_image(place.open(oci_layout(plain), name="plain")), shown) == []


# What archives leave out, or say twice


def test_one_layer_twice_is_stored_once_and_shown_twice(place: Place) -> None:
    opened = place.open(docker_archive_legacy(tour()))
    assert opened.image.layers[1].diff_id == opened.image.layers[3].diff_id
    assert opened.image.layers[1].blob == opened.image.layers[3].blob
    assert opened.image.stored == sum(
        {each.digest: len(each.tar) for each in tour().layers}.values()
    )


def test_two_contents_under_one_digest_are_two_layers(place: Place) -> None:
    """What verifies one of them must not vouch for the other."""
    good, bad = tar_bytes([file("good")]), tar_bytes([file("bad!")])
    made = image(layer_from_tar(good, "none"), layer_from_tar(good, "none"))
    archive = docker_archive_legacy(made)
    names = [name for name in archive.names if name.endswith("layer.tar")]
    spoiled = Archive(
        tuple(
            file(names[1], bad) if member.path.decode() == names[1] else member
            for member in archive.members
        )
    )
    opened = place.open(spoiled)
    assert [each.verified for each in opened.layers] == [True, False]
    assert opened.problems == (f"layer 1: its content does not hash to {made.diff_ids[0][:19]}...",)


@pytest.mark.parametrize("steps", [None, [], [{"created_by": "x"}], [{}] * 9])
def test_any_history_will_do(place: Place, steps: list[dict[str, str]] | None) -> None:
    made = ImageBuilder().add(file("a")).add(file("b")).history(steps).build()
    opened = place.open(oci_layout(made))
    assert len(opened.layers) == 2
    assert len([step for step in opened.steps if step.layer is not None]) == 2


def test_a_layer_that_is_absent_is_named_and_the_rest_is_shown(place: Place) -> None:
    made = tour()
    opened = place.open(oci_layout(made).without(blob_path(made.layers[2].digest)))
    assert opened.layers[2].index is None
    assert opened.image.layers[2].missing
    assert "layer 2 is not here: the layout does not hold its blob" in opened.warnings
    assert opened.problems == ()
    assert opened.final.find(b"/etc/motd")


def test_a_foreign_layer_says_where_it_is(place: Place) -> None:
    foreign = layer(
        file("Files/a"),
        urls=["https://example.test/layer"],
        media_type="application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    )
    opened = place.open(oci_layout(image(foreign, windows_layer())))
    assert "to be fetched from https://example.test/layer" in opened.warnings[0]
    assert opened.final.find(b"/Files/Windows/System32/hello.exe")


def test_a_platform_of_windows_is_shown_on_any_machine(place: Place) -> None:
    made = ImageBuilder("windows/amd64").add(windows_layer()).build()
    opened = place.open(oci_layout(made))
    assert opened.image.platform == Platform("windows", "amd64")
    assert opened.final.find(b"/Hives/System_Delta")
