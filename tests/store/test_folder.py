"""The cache folder: files appear whole, the least used go first, nothing half-made stays."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from explorer.errors import StorageFull
from explorer.store.folder import CacheFolder, cache_root

HOUR = 3600.0


def put(folder: CacheFolder, key: str, size: int, used: float | None = None) -> Path:
    path = folder.write(key, lambda file: file.write(bytes(size)))
    if used is not None:
        os.utime(path, (used, used))
    return path


def names(folder: CacheFolder) -> set[str]:
    return {path.name for path in folder.path.iterdir()}


def test_the_cache_lies_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "mine"))
    assert cache_root() == tmp_path / "mine"
    monkeypatch.delenv("LAYERSCOPE_CACHE_DIR")
    assert cache_root().name == "layerscope"


def test_a_file_appears_under_its_key_with_all_it_holds(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "new" / "deep", 100)
    path = folder.write("key", lambda file: file.write(b"all"))
    assert path == folder.file("key")
    assert path.read_bytes() == b"all"


def test_only_the_owner_can_look_into_it(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "cache", 100)
    put(folder, "key", 1)
    assert folder.path.stat().st_mode & 0o077 == 0


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, 25)
    put(folder, "old", 10, used=1000)
    put(folder, "young", 10, used=2000)
    folder.touch("old")
    put(folder, "new", 10)
    assert names(folder) == {"old", "new"}


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, 100)

    def fill(file: BinaryIO) -> None:
        file.write(b"half")
        raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        folder.write("key", fill)
    assert names(folder) == set()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_from_other_failures(tmp_path: Path, code: int) -> None:
    folder = CacheFolder(tmp_path, 100)

    def fill(file: BinaryIO) -> None:
        raise OSError(code, os.strerror(code))

    with pytest.raises(StorageFull, match="no room for the cache"):
        folder.write("key", fill)
    assert names(folder) == set()


def test_what_an_interrupted_writer_left_is_cleared_later(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, 100)
    left = tmp_path / ".new-left"
    left.write_bytes(b"half")
    put(folder, "one", 1)
    assert left.exists()  # it may still be written
    now = folder.file("one").stat().st_mtime
    os.utime(left, (now - 2 * HOUR, now - 2 * HOUR))
    put(CacheFolder(folder.path, 100), "two", 1)  # the next time Layerscope runs
    assert names(folder) == {"one", "two"}


def test_a_file_in_the_making_is_never_cleared_to_make_room(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, 10)
    other = tmp_path / ".new-other"
    other.write_bytes(bytes(50))
    put(folder, "one", 5)
    assert other.exists()


def test_dropping_and_touching_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "absent", 10)
    folder.drop("key")
    folder.touch("key")
    folder.trim()
    assert not folder.path.exists()


def test_a_folder_is_not_looked_through_for_every_small_file(tmp_path: Path) -> None:
    looked: list[int] = []

    class Watched(CacheFolder):
        def trim(self) -> None:
            looked.append(len(names(self)))
            super().trim()

    folder = Watched(tmp_path, 1600)
    for number in range(300):
        put(folder, f"{number}", 10)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1700
    assert len(looked) < 30
