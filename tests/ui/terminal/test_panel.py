"""A terminal with its title: what is said while it opens, when it has ended, when it cannot be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.ui.terminal.panel import TerminalPanel
from tests.ui.accessibility import unnamed
from tests.ui.terminal.test_view import Program


@pytest.fixture
def panel(qtbot: QtBot) -> TerminalPanel:
    shown = TerminalPanel()
    qtbot.addWidget(shown)
    shown.resize(700, 400)
    shown.show()
    return shown


def lines(panel: TerminalPanel) -> list[str]:
    return [line.text().rstrip() for line in panel.view.grid.lines if line.text()]


def test_what_is_still_to_be_read_comes_before_the_end(panel: TerminalPanel) -> None:
    panel.begin("sh", "Opening…")
    assert panel.state.text() == "Opening…"
    program = Program(iter([b"last words\r\n", b""]))
    panel.attach(program, ("A note.",))
    assert panel.state.isHidden()
    panel.end("It ended with 3")
    program.wake()
    assert lines(panel) == ["A note.", "last words", "[It ended with 3]"]
    assert panel.state.text() == "It ended with 3"
    assert panel.again.isVisible()


def test_another_one_is_shown_below_the_first(panel: TerminalPanel) -> None:
    panel.attach(Program(iter([b"one\r\n"])))
    panel._ending = ""
    second = Program(iter([b"two"]))
    panel.view.feed(b"one\r\n")
    panel.attach(second)
    second.wake()
    assert lines(panel) == ["one", "two"]


def test_where_there_is_no_shell_a_command_can_be_named(panel: TerminalPanel, qtbot: QtBot) -> None:
    panel.refuse("There is no shell", "Name a program.", ask_command=True)
    assert panel.command.isVisible()
    with qtbot.waitSignal(panel.command_wanted) as asked:
        QTest.keyClicks(panel.command, "/app --help")
        QTest.keyClick(panel.command, Qt.Key.Key_Return)
    assert asked.args == ["/app --help"]
    assert not unnamed(panel)
