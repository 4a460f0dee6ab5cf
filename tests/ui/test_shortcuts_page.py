"""The page that lists every command with its keys."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.shortcuts_page import ShortcutsPage
from tests.ui.accessibility import unnamed


@pytest.fixture
def page(qtbot: QtBot) -> ShortcutsPage:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.declare(
        ActionSpec("a", "&Open archive…", "Open a saved image", shortcuts=("Ctrl+O",)),
        ActionSpec("b", "Next &tab", "Go right", shortcuts=("Ctrl+Tab", "Ctrl+PgDown")),
        ActionSpec("c", "&About", "Version", context="Help"),
    )
    made = ShortcutsPage(actions, parent=window)
    made.resize(800, 600)
    window.show()
    return made


def test_every_command_is_listed_with_its_keys(page: ShortcutsPage) -> None:
    assert page.listed() == [
        "Open archive…: Ctrl+O",
        "Next tab: Ctrl+Tab or Ctrl+PgDown",
        "About: no keys",
    ]


def test_the_filter_looks_at_words_and_keys(qtbot: QtBot, page: ShortcutsPage) -> None:
    line = page.findChildren(QLineEdit)[0]
    qtbot.keyClicks(line, "saved open")
    qtbot.waitUntil(lambda: page.listed() == ["Open archive…: Ctrl+O"])
    line.clear()
    qtbot.keyClicks(line, "pgdown")
    qtbot.waitUntil(lambda: page.listed() == ["Next tab: Ctrl+Tab or Ctrl+PgDown"])
    line.clear()
    qtbot.keyClicks(line, "zzz")
    qtbot.waitUntil(lambda: page.listed() == [])


def test_everything_reachable_has_a_name(page: ShortcutsPage) -> None:
    assert unnamed(page) == []
