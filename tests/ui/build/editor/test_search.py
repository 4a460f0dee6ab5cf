"""Find and replace, by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.dockerfile.services.edits import apply
from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.ui.build.editor.finding import MOST, Query, find, replacements
from tests.ui.build.editor.editing import ALT, CONTROL, SHIFT, press, ready, settled, state, write
from tests.ui.waiting import until

Key = Qt.Key
TEXT = "FROM app AS App\nCOPY app.py /app/\nRUN apps\n"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query("app"), 5),
        (Query("app", case=True), 4),
        (Query("app", words=True), 4),
        (Query("app", case=True, words=True), 3),
        (Query(r"^\w+", regex=True), 3),
        (Query("a.p", regex=True, case=True), 4),
        (Query("a.p"), 0),
        (Query(""), 0),
        (Query("(", regex=True), 0),
        (Query("x*", regex=True), 0),
        (Query("\\n", regex=True), 0),
    ],
)
def test_what_is_found(query: Query, count: int) -> None:
    assert len(find(TEXT, query).places) == count


def test_a_pattern_that_cannot_be_read_says_why() -> None:
    assert "unterminated" in Query("(", regex=True).problem
    assert not Query("(").problem


def test_groups_are_put_into_the_replacement() -> None:
    query = Query(r"(\w+) (\w+)$", regex=True)
    found = find("FROM base\n", query)
    made = replacements("FROM base\n", query, found.places, r"\2 \1")
    assert apply("FROM base\n", made) == "base FROM\n"


def test_no_more_is_found_than_can_be_shown() -> None:
    found = find("a" * (MOST + 5), Query("a"))
    assert len(found.places) == MOST
    assert found.more


def test_finding_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        find("a\n", Query("a", regex=True), job)


async def test_typing_in_the_bar_goes_to_the_first_match_and_counts(qtbot: QtBot) -> None:
    editor = await ready(qtbot, TEXT)
    press(editor.view, Key.Key_F, CONTROL)
    assert editor.bar.needle.hasFocus()
    write(editor.bar.needle, "app")
    assert editor.bar.told == "1 of 5"
    press(editor.bar.needle, Key.Key_Return)
    assert editor.bar.told == "2 of 5"
    press(editor.bar.needle, Key.Key_Return, SHIFT)
    press(editor.bar.needle, Key.Key_Return, SHIFT)
    assert editor.bar.told == "5 of 5"
    press(editor.bar.needle, Key.Key_Escape)
    assert not editor.bar.isVisible()
    assert editor.view.hasFocus()
    assert state(editor).endswith("RUN <app|s\n")


async def test_f3_goes_on_after_the_bar_is_closed(qtbot: QtBot) -> None:
    editor = await ready(qtbot, TEXT)
    press(editor.view, Key.Key_F, CONTROL)
    write(editor.bar.needle, "copy")
    press(editor.bar.needle, Key.Key_Escape)
    editor.reveal(0)
    press(editor.view, Key.Key_F3)
    assert "<COPY|" in state(editor)


async def test_options_are_told_by_keys(qtbot: QtBot) -> None:
    editor = await ready(qtbot, TEXT)
    press(editor.view, Key.Key_F, CONTROL)
    write(editor.bar.needle, "app")
    press(editor.bar.needle, Key.Key_C, ALT)
    assert editor.bar.told.endswith("of 4")
    press(editor.bar.needle, Key.Key_W, ALT)
    assert editor.bar.told.endswith("of 3")
    press(editor.bar.needle, Key.Key_R, ALT)
    write(editor.bar.needle, "(")
    await until(lambda: editor.bar.told == "Not a regular expression")


async def test_what_is_selected_is_looked_for(qtbot: QtBot) -> None:
    editor = await ready(qtbot, TEXT)
    editor.reveal(5, 3)
    press(editor.view, Key.Key_F, CONTROL)
    assert editor.bar.needle.text() == "app"


async def test_replacing_one_after_the_other(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "a b a b a")
    press(editor.view, Key.Key_H, CONTROL)
    write(editor.bar.needle, "a")
    write(editor.bar.replacement, "xaa")
    editor.bar.replacement.setFocus()
    press(editor.bar.replacement, Key.Key_Return)
    press(editor.bar.replacement, Key.Key_Return)
    assert state(editor) == "xaa b xaa b <a|"


async def test_replacing_all_is_one_step_to_undo(qtbot: QtBot) -> None:
    editor = await ready(qtbot, TEXT)
    press(editor.view, Key.Key_H, CONTROL)
    write(editor.bar.needle, "app")
    write(editor.bar.replacement, "web")
    press(editor.bar.replacement, Key.Key_Return, CONTROL, ALT)
    assert editor.text() == "FROM web AS web\nCOPY web.py /web/\nRUN webs\n"
    assert editor.bar.told == "No results"
    editor.view.undo()
    assert editor.text() == TEXT


async def test_the_count_follows_the_text(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "a b")
    press(editor.view, Key.Key_F, CONTROL)
    write(editor.bar.needle, "a")
    editor.view.setFocus()
    press(editor.view, Key.Key_End, CONTROL)
    write(editor.view, " a")
    assert editor.bar.told == "2 results"


async def test_a_match_in_a_fold_is_shown(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\nRUN b \\\n  needle\nRUN c\n")
    await settled(editor)
    editor.folding.close(1)
    press(editor.view, Key.Key_F, CONTROL)
    write(editor.bar.needle, "needle")
    assert editor.folding.state_of(1) is False
