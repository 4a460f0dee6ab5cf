"""The editor of a file: opening, saving, others who write it, and what a crash leaves."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.ui.build.editor.filemodel.fileeditor import FileEditor
from explorer.ui.build.editor.filemodel.unsaved import Draft, Unsaved
from tests.ui.build.editor.editing import CONTROL, press, write
from tests.ui.waiting import until

Key = Qt.Key
TEXT = b"FROM debian:12\nRUN true\n"


class Bench:
    """A file editor, its folder and its drafts."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.path = folder / "Dockerfile"
        self.unsaved = Unsaved(folder / "state")
        self.failures: list[BaseException] = []
        self._qtbot = qtbot
        self.editor = self.another()

    def another(self) -> FileEditor:
        """Another editor with the same drafts, as after a crash."""
        editor = FileEditor(unsaved=self.unsaved)
        editor.failed.connect(lambda _title, error: self.failures.append(error))
        self._qtbot.addWidget(editor)
        editor.resize(700, 500)
        editor.show()
        editor.activateWindow()
        return editor

    @property
    def text(self) -> str:
        return self.editor.editor.text()

    @property
    def notice(self) -> str:
        return self.editor.notice.text() if self.editor.notice.isVisible() else ""

    async def open(self, data: bytes | None = TEXT) -> FileEditor:
        if data is not None:
            self.path.write_bytes(data)
        return await self.opened(self.editor)

    async def opened(self, editor: FileEditor) -> FileEditor:
        done: list[bool] = []
        editor.opened.connect(lambda: done.append(True))
        editor.open(self.path)
        await until(lambda: done or self.failures)
        return editor

    def type(self, text: str) -> None:
        view = self.editor.editor.view
        press(view, Key.Key_End, CONTROL)
        write(view, text)

    def choose(self, words: str) -> None:
        button = self.editor.notice.choices()[words]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


async def test_a_file_is_opened_changed_and_saved(bench: Bench) -> None:
    editor = await bench.open()
    assert not editor.is_modified
    bench.type("# end")
    assert editor.is_modified
    saved: list[bool] = []
    editor.saved.connect(lambda: saved.append(True))
    press(editor.editor.view, Key.Key_S, CONTROL)
    await until(lambda: saved)
    assert bench.path.read_bytes() == TEXT + b"# end"
    assert not editor.is_modified


async def test_bytes_that_were_not_touched_are_saved_as_they_were(bench: Bench) -> None:
    data = b"\xef\xbb\xbfFROM a\r\nRUN \xff\xfe\nLABEL a=b\r\r\n# \xc2\xa0\xe2\x80\xa9\0"
    editor = await bench.open(data)
    bench.type("!")
    editor.save()
    await until(lambda: not editor.is_modified)
    assert bench.path.read_bytes() == data + b"!"


async def test_undoing_everything_is_as_good_as_saving(bench: Bench) -> None:
    editor = await bench.open()
    changes: list[bool] = []
    editor.modified_changed.connect(changes.append)
    bench.type("x")
    press(editor.editor.view, Key.Key_Z, CONTROL)
    assert changes == [True, False]


async def test_typing_while_it_is_saved_stays_unsaved(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("a")
    editor.save()
    bench.type("b")
    await until(lambda: bench.path.read_bytes() == TEXT + b"a")
    await asyncio.sleep(0.05)
    assert editor.is_modified
    editor.save()
    await until(lambda: not editor.is_modified)
    assert bench.path.read_bytes() == TEXT + b"ab"


async def test_what_others_write_is_shown_where_nothing_is_at_stake(bench: Bench) -> None:
    editor = await bench.open()
    bench.path.write_bytes(b"FROM alpine\nRUN true\n")
    await until(lambda: bench.text.startswith("FROM alpine"))
    assert not editor.is_modified
    assert bench.notice == ""
    editor.editor.view.undo()
    assert bench.text.encode() == TEXT
    assert editor.is_modified


async def test_a_file_that_takes_its_place_is_seen_each_time(bench: Bench) -> None:
    await bench.open()
    for name in (b"one", b"two"):
        other = bench.path.with_name("other")
        other.write_bytes(b"FROM " + name)
        other.replace(bench.path)
        await until(lambda name=name: bench.text == f"FROM {name.decode()}")


async def test_others_do_not_overwrite_what_is_being_written(bench: Bench) -> None:
    await bench.open()
    bench.type("# mine")
    bench.path.write_bytes(b"FROM theirs\n")
    await until(lambda: "changed on disk" in bench.notice)
    assert bench.text.encode() == TEXT + b"# mine"


async def test_reload_takes_theirs_and_undo_brings_mine_back(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("# mine")
    bench.path.write_bytes(b"FROM theirs\n")
    await until(lambda: bench.notice)
    bench.choose("Reload")
    assert bench.text == "FROM theirs\n"
    assert not editor.is_modified
    editor.editor.view.undo()
    assert bench.text.encode() == TEXT + b"# mine"


async def test_keep_mine_lets_saving_take_the_place_of_theirs(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("# mine")
    bench.path.write_bytes(b"FROM theirs\n")
    await until(lambda: bench.notice)
    bench.choose("Keep mine")
    editor.save()
    await until(lambda: not editor.is_modified)
    assert bench.path.read_bytes() == TEXT + b"# mine"


async def test_compare_shows_what_differs_and_still_asks(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("# mine")
    bench.path.write_bytes(TEXT + b"# theirs")
    await until(lambda: bench.notice)
    bench.choose("Compare")
    await until(lambda: "-# theirs" in editor.comparison.text())
    assert "+# mine" in editor.comparison.text()
    assert "Reload" in editor.notice.choices()


async def test_saving_does_not_overwrite_what_was_not_seen_yet(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("# mine")
    bench.path.write_bytes(b"FROM theirs\n")
    editor.save()
    await until(lambda: "changed on disk" in bench.notice)
    assert bench.path.read_bytes() == b"FROM theirs\n"


async def test_a_file_that_is_removed_can_be_saved_again(bench: Bench) -> None:
    editor = await bench.open()
    bench.path.unlink()
    await until(lambda: "gone from disk" in bench.notice)
    assert editor.is_modified
    bench.choose("Save it again")
    await until(lambda: not editor.is_modified)
    assert bench.path.read_bytes() == TEXT


async def test_a_file_that_comes_back_as_it_was_is_fine(bench: Bench) -> None:
    editor = await bench.open()
    bench.path.unlink()
    await until(lambda: bench.notice)
    bench.path.write_bytes(TEXT)
    await until(lambda: not editor.is_modified)
    assert bench.notice == ""


async def test_a_read_only_file_is_not_changed_unless_asked(bench: Bench) -> None:
    bench.path.write_bytes(TEXT)
    bench.path.chmod(0o444)
    await bench.open(None)
    bench.type("x")
    assert bench.text.encode() == TEXT
    assert "read-only" in bench.notice
    bench.choose("Edit anyway")
    bench.type("x")
    assert bench.text.encode() == TEXT + b"x"


async def test_a_file_that_is_not_there_is_a_failure(bench: Bench) -> None:
    await bench.open(None)
    assert "is not there" in str(bench.failures[0])


async def test_a_failure_to_save_keeps_the_work(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = await bench.open()
    bench.type("x")

    def refuse(*_arguments: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "fchmod", refuse)
    editor.save()
    await until(lambda: bench.failures)
    assert editor.is_modified
    assert bench.path.read_bytes() == TEXT


async def test_unsaved_work_is_back_after_a_crash(bench: Bench) -> None:
    await bench.open()
    bench.type("# not saved")
    await until(lambda: bench.unsaved.find(bench.path))
    # Nothing is closed properly: this is what another start finds.
    bench.editor = bench.another()
    await bench.opened(bench.editor)
    assert bench.text.encode() == TEXT + b"# not saved"
    assert bench.editor.is_modified
    assert "Unsaved work" in bench.notice
    bench.editor.editor.view.undo()
    assert bench.text.encode() == TEXT


async def test_work_that_is_back_can_be_discarded(bench: Bench) -> None:
    bench.unsaved.keep(Draft(bench.path, b"FROM lost\n", datetime.now(UTC)))
    await bench.open()
    assert bench.text == "FROM lost\n"
    assert "changed since" in bench.notice
    bench.choose("Discard it")
    assert bench.text.encode() == TEXT
    await until(lambda: bench.unsaved.find(bench.path) is None)


async def test_saved_work_leaves_no_draft(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("x")
    await until(lambda: bench.unsaved.find(bench.path))
    editor.save()
    await until(lambda: bench.unsaved.find(bench.path) is None)


async def test_closing_keeps_unsaved_work_at_once(bench: Bench) -> None:
    editor = await bench.open()
    bench.type("x")
    await editor.aclose()
    draft = bench.unsaved.find(bench.path)
    assert draft is not None
    assert draft.data == TEXT + b"x"


async def test_a_new_file_is_unsaved_work_from_the_start(bench: Bench) -> None:
    editor = bench.editor
    editor.begin(bench.path, "FROM a\n")
    assert editor.is_modified
    await until(lambda: bench.unsaved.find(bench.path))
    editor.save()
    await until(lambda: not editor.is_modified)
    assert bench.path.read_bytes() == b"FROM a\n"


async def test_a_new_file_never_saved_is_not_lost_in_a_crash(bench: Bench) -> None:
    bench.unsaved.keep(Draft(bench.path, b"FROM new\n", datetime.now(UTC)))
    await bench.open(None)
    assert bench.text == "FROM new\n"
    assert bench.editor.is_modified


async def test_a_new_file_does_not_overwrite_one_that_appeared(bench: Bench) -> None:
    editor = bench.editor
    editor.begin(bench.path, "FROM mine\n")
    bench.path.write_bytes(b"FROM theirs\n")
    editor.save()
    await until(lambda: "is there by now" in bench.notice)
    assert bench.path.read_bytes() == b"FROM theirs\n"


async def test_saving_as_goes_on_with_the_other_file(bench: Bench) -> None:
    editor = await bench.open()
    other = bench.path.with_name("Other")
    paths: list[Path] = []
    editor.path_changed.connect(paths.append)
    bench.type("x")
    editor.save_as(other)
    await until(lambda: paths == [other])
    assert other.read_bytes() == TEXT + b"x"
    assert bench.path.read_bytes() == TEXT
    assert editor.path == other
    assert not editor.is_modified


async def test_a_line_of_megabytes_is_shown_cut_and_never_saved(bench: Bench) -> None:
    data = b"FROM a\nRUN " + b"x" * 3_000_000 + b"\nUSER b\n"
    editor = await bench.open(data)
    assert "too long" in bench.notice
    assert len(editor.editor.view.toPlainText()) < 5_000
    assert editor.editor.text().encode() == data
    bench.type("x")
    editor.save()
    await asyncio.sleep(0.1)
    assert bench.path.read_bytes() == data
    place = editor.editor.text().index("USER")
    editor.editor.reveal(place, 4)
    assert editor.editor.view.textCursor().selectedText() == "USER"
    assert editor.editor.caret == place + 4
