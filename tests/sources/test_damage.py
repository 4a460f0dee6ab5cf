"""Damage at every place, in every form of archive: refused, or told from a whole image."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from explorer.analysis.opened import OpenImage, open_image
from explorer.errors import ExplorerError
from explorer.store.cache import Caches
from tests.factory import (
    blob_path,
    compress,
    directory,
    docker_archive_legacy,
    docker_archive_v25,
    file,
    image,
    layer,
    layer_from_tar,
    oci_layout,
    podman_archive,
    rootfs,
    tar_bytes,
)
from tests.factory.hostile import Case, cases
from tests.fuzz.trial import look_through
from tests.sources.bad_input import small

FORMS = {
    "docker before 25": docker_archive_legacy(small()).to_bytes(),
    "docker from 25": docker_archive_v25(small()).to_bytes(),
    "podman": podman_archive(small()).to_bytes(),
    "oci": oci_layout(small()).to_bytes(),
    "rootfs": rootfs(directory("etc"), file("etc/motd", "hello\n"), file("b" * 120)).to_bytes(),
    "rootfs, gzip": rootfs(file("a", "x" * 900)).to_bytes("gzip"),
    "oci, zstd": oci_layout(small()).to_bytes("zstd"),
}
# Where a reader looks for something in a block of a tar.
_PLACES = (0, 1, 50, 124, 130, 156, 300, 511)


def _stops(data: bytes) -> list[int]:
    """Where to cut: at every byte in continuous integration, and wherever that is quick."""
    if os.environ.get("CI") or len(data) < 2000:
        return list(range(len(data)))
    return [at for block in range(0, len(data), 512) for at in (block + p for p in _PLACES)]


@pytest.mark.parametrize("form", FORMS)
def test_an_image_cut_at_any_byte_is_refused_or_told_from_a_whole_one(
    tmp_path: Path, form: str
) -> None:
    data = FORMS[form]
    caches = Caches.at(tmp_path / "cache")
    for stop in _stops(data):
        try:
            opened = open_image(_written(tmp_path, data[:stop]), caches=caches)
        except ExplorerError as error:
            assert error.exit_code in (3, 4), (stop, error)
            continue
        if stop % 16 == 0:
            look_through(opened, random.Random(stop))
        told = opened.problems or any("no end marker" in text for text in opened.warnings)
        # Without a word only where nothing is missing but zeros behind the end.
        assert told or not data[stop:].strip(b"\0"), stop


def _written(folder: Path, data: bytes) -> str:
    path = folder / "image"
    path.unlink(missing_ok=True)  # another file, for another identity
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_image_is_not_called_cut(tmp_path: Path, form: str) -> None:
    opened = open_image(_written(tmp_path, FORMS[form]))
    assert opened.problems == ()
    assert not any("no end marker" in text for text in opened.warnings)


def test_a_tar_without_an_end_marker_is_shown_and_told(tmp_path: Path) -> None:
    opened = open_image(_written(tmp_path, tar_bytes([file("a")], end=False)))
    assert opened.problems == ()
    assert "the archive has no end marker" in " ".join(opened.warnings)
    assert opened.final.find(b"/a")


@pytest.mark.parametrize("which", [0, 1])
def test_a_flipped_bit_is_told_on_its_layer(tmp_path: Path, which: int) -> None:
    made = small()
    blob = bytearray(made.layers[which].blob)
    blob[len(blob) // 2] ^= 8
    archive = oci_layout(made).replaced(blob_path(made.layers[which].digest), bytes(blob))
    opened = open_image(_written(tmp_path, archive.to_bytes()))
    assert [each.verified for each in opened.layers] == [which != 0, which != 1]
    (problem,) = opened.problems
    assert problem.startswith(f"layer {which}: its content does not hash to sha256:")


def test_a_mismatch_is_told_the_second_time_too(tmp_path: Path) -> None:
    made = small()
    spoiled = compress(made.layers[0].tar + bytes(512), "gzip")
    archive = oci_layout(made).replaced(blob_path(made.layers[0].digest), spoiled)
    assert _twice(tmp_path, archive.to_bytes()) == [(False, True)] * 2


def test_a_broken_tar_under_the_right_digest_is_told_the_second_time_too(tmp_path: Path) -> None:
    broken = tar_bytes([file("a"), file("b").with_fields(chksum=b"000000\0 "), file("c")])
    archive = oci_layout(image(layer_from_tar(broken, "gzip")))
    assert _twice(tmp_path, archive.to_bytes()) == [(True, True)] * 2


def _twice(folder: Path, data: bytes) -> list[tuple[bool | None, bool]]:
    """Whether layer 0 is verified, and whether there are problems; the second time from cache."""
    name, caches, found = _written(folder, data), Caches.at(folder / "cache"), []
    for _ in range(2):
        opened = open_image(name, caches=caches)
        found.append((opened.layers[0].verified, bool(opened.problems)))
        opened.close()
    return found


@pytest.mark.parametrize("form", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_hostile_layer_is_shown_or_told(tmp_path: Path, case: Case, form: str) -> None:
    made = image(layer_from_tar(case.tar, form), layer(file("top")))  # type: ignore[arg-type]
    opened: OpenImage = open_image(_written(tmp_path, oci_layout(made).to_bytes()))
    look_through(opened, random.Random(0))
    if case.verdict == "broken":
        assert any("layer 0" in text for text in opened.warnings)
    if case.verdict == "valid":
        assert opened.problems == ()
    assert opened.final.find(b"/top")
