"""What the system does to an image while it is looked at: replaced, cut, forbidden, out of room."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage, index_image, load_image, open_image
from explorer.errors import Cancelled, DamagedImage, StorageFull
from explorer.progress import Job, Progress
from explorer.store import plain as plain_module
from explorer.store import spool as spool_module
from explorer.store.cache import Caches
from tests.factory import blob_path, docker_archive_legacy, file, image, layer, oci_layout
from tests.sources.bad_input import small

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
ROOT = Path(__file__).resolve().parents[2]
NOISE = random.Random(1).randbytes(40_000)


def content_of(opened: OpenImage, path: bytes) -> FileContent:
    return opened.content(int(opened.final.visible[opened.node(path)]))


# Changed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of an open file")
def test_a_file_that_is_replaced_or_removed_is_read_to_its_end(tmp_path: Path) -> None:
    path = docker_archive_legacy(small()).write(tmp_path / "image")
    opened = open_image(str(path), caches=Caches.at(tmp_path / "cache"))
    path.unlink()
    path.write_bytes(b"something else")
    assert content_of(opened, b"/big").read_at(0, 10) == bytes(10)


def test_a_replaced_file_is_another_one_to_the_cache(tmp_path: Path) -> None:
    caches = Caches.at(tmp_path / "cache")
    path = oci_layout(small()).write(tmp_path / "image")
    open_image(str(path), caches=caches).close()
    other = image(layer(file("other")))
    replacement = oci_layout(other).write(tmp_path / "new")
    replacement.replace(path)
    opened = open_image(str(path), caches=caches)
    assert str(opened.image.image_id) == other.image_id
    assert opened.final.find(b"/other")


def test_a_file_that_shrinks_is_told(tmp_path: Path) -> None:
    made = image(layer(file("a", bytes(100_000)), compression="none"))
    path = docker_archive_legacy(made).write(tmp_path / "image")
    opened = open_image(str(path), caches=Caches.at(tmp_path / "cache"))
    os.truncate(path, 4000)
    with pytest.raises(DamagedImage, match="changed while it was open"):
        list(content_of(opened, b"/a").chunks())


# Forbidden

# Python itself may lie where only root can read: what is needed is loaded before.
_AS_NOBODY = """
import os, sys
from explorer.cli.app import run
with open(os.devnull, "w") as sys.stdout:
    run(["ls", sys.argv[1]])
sys.stdout = sys.__stdout__
os.setgroups([]); os.setegid(65534); os.seteuid(65534)
sys.exit(run(["ls", sys.argv[2]]))
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody may look into, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="layerscope-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(not IS_ROOT, reason="only root can become someone who may not read")
@pytest.mark.parametrize("kind", ["file", "folder", "index", "blob", "folder above", "nothing"])
def test_what_may_not_be_read_is_refused(public: Path, tmp_path: Path, kind: str) -> None:
    above = public / "above"
    folder = oci_layout(small()).extract(above / "layout")
    path = oci_layout(small()).write(above / "image.tar")
    closed = {
        "file": path,
        "folder": folder,
        "index": folder / "index.json",
        "blob": folder / blob_path(small().digest),
        "folder above": above,
        "nothing": tmp_path,
    }[kind]
    closed.chmod(0)
    name = path if kind in ("file", "folder above") else folder
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, oci_layout(small()).write(tmp_path / "good"), name],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "LAYERSCOPE_CACHE_DIR": str(public / "cache")},
    )
    if kind == "nothing":
        assert (done.returncode, done.stderr) == (0, "")
        return
    assert done.returncode == 5
    assert done.stdout == ""
    assert "Permission denied" in done.stderr
    assert done.stderr.count("\n") == 1


# No room


def test_an_image_opens_and_reads_though_nothing_can_be_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    monkeypatch.setattr(plain_module, "SMALL", 1000)
    path = oci_layout(image(layer(file("a", NOISE), file("b", "last")))).write(tmp_path / "image")
    opened = open_image(str(path), caches=Caches.at(tmp_path / "cache"))
    assert opened.layers[0].verified is True
    assert b"".join(content_of(opened, b"/a").chunks()) == NOISE
    assert content_of(opened, b"/b").read_at(0, 10) == b"last"
    opened.close()


def test_a_compressed_archive_that_needs_room_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_module, "SMALL", 1000)
    monkeypatch.setattr(spool_module, "RESERVE", 1 << 62)
    path = oci_layout(small()).write(tmp_path / "image", "gzip")
    with pytest.raises(StorageFull, match="no room for the cache") as caught:
        open_image(str(path), caches=Caches.at(tmp_path / "cache"))
    assert caught.value.exit_code == 6
    assert not any(path.is_file() for path in (tmp_path / "cache").rglob("*"))


@pytest.mark.integration
@pytest.mark.skipif(not IS_ROOT, reason="mounting a small disk needs root")
def test_a_disk_that_fills_up_leaves_the_image_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        monkeypatch.setattr(plain_module, "SMALL", 1 << 20)
        monkeypatch.setattr(spool_module, "RESERVE", 0)
        noise = random.Random(1).randbytes(6 << 20)
        made = image(layer(file("a", noise), file("b", "last")))
        path = oci_layout(made).write(tmp_path / "image")
        opened = open_image(str(path), caches=Caches.at(disk))
        assert b"".join(content_of(opened, b"/a").chunks()) == noise
        assert content_of(opened, b"/b").read_at(0, 10) == b"last"
        opened.close()
        assert not [path for path in disk.rglob("*") if path.name.startswith(".new-")]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# Progress and cancelling


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("times", [1, 2])
def test_every_stored_byte_is_told_as_progress_once(
    tmp_path: Path, compression: str, times: int
) -> None:
    noise = random.Random(2).randbytes(3 << 20)
    made = image(layer(file("a", noise), compression=compression))  # type: ignore[arg-type]
    path = oci_layout(made).write(tmp_path / "image")
    caches = Caches.at(tmp_path / "cache")
    for _ in range(times):  # the second time the index is in the cache
        told: list[Progress] = []
        index_image(load_image(str(path), caches=caches), caches, Job("index", told.append))
    assert told[-1].done == told[-1].total == len(made.layers[0].blob)
    if times == 1:
        assert len(told) > 3


def test_a_plain_layer_that_is_not_hashed_is_progress_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.sources.reading.VERIFIED_AT_ONCE", 1 << 20)
    files = [file(f"f{number}", bytes(5 << 20)) for number in range(3)]
    made = image(layer(*files, compression="none"))
    path = oci_layout(made).write(tmp_path / "image")
    caches = Caches.at(tmp_path / "cache")
    told: list[Progress] = []
    opened = index_image(load_image(str(path), caches=caches), caches, Job("index", told.append))
    assert opened.layers[0].verified is None
    assert told[-1].done == told[-1].total == len(made.layers[0].blob)
    assert len(told) > 3


def test_a_mismatch_found_late_is_read_again_and_told_as_such(tmp_path: Path) -> None:
    """A cached index is only asked for the blob it was made of: another is read from its start."""
    caches = Caches.at(tmp_path / "cache")
    good = image(layer(file("a", NOISE)))
    open_image(str(oci_layout(good).write(tmp_path / "good")), caches=caches).close()
    blob = bytearray(good.layers[0].blob)
    blob[-3] ^= 1
    archive = oci_layout(good).replaced(blob_path(good.layers[0].digest), bytes(blob))
    told: list[Progress] = []
    found = load_image(str(archive.write(tmp_path / "bad")), caches=caches)
    opened = index_image(found, caches, Job("index", told.append))
    assert opened.layers[0].verified is False
    assert told[-1].done == told[-1].total == 2 * len(blob)


def test_cancelling_stops_before_anything_is_read(tmp_path: Path) -> None:
    path = oci_layout(small()).write(tmp_path / "image")
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        open_image(str(path), job=job)


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_cancelling_stops_in_the_middle_of_a_layer(tmp_path: Path, compression: str) -> None:
    noise = random.Random(2).randbytes(3 << 20)
    made = image(layer(file("a", noise), compression=compression))  # type: ignore[arg-type]
    path = oci_layout(made).write(tmp_path / "image")
    caches = Caches.at(tmp_path / "cache")
    told: list[Progress] = []

    def stop(progress: Progress) -> None:
        told.append(progress)
        if progress.done:
            job.cancel()

    job = Job("index", stop)
    with pytest.raises(Cancelled):
        index_image(load_image(str(path), caches=caches), caches, job)
    assert 0 < told[-1].done < (3 << 20)
