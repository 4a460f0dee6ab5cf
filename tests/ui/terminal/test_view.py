"""The widget: keys are typed, floods wait, text is selected, copied and pasted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.ui.terminal.keys import bytes_of, is_for_window
from explorer.ui.terminal.view import CHUNK, TerminalView
from tests.ui.accessibility import unnamed

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
KEY = Qt.Key


class Program:
    """What is at the other end: prints what it is told to, and notes what is typed."""

    def __init__(self, printed: Iterator[bytes | None] | None = None) -> None:
        self.printed: Iterator[bytes | None] = printed or iter(())
        self.typed = b""
        self.size = (0, 0)
        self.is_open = True
        self.taken = 0
        self.ready: Callable[[], object] | None = None

    def read(self, most: int) -> bytes | None:
        data = next(self.printed, None)
        self.taken += 1
        assert data is None or len(data) <= most
        return data

    def watch(self, ready: Callable[[], object] | None) -> None:
        self.ready = ready

    def write(self, data: bytes) -> None:
        self.typed += data

    def resize(self, rows: int, columns: int) -> None:
        self.size = rows, columns

    def close(self) -> None:
        self.is_open = False

    def wake(self) -> None:
        """There is something to read."""
        assert self.ready is not None
        self.ready()


@pytest.fixture
def view(qtbot: QtBot) -> TerminalView:
    shown = TerminalView()
    qtbot.addWidget(shown)
    shown.resize(700, 400)
    shown.show()
    shown.setFocus()
    return shown


def test_a_program_knows_its_size(view: TerminalView) -> None:
    program = Program()
    view.attach(program)
    rows, columns = program.size
    assert rows > 10
    assert columns > 60
    view.resize(400, 200)
    assert program.size[0] < rows
    assert program.size[1] < columns


def test_a_flood_is_read_in_small_parts_and_then_waits(view: TerminalView) -> None:
    program = Program(iter(lambda: b"y\r\n" * (CHUNK // 3), b""))
    view.attach(program)
    program.wake()
    assert program.ready is None, "nobody reads while the window does other things"
    taken = program.taken
    assert taken < 50
    QTest.qWait(1)
    program.taken = 0
    view._rest.stop()
    QTest.qWait(40)
    assert program.taken == 0, "what is not read has to wait"
    view._pump()
    assert program.taken > 0


def test_the_end_of_a_program_is_told_once(view: TerminalView, qtbot: QtBot) -> None:
    program = Program(iter([b"over", b""]))
    view.attach(program)
    with qtbot.waitSignal(view.ended):
        program.wake()
    assert not program.is_open
    assert view.grid.lines[0].text() == "over"
    QTest.keyClicks(view, "x")
    assert program.typed == b""


@pytest.mark.parametrize(
    ("key", "held", "text", "sent"),
    [
        (KEY.Key_A, NONE, "a", b"a"),
        (KEY.Key_A, SHIFT, "A", b"A"),
        (KEY.Key_C, CONTROL, "\x03", b"\x03"),
        (KEY.Key_D, CONTROL, "\x04", b"\x04"),
        (KEY.Key_X, ALT, "x", b"\x1bx"),
        (KEY.Key_Space, CONTROL, " ", b"\0"),
        (KEY.Key_Return, NONE, "\r", b"\r"),
        (KEY.Key_Backspace, NONE, "\x08", b"\x7f"),
        (KEY.Key_Tab, NONE, "\t", b"\t"),
        (KEY.Key_Backtab, SHIFT, "", b"\x1b[Z"),
        (KEY.Key_Up, NONE, "", b"\x1b[A"),
        (KEY.Key_Left, CONTROL, "", b"\x1b[1;5D"),
        (KEY.Key_Delete, NONE, "", b"\x1b[3~"),
        (KEY.Key_PageUp, NONE, "", b"\x1b[5~"),
        (KEY.Key_F5, NONE, "", b"\x1b[15~"),
        (KEY.Key_Shift, SHIFT, "", b""),
        (KEY.Key_AsciiTilde, SHIFT, "ü", "ü".encode()),
    ],
)
def test_keys_send_what_xterm_sends(
    key: Qt.Key, held: Qt.KeyboardModifier, text: str, sent: bytes
) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, held, text)
    assert bytes_of(event) == sent
    assert not is_for_window(event)


def test_cursor_keys_have_another_mode(view: TerminalView) -> None:
    program = Program()
    view.attach(program)
    view.feed(b"\x1b[?1h")
    QTest.keyClick(view, KEY.Key_Up)
    assert program.typed == b"\x1bOA"


@pytest.mark.parametrize(
    ("key", "held"),
    [(KEY.Key_F1, NONE), (KEY.Key_F11, NONE), (KEY.Key_Tab, CONTROL), (KEY.Key_1, CONTROL),
     (KEY.Key_PageDown, CONTROL), (KEY.Key_P, CONTROL | SHIFT)],
)  # fmt: skip
def test_some_keys_are_the_window_s(key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    assert is_for_window(QKeyEvent(QKeyEvent.Type.KeyPress, key, held, ""))


def test_what_is_pasted_holds_no_sequences(view: TerminalView) -> None:
    program = Program()
    view.attach(program)
    view.paste("a\nb\x1b[201~\x03")
    assert program.typed == b"a\rb[201~"
    view.feed(b"\x1b[?2004h")
    program.typed = b""
    view.paste("x")
    assert program.typed == b"\x1b[200~x\x1b[201~"


def test_text_is_selected_with_the_mouse_and_copied(view: TerminalView) -> None:
    view.feed(b"first line\r\nsecond line")
    cell = view._cells
    start = QPoint(int(6 + 6 * cell.width), int(6 + cell.height / 2))
    end = QPoint(int(6 + 6 * cell.width), int(6 + cell.height * 1.5))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, NONE, end)
    assert view.selection is not None
    view.selection.caret = view._place(end)
    QTest.keyClick(view, KEY.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == "line\nsecond"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, start)
    QTest.keyClick(view, KEY.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == "line"


def test_what_is_above_can_be_scrolled_to_and_stays_in_view(view: TerminalView) -> None:
    program = Program()
    view.attach(program)
    view.feed(b"".join(b"line %d\r\n" % n for n in range(200)))
    view._show()
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    QTest.keyClick(view, KEY.Key_PageUp, SHIFT)
    top = view.grid.line(view._top).text()
    view.feed(b"more\r\n" * 20)
    view._show()
    assert view.grid.line(view._top).text() == top
    QTest.keyClicks(view, "x")
    assert bar.value() == bar.maximum(), "who types looks at the end"


def test_notes_of_ours_hold_no_sequences(view: TerminalView) -> None:
    view.print_note("it \x1b[31mended\r\n")
    assert view.grid.lines[0].text() == "it [31mended"


def test_it_paints_anything(view: TerminalView) -> None:
    view.attach(Program())
    view.feed("\x1b[1;3;4;38;5;200;48;2;1;2;3mstyled 漢字 e\u0301\x1b[0m\x1b[7m inverse".encode())
    view.select_all()
    assert not view.grab().isNull()
    view.clearFocus()
    assert not view.grab().isNull()


def test_it_has_a_name(view: TerminalView) -> None:
    assert not unnamed(view)
    assert view.accessibleName() == "Terminal"
