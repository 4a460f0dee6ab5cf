"""The command palette through real keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMainWindow
from pytestqt.qtbot import QtBot

from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.palette import ActionSource, Choice, Palette


class Later:
    """A source that answers when the test says so."""

    placeholder = "Go to a path"
    nothing = "No path matches"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Callable[[Sequence[Choice]], None]]] = []

    def search(self, query: str, show: Callable[[Sequence[Choice]], None]) -> None:
        self.asked.append((query, show))


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.resize(900, 600)
    made.setCentralWidget(QLineEdit())
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.centralWidget().setFocus()
    return made


@pytest.fixture
def palette(window: QMainWindow) -> Palette:
    return Palette(window)


@pytest.fixture
def done(window: QMainWindow) -> list[str]:
    return []


@pytest.fixture
def source(window: QMainWindow, done: list[str]) -> ActionSource:
    actions = Actions(window)
    for id, text in (("a", "&Open archive…"), ("f", "Open &folder…"), ("q", "&Quit")):
        actions.declare(ActionSpec(id, text, "Help", shortcuts=(f"Ctrl+Alt+{id.upper()}",)))
        actions.bind(id, window, lambda id=id: done.append(id))
    return ActionSource(actions)


def line(palette: Palette) -> QLineEdit:
    return palette.findChildren(QLineEdit)[0]


def current(palette: Palette) -> str:
    return palette.findChildren(QListView)[0].currentIndex().data()


def test_it_opens_with_everything_and_the_focus(palette: Palette, source: ActionSource) -> None:
    palette.ask(source)
    assert [choice.title for choice in palette.choices()] == [
        "Open archive…",
        "Open folder…",
        "Quit",
    ]
    assert line(palette).hasFocus()
    assert palette.choices()[0].keys == "Ctrl+Alt+A"


def test_a_few_letters_and_enter(
    qtbot: QtBot, palette: Palette, source: ActionSource, done: list[str], window: QMainWindow
) -> None:
    palette.ask(source)
    qtbot.keyClicks(line(palette), "of")
    assert current(palette) == "Open folder…"
    qtbot.keyClick(line(palette), Qt.Key.Key_Return)
    assert done == ["f"]
    assert not palette.isVisible()
    assert window.centralWidget().hasFocus()


def test_arrows_go_around(qtbot: QtBot, palette: Palette, source: ActionSource) -> None:
    palette.ask(source)
    qtbot.keyClick(line(palette), Qt.Key.Key_Up)
    assert current(palette) == "Quit"
    qtbot.keyClick(line(palette), Qt.Key.Key_Down)
    assert current(palette) == "Open archive…"


def test_escape_closes_and_does_nothing(
    qtbot: QtBot, palette: Palette, source: ActionSource, done: list[str], window: QMainWindow
) -> None:
    palette.ask(source)
    qtbot.keyClick(line(palette), Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert done == []
    assert window.centralWidget().hasFocus()


def test_a_click_beside_it_closes_it(
    qtbot: QtBot, palette: Palette, source: ActionSource, window: QMainWindow
) -> None:
    palette.ask(source)
    window.centralWidget().setFocus(Qt.FocusReason.MouseFocusReason)
    assert not palette.isVisible()


def test_a_click_on_a_line_runs_it(
    qtbot: QtBot, palette: Palette, source: ActionSource, done: list[str]
) -> None:
    palette.ask(source)
    view = palette.findChildren(QListView)[0]
    spot = view.visualRect(view.model().index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert done == ["q"]


def test_nothing_found_is_said(qtbot: QtBot, palette: Palette, source: ActionSource) -> None:
    palette.ask(source)
    qtbot.keyClicks(line(palette), "zzz")
    assert not palette.choices()
    qtbot.keyClick(line(palette), Qt.Key.Key_Return)
    assert palette.isVisible()


def test_only_the_answer_to_the_last_letters_counts(qtbot: QtBot, palette: Palette) -> None:
    source = Later()
    palette.ask(source)
    qtbot.keyClicks(line(palette), "ab")
    assert [query for query, _ in source.asked] == ["", "a", "ab"]
    source.asked[2][1]([Choice("newest")])
    source.asked[1][1]([Choice("stale")])
    assert [choice.title for choice in palette.choices()] == ["newest"]


def test_it_stays_within_a_small_window(
    qtbot: QtBot, palette: Palette, source: ActionSource, window: QMainWindow
) -> None:
    palette.ask(source)
    window.resize(430, 400)
    qtbot.waitUntil(lambda: palette.geometry().width() <= 430 + 24)
    assert palette.geometry().center().x() == pytest.approx(window.width() / 2, abs=2)


def test_the_model_of_choices_is_sound(palette: Palette, source: ActionSource) -> None:
    palette.ask(source)
    model: QAbstractItemModel = palette.findChildren(QListView)[0].model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    palette.ask(source)
    assert tester.model() is model
