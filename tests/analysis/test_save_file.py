"""Saving one file: whole or not at all, and never over another unless asked."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from explorer.analysis.content import FileContent
from explorer.analysis.extract import save_file, writing
from explorer.blobs.access import InMemory
from explorer.errors import Cancelled, DamagedImage, NotFound, StorageFull, UsageError
from explorer.progress import Job


def content(data: bytes) -> FileContent:
    """Content at hand."""
    return FileContent(InMemory(data), 0, len(data))


def test_a_file_is_saved_under_its_new_name_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert save_file(content(b"hello"), tmp_path / "motd") == 5
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"hello"]


def test_a_file_that_is_there_is_replaced_only_when_forced(tmp_path: Path) -> None:
    dest = tmp_path / "motd"
    dest.write_text("old")
    with pytest.raises(UsageError, match="not overwritten"):
        save_file(content(b"new"), dest)
    assert dest.read_text() == "old"
    save_file(content(b"new"), dest, force=True)
    assert dest.read_text() == "new"
    assert list(tmp_path.iterdir()) == [dest]


def test_a_link_that_is_there_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "motd").symlink_to("mine")
    save_file(content(b"new"), tmp_path / "motd", force=True)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "motd").is_symlink()


def test_a_missing_folder_and_a_folder_in_the_way_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No folder"):
        save_file(content(b""), tmp_path / "not/there")
    with pytest.raises(UsageError):
        save_file(content(b""), tmp_path, force=True)


def test_what_fails_leaves_the_old_file_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dest = tmp_path / "motd"
    dest.write_text("old")
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        save_file(content(b"new"), dest, job, force=True)
    with pytest.raises(DamagedImage):
        save_file(FileContent(InMemory(b"short"), 0, 50), dest, force=True)

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "write", full)
    with pytest.raises(StorageFull, match="is full"):
        save_file(content(b"new"), dest, force=True)
    monkeypatch.undo()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
