"""A file on disk: its bytes, its saving, its drafts."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import LimitExceeded, NotFound, Refused, UsageError
from explorer.ui.build.editor.filemodel import textfile
from explorer.ui.build.editor.filemodel.lineends import LineEnds
from explorer.ui.build.editor.filemodel.textfile import TextFile, read, stamp_of, write
from explorer.ui.build.editor.filemodel.unsaved import Draft, Unsaved, state_root

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@given(st.binary(max_size=60) | st.text(alphabet="ab\r\n\ufeff", max_size=60).map(str.encode))
def test_what_is_not_changed_is_written_as_it_was(data: bytes) -> None:
    file = TextFile.of(data)
    assert file.encoded(file.text) == data


def test_lines_that_stay_keep_their_ends() -> None:
    text, ends = LineEnds.split("a\r\nb\nc\r\nd\r\n")
    assert text == "a\nb\nc\nd\n"
    assert ends.is_mixed
    assert ends.join("a\nb\nnew\nc\nd\n") == "a\r\nb\nnew\r\nc\r\nd\r\n"
    assert ends.join("b\nc\nd\n") == "b\nc\r\nd\r\n"
    assert ends.join("a\nB\nc\nd") == "a\r\nB\r\nc\r\nd"


def test_new_lines_end_like_the_others() -> None:
    _, ends = LineEnds.split("a\r\nb")
    assert ends.join("a\nx\nb\n") == "a\r\nx\r\nb\r\n"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["\n", "\r\n"])), max_size=8),
    st.integers(0, 8),
)
def test_inserting_a_line_and_taking_it_out_changes_nothing(
    lines: list[tuple[str, str]], at: int
) -> None:
    raw = "".join(line + end for line, end in lines)
    text, ends = LineEnds.split(raw)
    parts = text.split("\n")
    changed = "\n".join([*parts[:at], "new", *parts[at:]])
    assert ends.join(changed).replace("\r\n", "\n") == changed
    assert ends.join(text) == raw


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600])
def test_saving_keeps_the_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM a\n")
    path.chmod(mode)
    stamp = write(path, b"FROM b\n")
    assert path.read_bytes() == b"FROM b\n"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stamp == stamp_of(path)
    assert list(tmp_path.iterdir()) == [path]


def test_saving_through_a_link_leaves_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real", tmp_path / "Dockerfile"
    target.write_bytes(b"old")
    link.symlink_to("real")
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_all_names_of_a_file_see_what_is_saved(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"much longer than the new one")
    other.hardlink_to(one)
    write(one, b"new")
    assert other.read_bytes() == b"new"


def test_a_save_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(textfile.StorageFull, match="not saved"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_where_it_cannot_be_saved_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="another name"):
        write(tmp_path / "no" / "folder", b"new")


def test_what_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "no")
    with pytest.raises(UsageError):
        read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UsageError):
            read(tmp_path / "pipe")
    monkeypatch.setattr(textfile, "MAX_BYTES", 3)
    (tmp_path / "large").write_bytes(b"1234")
    with pytest.raises(LimitExceeded, match="4 B"):
        read(tmp_path / "large")


def test_a_file_nobody_may_write_is_told(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM a\n")
    assert read(path).writable
    path.chmod(0o444)
    assert not read(path).writable


def test_a_draft_is_found_by_its_path_until_it_is_dropped(tmp_path: Path) -> None:
    unsaved = Unsaved(tmp_path / "state")
    path = tmp_path / "Dockerfile"
    draft = Draft(path, b"FROM \xff\r\n", NOW, b"\x01\x02", 4)
    unsaved.keep(draft)
    assert unsaved.find(path) == draft
    assert unsaved.find(tmp_path / "other") is None
    assert list(unsaved.all()) == [draft]
    unsaved.drop(path)
    assert unsaved.find(path) is None
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]\nx", b'{"format": 9}\n', b"\xff\xfe", b'{"format":1,"path":3}\n']
)
def test_a_damaged_draft_is_no_draft(tmp_path: Path, data: bytes) -> None:
    unsaved = Unsaved(tmp_path)
    path = tmp_path / "Dockerfile"
    unsaved.keep(Draft(path, b"x", NOW))
    next(tmp_path.glob("*.unsaved")).write_bytes(data)
    assert unsaved.find(path) is None
    assert list(unsaved.all()) == []


def test_drafts_are_for_nobody_else_to_read(tmp_path: Path) -> None:
    unsaved = Unsaved(tmp_path / "state")
    unsaved.keep(Draft(tmp_path / "Dockerfile", b"x", NOW))
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_the_folder_for_state_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERSCOPE_STATE_DIR", str(tmp_path))
    assert state_root() == tmp_path
