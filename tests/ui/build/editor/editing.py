"""An editor in a window, and keys pressed in it, for the tests of this folder."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.dockerfile.advice.model import Diagnostic, Fix, Level, Source
from explorer.dockerfile.source import Span
from explorer.ui.build.editor.editor import DockerfileEditor
from explorer.ui.tasks import loop_runs
from tests.ui.waiting import until

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def shown(qtbot: QtBot, text: str = "", *, size: tuple[int, int] = (800, 600)) -> DockerfileEditor:
    """An editor with the focus and a text; ``|`` in it is where the caret stands."""
    editor = DockerfileEditor()
    qtbot.addWidget(editor)
    editor.resize(*size)
    editor.show()
    editor.activateWindow()
    if not loop_runs():
        qtbot.waitUntil(lambda: QApplication.activeWindow() is editor)
    editor.set_text(text.replace("|", "", 1))
    if "|" in text:
        editor.reveal(text.index("|"))
    editor.view.setFocus()
    return editor


async def ready(
    qtbot: QtBot, text: str = "", *, size: tuple[int, int] = (800, 600)
) -> DockerfileEditor:
    """The same where the event loop runs."""
    editor = shown(qtbot, text, size=size)
    await until(editor.view.hasFocus)
    return editor


def state(editor: DockerfileEditor) -> str:
    """The text with ``|`` where the caret stands, and ``<`` before what is selected."""
    cursor = editor.view.textCursor()
    text, caret = editor.text(), editor.caret
    anchor = editor.view.offset(cursor.anchor())
    marks = sorted({(caret, "|"), (anchor, "<" if anchor != caret else "|")}, reverse=True)
    for place, mark in marks:
        text = text[:place] + mark + text[place:]
    return text


def press(widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key with modifiers."""
    held = NONE
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(widget, key, held)


def write(widget: QWidget, text: str) -> None:
    """Type a text; a line feed is Enter."""
    for char in text:
        if char == "\n":
            QTest.keyClick(widget, Qt.Key.Key_Return)
        else:
            QTest.keyClick(widget, char)


def click(widget: QWidget, place: QPoint, *modifiers: Qt.KeyboardModifier) -> None:
    """Click at a place."""
    held = NONE
    for modifier in modifiers:
        held |= modifier
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, held, place)


async def settled(editor: DockerfileEditor) -> None:
    """Wait until the text is parsed."""
    await until(lambda: editor.language.is_current)


def problem(
    text: str,
    part: str,
    *fixes: Fix,
    level: Level = Level.WARNING,
    rule: str = "SomeRule",
) -> Diagnostic:
    """A problem of the first ``part`` in a text."""
    start = text.index(part)
    line = text.count("\n", 0, start) + 1
    return Diagnostic(
        rule,
        level,
        f"{part} is not right",
        Span(start, start + len(part)),
        line,
        Source.BUILDKIT,
        "It would be **better** otherwise.",
        "https://example.org/rule",
        fixes,
    )
