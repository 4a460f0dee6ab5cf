"""One registry feeds menus, shortcuts and palette."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui import menus
from explorer.ui.actions import Actions, ActionSpec

COPY = ActionSpec(
    "copy", "&Copy path", "Copy the path", menu="Edit", section="a", shortcuts=("Ctrl+K",)
)
WRAP = ActionSpec("wrap", "&Wrap", "Wrap lines", menu="View", section="b", checkable=True)
HIDDEN = ActionSpec("hidden", "Hidden", "Not for the palette", in_palette=False)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    QHBoxLayout(widget)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()
    return widget


@pytest.fixture
def actions(window: QWidget) -> Actions:
    registry = Actions(window)
    registry.declare(COPY, WRAP, HIDDEN)
    return registry


def part(window: QWidget) -> QLineEdit:
    line = QLineEdit(window)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(line)
    line.show()
    return line


def test_an_action_nobody_bound_is_disabled(actions: Actions) -> None:
    assert not actions.action("copy").isEnabled()


def test_a_shortcut_calls_the_handler(qtbot: QtBot, actions: Actions, window: QWidget) -> None:
    calls: list[str] = []
    actions.bind("copy", window, lambda: calls.append("copied"))
    qtbot.waitUntil(actions.action("copy").isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert calls == ["copied"]


def test_the_condition_decides_even_between_renewals(actions: Actions, window: QWidget) -> None:
    calls: list[str] = []
    allowed = [True]
    actions.bind("copy", window, lambda: calls.append("x"), enabled=lambda: allowed[0])
    actions.renew()
    assert actions.action("copy").isEnabled()
    allowed[0] = False
    actions.trigger("copy")
    actions.renew()
    assert calls == []
    assert not actions.action("copy").isEnabled()


def test_the_part_with_the_focus_comes_first(
    qtbot: QtBot, actions: Actions, window: QWidget
) -> None:
    calls: list[str] = []
    one, other = part(window), part(window)
    actions.bind("copy", one, lambda: calls.append("one"))
    actions.bind("copy", other, lambda: calls.append("other"))
    one.setFocus()
    qtbot.waitUntil(one.hasFocus)
    actions.trigger("copy")
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    actions.trigger("copy")
    assert calls == ["one", "other"]


def test_a_hidden_part_has_no_say(actions: Actions, window: QWidget) -> None:
    hidden = part(window)
    actions.bind("copy", hidden, lambda: None)
    hidden.hide()
    actions.renew()
    assert not actions.action("copy").isEnabled()


def test_a_part_that_is_gone_has_no_say(qtbot: QtBot, actions: Actions, window: QWidget) -> None:
    gone = part(window)
    actions.bind("copy", gone, lambda: None)
    gone.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(gone))
    actions.renew()
    assert not actions.action("copy").isEnabled()


def test_ticks_follow_their_condition(actions: Actions, window: QWidget) -> None:
    wrapped = [True]
    actions.bind("wrap", window, lambda: None, checked=lambda: wrapped[0])
    actions.renew()
    assert actions.action("wrap").isChecked()
    wrapped[0] = False
    actions.renew()
    assert not actions.action("wrap").isChecked()


def test_the_palette_offers_what_can_be_done_now(actions: Actions, window: QWidget) -> None:
    for id in ("copy", "hidden"):
        actions.bind(id, window, lambda: None)
    assert [spec.id for spec in actions.usable()] == ["copy"]


def test_menus_are_made_of_the_declarations(actions: Actions, qtbot: QtBot) -> None:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    filled = menus.fill_menu_bar(bar, actions)
    assert list(filled) == ["Edit", "View"]
    assert filled["Edit"].actions() == [actions.action("copy")]


def test_declaring_twice_changes_nothing(actions: Actions) -> None:
    before = actions.action("copy")
    actions.declare(COPY)
    assert actions.action("copy") is before


def test_the_tool_tip_names_the_keys(actions: Actions) -> None:
    assert actions.action("copy").toolTip() == "Copy path (Ctrl+K)\nCopy the path"
