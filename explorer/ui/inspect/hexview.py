"""Bytes of a file of any size: only what is in view is read, in a thread, a page at a time."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from explorer.analysis.content import FileContent
from explorer.ui import text, theme
from explorer.ui.tasks import Operation

ROW: Final = 16
"""Bytes in one row."""
PAGE: Final = 64 << 10
_PAGES_KEPT: Final = 32
# A scroll bar counts in 32 bits; a file may have more rows than that.
_MOST_STEPS: Final = 1 << 30
_MARGIN: Final = 10


class HexView(QAbstractScrollArea):
    """Offsets, bytes in hexadecimal, and what of them is ASCII."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Bytes in hexadecimal")
        self._content: FileContent | None = None
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._wanted: set[int] = set()
        self._cursor = 0
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        theme.switch().changed.connect(self._measure)
        self._measure()

    def show_content(self, content: FileContent | None) -> None:
        """Show another file, from its beginning."""
        self._content = content
        self._pages.clear()
        self._wanted.clear()
        self._cursor = 0
        self._measure()
        self.verticalScrollBar().setValue(0)
        self._tell()
        self.viewport().update()

    @property
    def marked(self) -> int:
        """The offset of the byte that is marked."""
        return self._cursor

    def go_to(self, offset: int) -> None:
        """Mark the byte at ``offset`` and bring it into view."""
        size = self._content.size if self._content is not None else 0
        self._cursor = max(0, min(offset, size - 1))
        row, first, fits = self._cursor // ROW, self._first_row(), self._rows_in_view()
        if row < first or row >= first + fits:
            top = row if row < first else row - fits + 1
            self.verticalScrollBar().setValue(round(top / self._scale))
        self._tell()
        self.viewport().update()

    # -- geometry -----------------------------------------------------------------------------

    def _measure(self) -> None:
        font = theme.mono_font()
        self.setFont(font)
        self._char = QFontMetrics(font).horizontalAdvance("0")
        self._line = QFontMetrics(font).height() + 3
        rows = -(-self._content.size // ROW) if self._content is not None else 0
        hidden = max(0, rows - self._rows_in_view())
        self._scale = max(1.0, hidden / _MOST_STEPS)
        bar = self.verticalScrollBar()
        bar.setRange(0, round(hidden / self._scale))
        bar.setPageStep(max(1, round(self._rows_in_view() / self._scale)))
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, self._width() - self.viewport().width()))
        across.setPageStep(self.viewport().width())

    def _rows_in_view(self) -> int:
        return max(1, self.viewport().height() // self._line)

    def _first_row(self) -> int:
        return round(self.verticalScrollBar().value() * self._scale)

    def _columns(self) -> tuple[int, int, int]:
        """Where offsets, bytes and ASCII begin, in pixels."""
        digits = max(8, len(f"{self._content.size:x}") if self._content is not None else 8)
        left = _MARGIN - self.horizontalScrollBar().value()
        bytes_at = left + (digits + 2) * self._char
        return left, bytes_at, bytes_at + (ROW * 3 + 3) * self._char

    def _width(self) -> int:
        return self._columns()[2] + self.horizontalScrollBar().value() + (ROW + 2) * self._char

    def _byte_x(self, column: int) -> int:
        return self._columns()[1] + (column * 3 + (column >= ROW // 2)) * self._char

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the scroll bars."""
        super().resizeEvent(event)
        self._measure()

    # -- reading ------------------------------------------------------------------------------

    def _row(self, row: int) -> bytes | None:
        """The bytes of a row, or None while its page is being read."""
        page = row * ROW // PAGE
        data = self._pages.get(page)
        if data is None:
            self._fetch(page)
            return None
        start = row * ROW - page * PAGE
        return data[start : start + ROW]

    def _fetch(self, page: int) -> None:
        content = self._content
        if content is None or page in self._wanted:
            return
        self._wanted.add(page)

        def keep(data: bytes) -> None:
            if content is not self._content:
                return
            self._wanted.discard(page)
            self._pages[page] = data
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
            self._tell()
            self.viewport().update()

        Operation(self, "Reading bytes").work(
            lambda _job: content.read_at(page * PAGE, PAGE)
        ).success(keep).quiet().start()

    def _tell(self) -> None:
        """Say for screen readers which byte is marked."""
        data = self._pages.get(self._cursor // PAGE)
        if self._content is None or data is None:
            self.setAccessibleDescription("")
            return
        value = data[self._cursor % PAGE : self._cursor % PAGE + 1]
        shown = f"{value[0]:02x}, {_ascii(value)}" if value else "end"
        self.setAccessibleDescription(
            f"Byte {text.count(self._cursor)} of {text.count(self._content.size)}: {shown}"
        )

    # -- keyboard and mouse -------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark."""
        page = self._rows_in_view() * ROW
        size = self._content.size if self._content is not None else 0
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -ROW,
            Qt.Key.Key_Down: ROW,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -max(size, page),
            Qt.Key.Key_End: max(size, page),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif abs(step) > ROW or 0 <= self._cursor + step < size:
            self.go_to(self._cursor + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Mark the byte that is pressed, in either half."""
        place = event.position().toPoint()
        row = self._first_row() + place.y() // self._line
        _, _, ascii_at = self._columns()
        if place.x() >= ascii_at:
            column = (place.x() - ascii_at) // self._char
        else:
            fits = [c for c in range(ROW) if place.x() >= self._byte_x(c) - self._char // 2]
            column = fits[-1] if fits else 0
        self.go_to(row * ROW + min(column, ROW - 1))

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in view."""
        painter, colors = QPainter(self.viewport()), theme.colors()
        painter.fillRect(event.rect(), colors.base)
        painter.setFont(self.font())
        if self._content is None:
            return
        rows = -(-self._content.size // ROW)
        first = self._first_row()
        for row in range(first, min(rows, first + self._rows_in_view() + 1)):
            self._paint_row(painter, row, (row - first) * self._line)

    def _paint_row(self, painter: QPainter, row: int, top: int) -> None:
        colors = theme.colors()
        left, bytes_at, ascii_at = self._columns()
        base = top + self._line - 5
        painter.setPen(colors.muted)
        digits = (bytes_at - left) // self._char - 2
        painter.drawText(left, base, f"{row * ROW:0{digits}x}")
        data = self._row(row)
        if data is None:
            painter.drawText(bytes_at, base, "··")
            return
        for column, value in enumerate(data):
            x = self._byte_x(column)
            if row * ROW + column == self._cursor:
                self._mark(painter, x, ascii_at + column * self._char, top)
            painter.setPen(_ink_of(value))
            painter.drawText(x, base, f"{value:02x}")
            painter.drawText(ascii_at + column * self._char, base, _ascii(bytes((value,))))

    def _mark(self, painter: QPainter, x: int, ascii_x: int, top: int) -> None:
        colors = theme.colors()
        ground = colors.selection if self.hasFocus() else colors.hover
        painter.fillRect(QRect(x - 2, top + 1, self._char * 2 + 4, self._line - 2), ground)
        painter.fillRect(QRect(ascii_x, top + 1, self._char, self._line - 2), ground)


def _ink_of(value: int) -> QColor:
    colors = theme.colors()
    if value == 0:
        return colors.disabled
    return colors.text if 0x20 <= value <= 0x7E else colors.accent


def _ascii(data: bytes) -> str:
    return "".join(chr(value) if 0x20 <= value <= 0x7E else "·" for value in data)
