"""The editor as a whole: signals, formatting, keys against shortcuts, zoom, and hostile texts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.edits import TextEdit
from explorer.ui import theme
from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.build.editor.commands import CONTEXT_MENU, SPECS
from explorer.ui.build.editor.editor import DockerfileEditor
from explorer.ui.build.editor.keymap import Keymap
from explorer.ui.menus import MENU_ORDER
from explorer.ui.settings import Settings
from tests.ui.accessibility import unnamed
from tests.ui.build.editor.editing import (
    ALT,
    CONTROL,
    SHIFT,
    press,
    ready,
    settled,
    shown,
    state,
    write,
)
from tests.ui.waiting import until

Key = Qt.Key


async def test_it_tells_of_texts_documents_and_the_caret(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    texts: list[str] = []
    documents: list[Document] = []
    places: list[tuple[int, int]] = []
    editor.text_changed.connect(lambda: texts.append(editor.text()))
    editor.document_changed.connect(documents.append)
    editor.caret_moved.connect(lambda *place: places.append(place))
    write(editor.view, "#")
    assert texts == ["FROM a\n#"]
    assert places[-1] == (8, 2)
    await until(lambda: documents and documents[-1].text == "FROM a\n#")


async def test_formatting_is_one_step_to_undo_and_keeps_the_caret(qtbot: QtBot) -> None:
    text = "FROM   a\nRUN  b  \\\n && c|\n\n\n\nUSER d\n"
    editor = await ready(qtbot, text)
    press(editor.view, Key.Key_F, SHIFT, ALT)
    await until(lambda: "FROM a\n" in editor.text())
    assert state(editor)[: state(editor).index("|")].endswith("&& c")
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == text.replace("|", "")
    write(editor.view, "!")
    assert "c!" in editor.text()


async def test_undo_goes_on_beyond_formatting(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM   a|\n")
    write(editor.view, "b")
    press(editor.view, Key.Key_F, SHIFT, ALT)
    await until(lambda: editor.text() == "FROM ab\n")
    press(editor.view, Key.Key_Z, CONTROL)
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == "FROM   a\n"


def test_edits_leave_caret_and_scroll_where_they_are(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\n" * 200 + "RUN |x\n" + "USER b\n" * 200)
    before = editor.view.verticalScrollBar().value()
    editor.apply([TextEdit(0, 4, "from"), TextEdit(7 * 300, 7 * 300 + 1, "#")])
    assert "RUN |x" in state(editor)
    assert editor.view.verticalScrollBar().value() == before
    editor.view.undo()
    assert editor.text().startswith("FROM a")


def test_a_new_version_of_the_text_changes_only_what_differs(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\nRUN |b\nUSER c\n")
    editor.replace_text("# new\nFROM a\nRUN b\nUSER d\n")
    assert state(editor) == "# new\nFROM a\nRUN |b\nUSER d\n"
    editor.view.undo()
    assert editor.text() == "FROM a\nRUN b\nUSER c\n"


def test_its_keys_come_before_those_of_the_window(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    editor = DockerfileEditor()
    window.setCentralWidget(editor)
    actions = Actions(window)
    asked: list[str] = []
    actions.declare(ActionSpec("help", "Help", "Help", shortcuts=("Ctrl+/", "Ctrl+F")))
    actions.bind("help", window, lambda: asked.append("help"))
    editor.bind(actions)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    editor.set_text("FROM a\n")
    editor.view.setFocus()
    actions.renew()
    press(editor.view, Key.Key_Slash, CONTROL)
    assert editor.text() == "# FROM a\n"
    assert asked == []
    actions.trigger("editor.toggle-comment")
    assert editor.text() == "FROM a\n"


def test_keys_pressed_elsewhere_on_the_page_do_not_change_the_text(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    page = QWidget()
    window.setCentralWidget(page)
    layout = QVBoxLayout(page)
    editor, other = DockerfileEditor(), QListView()
    layout.addWidget(editor)
    layout.addWidget(other)
    actions = Actions(window)
    editor.bind(actions)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    editor.set_text("a\nb\n")
    other.setFocus()
    actions.renew()
    press(other, Key.Key_D, CONTROL)
    press(other, Key.Key_Slash, CONTROL)
    assert editor.text() == "a\nb\n"
    assert actions.can_run("editor.save")
    editor.view.setFocus()
    assert actions.can_run("editor.duplicate")


def test_actions_are_declared_once_with_keys_of_their_own() -> None:
    ids = [spec.id for spec in SPECS]
    keys = [key for spec in SPECS for key in spec.shortcuts]
    menus = {title.replace("&", "") for title in MENU_ORDER}
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)
    assert {spec.menu for spec in SPECS} <= menus
    assert set(CONTEXT_MENU) <= set(ids)


def test_every_action_does_something(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    editor = DockerfileEditor()
    window.setCentralWidget(editor)
    editor.bind(actions)
    window.show()
    actions.renew()
    assert {spec.id for spec in SPECS} == {spec.id for spec in actions.specs()}
    for spec in SPECS:
        editor.commands.run(spec.id)


def test_ctrl_and_the_wheel_zoom(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\n")
    before = editor.view.font().pointSizeF()
    place = QPointF(200, 50)
    event = QWheelEvent(
        place,
        editor.view.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.view.viewport(), event)
    assert editor.view.font().pointSizeF() > before
    press(editor.view, Key.Key_0, CONTROL)
    assert editor.view.font().pointSizeF() == pytest.approx(before)


async def test_colours_follow_the_theme(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n")
    await settled(editor)

    def ink() -> str:
        formats = editor.view.document().firstBlock().layout().formats()
        return formats[0].format.foreground().color().name()

    await until(lambda: editor.view.document().firstBlock().layout().formats())
    assert ink() == theme.LIGHT.accent.name()
    theme.switch().set_mode(theme.Mode.DARK)
    assert ink() == theme.DARK.accent.name()


async def test_only_lines_in_view_are_coloured(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n" * 3000)
    await settled(editor)
    document = editor.view.document()
    await until(lambda: document.firstBlock().layout().formats())
    assert not document.findBlockByNumber(2500).layout().formats()
    editor.go_to_line(2501)
    await until(lambda: document.findBlockByNumber(2500).layout().formats())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 500,
        "\0\x01\x02\x7f",
        "<<EOF" * 300,
        "FROM a\nRUN <<A <<B <<C\n" * 40,
        "RUN \\\n" * 500,
        "FROM x AS a\nCOPY --from=b / /\nFROM y AS b\nCOPY --from=a / /\n",
        "😀" * 300 + "\nFROM 😀\n",
        "\u202e\u0301\u0301\u200b" * 50,
        '["' * 400,
        "$" * 1000 + "{" * 1000,
    ],
)
async def test_any_text_can_be_opened_and_written_in(qtbot: QtBot, text: str) -> None:
    editor = await ready(qtbot, text)
    await settled(editor)
    assert editor.text() == text
    for key in (Key.Key_End, Key.Key_Return, Key.Key_Tab, Key.Key_Home, Key.Key_F12, Key.Key_F2):
        press(editor.view, key, *((CONTROL,) if key == Key.Key_End else ()))
    write(editor.view, 'R$"[')
    press(editor.view, Key.Key_Space, CONTROL)
    editor.folding.close_all()
    editor.format()
    editor.grab()
    await asyncio.sleep(0.05)
    await settled(editor)
    editor.folding.open_all()
    for _ in range(30):
        editor.view.undo()
    assert editor.text() == text


def test_a_line_too_long_is_cut_and_offsets_still_lead_there(qtbot: QtBot) -> None:
    text = "FROM a\nRUN " + "x" * 100_000 + "\nUSER b\n"
    editor = shown(qtbot)
    editor.set_text(text)
    assert editor.is_clipped
    assert editor.text() == text
    editor.reveal(text.index("USER"), 4)
    assert editor.view.textCursor().selectedText() == "USER"
    assert editor.line == 3
    QTest.keyClick(editor.view, "x")
    assert editor.text() == text
    editor.set_text("FROM b\n")
    write(editor.view, "#")
    assert editor.text() == "#FROM b\n"


def test_lines_folds_and_problems_are_told_in_words(qtbot: QtBot) -> None:
    editor = shown(qtbot, "FROM a\n")
    editor.search.open(replacing=True)
    assert unnamed(editor) == []
    editor.reveal(0)
    editor.reveal(7)
    assert editor.view.accessibleDescription() == "Line 2"


def test_how_somebody_likes_it_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings.at(tmp_path / "settings.ini")
    first = shown(qtbot, "FROM a\n")
    first.remember(settings)
    for id in ("editor.zoom-in", "editor.wrap", "editor.white-space", "editor.chips"):
        first.commands.run(id)
    other = shown(qtbot, "FROM a\n")
    other.remember(settings)
    assert other.view.scale == pytest.approx(1.1)
    assert other.view.lineWrapMode() == other.view.LineWrapMode.WidgetWidth
    assert other.view.shows_white_space
    assert not other.chips.visible


@pytest.mark.parametrize(
    ("key", "modifiers", "command"),
    [
        (Key.Key_Slash, CONTROL, "editor.toggle-comment"),
        (Key.Key_Slash, CONTROL | SHIFT, "editor.toggle-comment"),  # where "/" takes Shift
        (Key.Key_BraceLeft, CONTROL | SHIFT, "editor.fold"),  # "[" with Shift
        (Key.Key_BracketLeft, CONTROL | SHIFT, "editor.fold"),
        (Key.Key_BracketLeft, CONTROL, "editor.outdent"),
        (Key.Key_Plus, CONTROL | SHIFT, "editor.zoom-in"),
        (Key.Key_Question, CONTROL | SHIFT, None),
        (Key.Key_BracketLeft, Qt.KeyboardModifier.GroupSwitchModifier, None),
        (Key.Key_P, CONTROL | SHIFT, None),
    ],
)
def test_keys_mean_the_same_on_other_keyboards(
    key: Key, modifiers: Qt.KeyboardModifier, command: str | None
) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers)
    assert Keymap(SPECS).command(event) == command
