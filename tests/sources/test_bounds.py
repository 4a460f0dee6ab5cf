"""Bombs, loops, and documents that multiply: a bound is met early, and what came before is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.opened import load_image, open_image
from explorer.blobs import compression as compression_module
from explorer.errors import ExplorerError, LimitExceeded, NotFound
from explorer.filesystem import decoder
from explorer.sources import docker_archive, oci_layout
from explorer.sources.members import MOST_LAYERS
from explorer.store.cache import Caches
from tests.factory import (
    Compression,
    blob_path,
    character_device,
    compress,
    docker_archive_v25,
    file,
    image,
    index,
    layer,
    layer_from_tar,
    layout_of,
    sha256,
    symlink,
    tar_bytes,
)
from tests.factory import oci_layout as layout
from tests.factory.entry import Entry
from tests.sources.bad_input import small

INDEX = "application/vnd.oci.image.index.v1+json"
Write = Callable[[bytes], str]
Document = dict[str, Any]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(data: bytes) -> str:
        path = tmp_path / "image.tar"
        path.write_bytes(data)
        return str(path)

    return written


# Bombs


@pytest.mark.parametrize("kind", ["gzip", "zstd", "xz", "bz2"])
def test_a_bomb_around_the_archive_is_stopped(
    write: Write, kind: Compression, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compression_module, "_BOMB_SIZE", 1 << 20)
    data = compress(tar_bytes([file("zeros", bytes(18 << 20))]), kind)
    with pytest.raises(LimitExceeded, match="expands without measure") as caught:
        open_image(write(data), caches=Caches.at(tmp_path / "cache"))
    assert caught.value.exit_code == 4
    assert not any(path.is_file() for path in (tmp_path / "cache").rglob("*.tar"))


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_bomb_in_a_layer_is_told_on_the_layer(
    write: Write, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression_module, "_BOMB_SIZE", 1 << 20)
    bomb = layer(file("small"), file("zeros", bytes(9 << 20)), compression=kind)
    opened = open_image(write(layout(image(layer(file("a")), bomb)).to_bytes()))
    assert opened.layers[0].problem == ""
    assert "expands without measure" in opened.layers[1].problem
    assert opened.layers[1].verified is None  # what was not read to its end has no digest
    assert opened.final.find(b"/small")


# Indexes


def listing(entries: Iterable[Document]) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": list(entries)}).encode()


def described(document: bytes) -> Document:
    return {"mediaType": INDEX, "digest": sha256(document), "size": len(document)}


def test_indexes_of_indexes_do_not_multiply(write: Write) -> None:
    """A hundred entries a level, five levels deep, would be ten thousand million."""
    blobs, inner = small().blobs(), small().descriptor()
    for level in range(5):
        document = listing({**inner, "annotations": {"n": f"{level}.{n}"}} for n in range(100))
        blobs[sha256(document)] = document
        inner = described(document)
    found = load_image(write(layout_of(listing([inner]), blobs).to_bytes()))
    assert str(found.image_id) == small().image_id
    assert found.warnings == ()


@pytest.mark.parametrize("depth", [5, 12, 60])
def test_indexes_are_followed_eight_levels_deep(write: Write, depth: int) -> None:
    inner = index(small())
    for _ in range(depth - 1):
        inner = index(inner)
    data = layout(inner).to_bytes()
    if depth < 8:
        assert str(load_image(write(data)).image_id) == small().image_id
    else:
        with pytest.raises(NotFound):
            load_image(write(data))


def test_only_so_many_manifests_are_listed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci_layout, "MAX_MANIFESTS", 20)
    entries = [small().descriptor()]
    entries += [{**entries[0], "digest": f"sha256:{number:064x}"} for number in range(100)]
    document = listing(entries)
    data = layout_of(listing([described(document)]), small().blobs() | {sha256(document): document})
    found = load_image(write(data.to_bytes()))
    assert str(found.image_id) == small().image_id
    assert "only the first 20 manifests are listed" in found.warnings


def test_only_so_many_bytes_of_manifests_are_read(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One large manifest can be named under thousands of tags."""
    monkeypatch.setattr(oci_layout, "MAX_LISTED", 10 * len(small().blobs()[small().digest]))
    tag = "org.opencontainers.image.ref.name"
    entries = [{**small().descriptor(), "annotations": {tag: f"t{n}"}} for n in range(100)]
    found = load_image(write(layout_of(listing(entries), small().blobs()).to_bytes()) + ":t3")
    assert str(found.image_id) == small().image_id
    assert "only the first 11 manifests are listed" in found.warnings


def test_one_configuration_of_a_thousand_images_is_read_once(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker_archive, "MAX_MANIFESTS", 1000)
    archive = docker_archive_v25(small())
    (item,) = json.loads(archive.content("manifest.json"))
    items = [{**item, "RepoTags": [f"a:{number}"]} for number in range(3000)]
    data = archive.replaced("manifest.json", json.dumps(items)).without("index.json")
    found = load_image(write(data.to_bytes()) + ":a:7")
    assert str(found.image_id) == small().image_id
    assert "only the first 1000 images are listed" in found.warnings


def test_more_layers_than_anything_could_run_are_refused(write: Write) -> None:
    made = small()
    manifest = json.loads(made.blobs()[made.digest])
    manifest["layers"] *= MOST_LAYERS
    document = json.dumps(manifest).encode()
    entry = {**made.descriptor(), "digest": sha256(document), "size": len(document)}
    data = layout_of(listing([entry]), made.blobs() | {sha256(document): document})
    with pytest.raises(LimitExceeded, match="2,000 layers"):
        load_image(write(data.to_bytes()))


def test_a_folder_of_more_images_than_a_process_may_open_files(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of a process are a thing of Unix")
    images = [image(layer(file(f"f{number}")), tags=[f"a:{number}"]) for number in range(60)]
    folder = layout(*images).extract(tmp_path / "layout")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(list(Path("/dev/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 40, hard))
    try:
        assert str(load_image(f"{folder}:a:59").image_id) == images[59].image_id
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# What a small tar can ask of memory


def test_sparse_maps_and_attributes_count_as_what_they_take(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "DETAILS_LIMIT", 4 << 20)
    for hostile in (holes(40), labels(40)):
        opened = open_image(write(layout(image(layer_from_tar(tar_bytes(hostile)))).to_bytes()))
        assert "sparse maps" in opened.layers[0].problem
        # The batch that went over the limit was cut short, too.
        assert 1 < len(opened.final.nodes()) < 20


def holes(count: int) -> Iterable[Entry]:
    runs = 6000
    table = f"{runs}\n" + "".join(f"{2 * run}\n1\n" for run in range(runs))
    head = table.encode().ljust(-(-len(table) // 512) * 512, b"\0")
    records = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "20000"}
    one = file("f", head + bytes(runs)).with_pax(records)
    return (replace(one, path=f"f{number}".encode()) for number in range(count))


def labels(count: int) -> Iterable[Entry]:
    for number in range(count):
        names = range(number * 5000, number * 5000 + 5000)
        yield file(f"f{number}").with_pax({f"SCHILY.xattr.{name:x}": "" for name in names})


_UNDER_A_LIMIT = """
import resource, sys
from pathlib import Path
from explorer.analysis.opened import open_image
from explorer.store.cache import Caches
resource.setrlimit(resource.RLIMIT_AS, (1600 << 20, 1600 << 20))
opened = open_image(sys.argv[1], caches=Caches.at(Path(sys.argv[2])))
print(opened.problems)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded as Linux does it")
def test_names_of_four_megabytes_cannot_ask_for_four_gigabytes(
    tmp_path: Path, write: Write
) -> None:
    """Each makes two thousand directories that no other has."""
    tar = tar_bytes(file(f"{number}/" + "a/" * 2000 + "f") for number in range(800))
    name = write(layout(image(layer_from_tar(tar, "zstd"))).to_bytes())
    done = subprocess.run(
        [sys.executable, "-c", _UNDER_A_LIMIT, name, str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=False,
        env={"OPENBLAS_NUM_THREADS": "1"},
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stderr == ""
    assert "The layer is too large: its directories" in done.stdout


def test_a_name_is_the_file_it_means_at_whatever_length_it_is_spelled(write: Write) -> None:
    entries = [file("./" * 3000 + "f"), file("../" * 2000 + "out"), file("d/" + "//" * 3000 + "g")]
    opened = open_image(write(layout(image(layer(*entries))).to_bytes()))
    shown = set(opened.stack.trie.paths(opened.final.nodes()))
    assert {b"/f", b"/out", b"/d/g"} <= shown
    assert any("points outside the image" in text for text in opened.warnings)


def test_a_name_longer_than_any_filesystem_takes_is_left_out(write: Write) -> None:
    entries = [file("a/" * 3000 + "f"), file("kept")]
    opened = open_image(write(layout(image(layer(*entries))).to_bytes()))
    assert opened.final.find(b"/kept")
    assert any("longer than any filesystem takes" in text for text in opened.warnings)


def test_what_many_files_share_is_kept_once(write: Write) -> None:
    """SELinux labels every file of a system: that is no attack."""
    label = {"security.selinux": b"system_u:object_r:usr_t:s0\0"}
    entries = [file(f"f{number}", xattrs=label) for number in range(3000)]
    index = open_image(write(layout(image(layer(*entries))).to_bytes())).layers[0].index
    assert index is not None
    table = index.xattrs
    assert len(table) == 3000
    assert len({id(found) for found in table.values()}) == 1


def test_thousands_of_devices_are_no_attack(write: Write) -> None:
    entries = [character_device(f"d{number}", 1, number % 256) for number in range(3000)]
    opened = open_image(write(layout(image(layer(*entries))).to_bytes()))
    assert opened.problems == ()


@pytest.mark.parametrize("kind", ["gzip", "zstd", "xz", "bz2"])
def test_many_small_members_are_read_to_the_last(write: Write, kind: Compression) -> None:
    """As eStargz and zstd:chunked have them; each must not cost a copy of all that follow."""
    tar = tar_bytes([file("a", "x" * 3000), file("b", "y" * 3000)])
    pieces = [tar[at : at + 7] for at in range(0, len(tar), 7)]
    data = b"".join(compress(piece, kind) for piece in pieces) + bytes(700)
    opened = open_image(write(data))
    assert opened.problems == ()
    node = opened.node(b"/b")
    assert opened.content(int(opened.final.visible[node])).read_at(0, 3) == b"yyy"


def test_no_blob_of_a_layout_is_a_way_out(write: Write) -> None:
    archive = layout(small())
    name = blob_path(small().layers[0].digest)
    for target in ("/etc/hostname", "../../../../etc/hostname", name):
        led = archive.without(name).plus(symlink(name, target))
        opened = open_image(write(led.to_bytes()))
        assert opened.image.layers[0].missing
        with pytest.raises(ExplorerError):
            opened.node(b"/big")
