"""What typing does: pairs, Enter, Tab, whole lines, comments; and that it can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.build.editor.editing import ALT, CONTROL, SHIFT, press, shown, state, write

Key = Qt.Key


def test_typing_writes(qtbot: QtBot) -> None:
    editor = shown(qtbot)
    write(editor.view, "FROM alpine\nWORKDIR /app")
    assert editor.text() == "FROM alpine\nWORKDIR /app"


def test_brackets_and_quotes_come_in_pairs(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nCMD |")
    write(editor.view, '["a')
    assert state(editor) == 'FROM a\nCMD ["a|"]'
    write(editor.view, '"]')
    assert state(editor) == 'FROM a\nCMD ["a"]|'


def test_backspace_takes_an_empty_pair_away(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nCMD |")
    write(editor.view, "[")
    press(editor.view, Key.Key_Backspace)
    assert state(editor) == "FROM a\nCMD |"


def test_a_quote_around_a_selection(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nENV A=b c\n")
    editor.reveal(13, 3)
    write(editor.view, '"')
    assert state(editor) == 'FROM a\nENV A="<b c|"\n'
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == "FROM a\nENV A=b c\n"


def test_enter_keeps_a_continued_instruction_indented(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nRUN a \\\n    b|\n")
    write(editor.view, " \\\n")
    assert state(editor) == "FROM a\nRUN a \\\n    b \\\n    |\n"


def test_enter_replaces_what_is_selected_in_one_step(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nRUN b\n")
    editor.reveal(4, 2)
    press(editor.view, Key.Key_Return)
    assert state(editor) == "FROM\n|\nRUN b\n"
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == "FROM a\nRUN b\n"


def test_tab_indents_and_shift_tab_takes_it_back(qtbot: QtBot) -> None:
    editor = shown(qtbot, "RUN a \\\n|b\nc\n")
    press(editor.view, Key.Key_Tab)
    assert state(editor) == "RUN a \\\n    |b\nc\n"
    press(editor.view, Key.Key_Backtab, SHIFT)
    assert state(editor) == "RUN a \\\n|b\nc\n"


def test_tab_indents_every_selected_line(qtbot: QtBot) -> None:
    editor = shown(qtbot, "a\n\nb\nc")
    editor.reveal(0, 4)
    press(editor.view, Key.Key_Tab)
    assert editor.text() == "    a\n\n    b\nc"
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == "a\n\nb\nc"


def test_backspace_in_indentation_goes_back_a_step(qtbot: QtBot) -> None:
    editor = shown(qtbot, "RUN a \\\n        |b")
    press(editor.view, Key.Key_Backspace)
    assert state(editor) == "RUN a \\\n    |b"


def test_tab_can_leave_the_editor(qtbot: QtBot) -> None:
    editor = shown(qtbot, "|a")
    editor.search.open()
    editor.view.setFocus()
    press(editor.view, Key.Key_M, CONTROL)
    press(editor.view, Key.Key_Tab)
    assert editor.text() == "a"
    assert not editor.view.hasFocus()


def test_home_goes_to_the_first_character_then_to_the_beginning(qtbot: QtBot) -> None:
    editor = shown(qtbot, "RUN a \\\n    bc|")
    press(editor.view, Key.Key_Home)
    assert state(editor) == "RUN a \\\n    |bc"
    press(editor.view, Key.Key_Home)
    assert state(editor) == "RUN a \\\n|    bc"


@pytest.mark.parametrize(
    ("key", "modifiers", "before", "after"),
    [
        (Key.Key_D, (CONTROL,), "a\nb|\nc", "a\nb\nb|\nc"),
        (Key.Key_D, (CONTROL,), "a\nb|", "a\nb\nb|"),
        (Key.Key_Up, (ALT,), "a\nb|\nc", "b|\na\nc"),
        (Key.Key_Up, (ALT,), "a|\nb", "a|\nb"),
        (Key.Key_Down, (ALT,), "a|\nb\nc", "b\na|\nc"),
        (Key.Key_Down, (ALT,), "a\nb|", "a\nb|"),
        (Key.Key_K, (CONTROL, SHIFT), "a\nb|\nc", "a\nc|"),
        (Key.Key_K, (CONTROL, SHIFT), "a\nb|", "a|"),
        (Key.Key_BracketRight, (CONTROL,), "a|b", "    a|b"),
        (Key.Key_BracketLeft, (CONTROL,), "    a|b", "a|b"),
        (Key.Key_Slash, (CONTROL,), "FROM a\nRUN |b\n", "FROM a\n# RUN |b\n"),
        (Key.Key_Slash, (CONTROL,), "FROM a\n# RUN |b\n", "FROM a\nRUN |b\n"),
    ],
)
def test_commands_on_lines_are_one_step_to_undo(
    qtbot: QtBot, key: Key, modifiers: tuple[Qt.KeyboardModifier, ...], before: str, after: str
) -> None:
    editor = shown(qtbot, before)
    press(editor.view, key, *modifiers)
    assert state(editor) == after
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == before.replace("|", "")


def test_several_lines_move_together(qtbot: QtBot) -> None:
    editor = shown(qtbot, "a\nb\nc\nd")
    editor.reveal(2, 3)
    press(editor.view, Key.Key_Down, ALT)
    assert state(editor) == "a\nd\n<b\nc|"


def test_nothing_is_typed_into_a_read_only_text(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a|")
    editor.set_read_only(True)
    write(editor.view, "x\n")
    for key, modifiers in ((Key.Key_D, (CONTROL,)), (Key.Key_Slash, (CONTROL,)), (Key.Key_Tab, ())):
        press(editor.view, key, *modifiers)
    assert editor.text() == "FROM a"


def test_pasted_lines_end_as_those_of_the_text(qtbot: QtBot) -> None:
    editor = shown(qtbot, "|")
    qtbot_clipboard("FROM a\r\nRUN b\rRUN c")
    press(editor.view, Key.Key_V, CONTROL)
    assert editor.text() == "FROM a\nRUN b\nRUN c"


def test_a_line_of_megabytes_is_not_pasted(qtbot: QtBot) -> None:
    editor = shown(qtbot, "|")
    said: list[str] = []
    editor.said.connect(said.append)
    qtbot_clipboard("x" * 100_000)
    press(editor.view, Key.Key_V, CONTROL)
    assert editor.text() == ""
    assert "65,535" in said[0]


def qtbot_clipboard(text: str) -> None:
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.clipboard().setText(text)
