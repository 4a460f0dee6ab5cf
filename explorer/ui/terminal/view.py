"""A terminal as a widget: paints a screen, scrolls, selects, and sends what is typed."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from explorer.ui import theme
from explorer.ui.terminal.channel import Channel
from explorer.ui.terminal.keys import bytes_of, is_for_window
from explorer.ui.terminal.painting import Cells, LinePainter, paint_cursor
from explorer.ui.terminal.parser import Parser
from explorer.ui.terminal.screen import Screen
from explorer.ui.terminal.selection import Place, Selection, word_at

BUDGET: Final = 0.008
"""Seconds that what a program prints may take at a time."""
CHUNK: Final = 4096
"""Bytes that are read at a time."""
_SLICE: Final = 512
"""Bytes that are shown between two looks at the clock."""
_REST_MS: Final = 6
"""How long the window has then for everything else."""
_FRAME_MS: Final = 25
_MARGIN: Final = 6
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class TerminalView(QAbstractScrollArea):
    """Shows a :class:`Channel`. What is printed faster than it is read has to wait."""

    ended = Signal()
    """Nothing more is printed: the other end has hung up."""
    titled = Signal(str)
    """The program has named its window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channel: Channel | None = None
        self.selection: Selection | None = None
        self._font = theme.mono_font()
        self._cells = Cells(QFontMetricsF(self._font))
        self.grid = Screen(reply=self.write)
        self._parser = Parser(self.grid)
        self._above: int | None = None
        """The number of the line at the top, while one looks at what is above; None: at the end."""
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._pump)
        self._unread = b""
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self._show)
        self._set_up()

    # -- what is printed ----------------------------------------------------------------------

    def attach(self, channel: Channel) -> None:
        """Show another program, below what was printed before."""
        self.detach()
        self.channel = channel
        channel.resize(self.grid.rows, self.grid.columns)
        channel.watch(self._pump)
        self.viewport().update()

    def detach(self) -> None:
        """Hang up."""
        channel, self.channel = self.channel, None
        self._unread = b""
        self._rest.stop()
        if channel is not None:
            channel.watch(None)
            channel.close()
            self.viewport().update()

    def print_note(self, words: str) -> None:
        """Show words of our own, faint; control characters in them do nothing."""
        plain = "".join(char for char in words if char.isprintable())
        self.feed(f"\x1b[0;2m{plain}\x1b[0m\r\n".encode())

    def feed(self, data: bytes) -> None:
        """Show what was printed."""
        title = self.grid.title
        self._parser.feed(data)
        if self.grid.title != title:
            self.titled.emit(self.grid.title)
        if self.selection is not None and self.grid.is_alternate:
            self.selection = None
        if not self._frame.isActive():
            self._frame.start()

    def write(self, data: bytes) -> None:
        """Send to the program as if it were typed."""
        if self.channel is not None:
            self.channel.write(data)

    def _pump(self) -> None:
        """Read for a moment; where more is there, the window goes first."""
        until = time.monotonic() + BUDGET
        while self.channel is not None:
            if not self._unread:
                data = self.channel.read(CHUNK)
                if data is None:
                    self.channel.watch(self._pump)
                    return
                if not data:
                    self.detach()
                    self.ended.emit()
                    return
                self._unread = data
            self.feed(self._unread[:_SLICE])
            self._unread = self._unread[_SLICE:]
            if time.monotonic() > until and self.channel is not None:
                self.channel.watch(None)
                self._rest.start()
                return

    def _show(self) -> None:
        """Bring the view up to what was printed."""
        screen, bar = self.grid, self.verticalScrollBar()
        above = 0 if screen.is_alternate else len(screen.history)
        if self._above is not None and self._above < screen.first:
            self._above = screen.first
        with QSignalBlocker(bar):
            bar.setPageStep(screen.rows)
            bar.setRange(0, above)
            bar.setValue(above if self._above is None else self._above - screen.first)
        if QAccessible.isActive():
            self.setAccessibleDescription(screen.lines[screen.cursor.y].text().rstrip())
        self.viewport().update()
        self.updateMicroFocus()

    # -- typing -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keys of the program are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self._is_own(event) or not is_for_window(event):
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab is typed."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send it, or do what is ours."""
        if self._is_own(event):
            self._do_own(event)
            return
        if is_for_window(event):
            event.ignore()
            return
        data = bytes_of(event, application=self.grid.has_application_keys)
        if data:
            self._type(data)

    def _type(self, data: bytes) -> None:
        self.selection = None
        self._above = None
        self.write(data)
        self._show()

    @staticmethod
    def _is_own(event: QKeyEvent) -> bool:
        key, held = event.key(), event.modifiers()
        if held == (_CONTROL | _SHIFT):
            return key in (Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_A)
        scrolls = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Insert)
        return held == _SHIFT and key in scrolls

    def _do_own(self, event: QKeyEvent) -> None:
        bar, page = self.verticalScrollBar(), max(1, self.grid.rows - 1)
        match event.key():
            case Qt.Key.Key_C:
                self.copy()
            case Qt.Key.Key_V | Qt.Key.Key_Insert:
                self.paste(QGuiApplication.clipboard().text())
            case Qt.Key.Key_A:
                self.select_all()
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - page)
            case Qt.Key.Key_PageDown:
                bar.setValue(bar.value() + page)

    def paste(self, text: str) -> None:
        """Send a text as if it were typed; it cannot hold control sequences."""
        lines = text.replace("\r\n", "\r").replace("\n", "\r")
        data = "".join(c for c in lines if c in "\r\t" or c.isprintable()).encode("utf-8", "ignore")
        if self.grid.brackets_paste:
            data = b"\x1b[200~" + data + b"\x1b[201~"
        if text:
            self._type(data)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What is written by an input method."""
        if event.commitString():
            self._type(event.commitString().encode("utf-8", "ignore"))
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:
        """Where an input method shows its choices."""
        if query is Qt.InputMethodQuery.ImCursorRectangle:
            return self._cursor_box().toRect()
        return super().inputMethodQuery(query)

    # -- selecting and copying ----------------------------------------------------------------

    def copy(self) -> None:
        """Copy what is selected."""
        if self.selection is not None and not self.selection.is_empty:
            QGuiApplication.clipboard().setText(self.selection.text(self.grid))

    def select_all(self) -> None:
        """Select everything, what is above too."""
        screen = self.grid
        end = screen.scrolled + screen.rows - 1
        self.selection = Selection((screen.first, 0), (end, screen.columns))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select; the middle button pastes what is selected."""
        place = self._place(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton:
            if event.modifiers() & _SHIFT and self.selection is not None:
                self.selection.caret = place
            else:
                self.selection = Selection(place, place)
            self.viewport().update()
        elif event.button() is Qt.MouseButton.MiddleButton:
            clipboard = QGuiApplication.clipboard()
            if clipboard.supportsSelection():
                self.paste(clipboard.text(clipboard.Mode.Selection))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to the mouse; beyond an edge, scroll."""
        if not event.buttons() & Qt.MouseButton.LeftButton or self.selection is None:
            return
        point, bar = event.position().toPoint(), self.verticalScrollBar()
        if point.y() < 0 or point.y() > self.viewport().height():
            bar.setValue(bar.value() + (1 if point.y() > 0 else -1))
        self.selection.caret = self._place(point)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What is selected can be pasted with the middle button, where that is usual."""
        clipboard = QGuiApplication.clipboard()
        selected = self.selection is not None and not self.selection.is_empty
        if selected and self.selection is not None and clipboard.supportsSelection():
            clipboard.setText(self.selection.text(self.grid), clipboard.Mode.Selection)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        self.selection = word_at(self.grid, self._place(event.position().toPoint()))
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; in a program with a screen of its own, move its cursor."""
        steps = event.angleDelta().y() // 40
        if not self.grid.is_alternate:
            super().wheelEvent(event)
        elif steps:
            letter = b"A" if steps > 0 else b"B"
            start = b"\x1bO" if self.grid.has_application_keys else b"\x1b["
            self.write((start + letter) * abs(steps))

    # -- geometry -----------------------------------------------------------------------------

    @property
    def _top(self) -> int:
        """The number of the line at the top of the view."""
        return self.grid.scrolled if self._above is None else self._above

    def _place(self, point: QPoint) -> Place:
        row = int((point.y() - _MARGIN) // self._cells.height)
        row = min(max(row, 0), self.grid.rows - 1)
        column = round((point.x() - _MARGIN) / self._cells.width)
        return self._top + row, min(max(column, 0), self.grid.columns)

    def _cursor_box(self) -> QRectF:
        cursor = self.grid.cursor
        row = self.grid.scrolled + cursor.y - self._top
        return self._cells.box(row, cursor.x, 1).translated(_MARGIN, _MARGIN)

    def sizeHint(self) -> QSize:
        """Room for 80 by 24."""
        wide, high = 80 * self._cells.width, 24 * self._cells.height
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(int(wide) + 2 * _MARGIN + bar, int(high) + 2 * _MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the program how large its screen is now."""
        super().resizeEvent(event)
        room = self.viewport().size()
        columns = int((room.width() - 2 * _MARGIN) / self._cells.width)
        rows = int((room.height() - 2 * _MARGIN) / self._cells.height)
        self.grid.resize(rows, columns)
        if self.channel is not None:
            self.channel.resize(self.grid.rows, self.grid.columns)
        self._above = None
        self.selection = None
        self._show()

    def _scrolled(self, value: int) -> None:
        is_end = value >= self.verticalScrollBar().maximum()
        self._above = None if is_end else self.grid.first + value
        self.viewport().update()

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in view, and the cursor."""
        painter, screen = QPainter(self.viewport()), self.grid
        painter.fillRect(event.rect(), theme.colors().base)
        painter.translate(_MARGIN, _MARGIN)
        painter.setClipRect(QRect(0, 0, self.viewport().width() - _MARGIN, 1 << 20))
        lines = LinePainter(painter, self._cells, self._font, screen.columns)
        for row in range(screen.rows):
            number = self._top + row
            chosen = (0, 0)
            if self.selection is not None:
                chosen = self.selection.cells(number, screen.columns)
            lines.paint(screen.line(number), row, chosen)
        if screen.shows_cursor and self.channel is not None:
            row = screen.scrolled + screen.cursor.y - self._top
            if row < screen.rows:
                paint_cursor(painter, self._cells, self._font, screen, row, self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The cursor is full."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The cursor is an outline."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _set_up(self) -> None:
        self.setAccessibleName("Terminal")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.switch().changed.connect(self.viewport().update)
