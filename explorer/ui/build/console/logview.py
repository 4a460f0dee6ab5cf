"""The output of one step, painted: only the lines in view cost anything, however many there are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from explorer.build.runs import Output
from explorer.ui import theme
from explorer.ui.build.console.inks import font_of, ground_of, ink_of
from explorer.ui.tasks import Operation, loop_runs

_MARGIN: Final = 10
_MANY: Final = 2000
"""Lines from which on copying is left to a thread."""
Place = tuple[int, int]
"""The number of a line, and a column in it."""


class LogView(QAbstractScrollArea):
    """Lines in their colours; select with the mouse, copy, follow the end while at it."""

    follows_changed = Signal(bool)
    """The end is followed from now on, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.output = Output()
        self.follows = True
        self.needle = ""
        """What is marked wherever it is in view."""
        self._widest = 0
        self._anchor: Place | None = None
        self._caret: Place = (0, 0)
        self._drag = QTimer(self, interval=50)
        self._drag.timeout.connect(self._drag_on)
        self._font = theme.mono_font(0.95)
        self._metrics = QFontMetricsF(self._font)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Output of the step")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().actionTriggered.connect(self._moved_by_hand)
        theme.switch().changed.connect(self.viewport().update)

    # -- what is shown ------------------------------------------------------------------------

    def show_output(self, output: Output) -> None:
        """Show the output of another step, from its end on if the end is followed."""
        self.output, self._anchor, self._widest = output, None, 0
        self.renew()
        if not self.follows:
            self.verticalScrollBar().setValue(0)

    def renew(self) -> None:
        """Lines were added, or the oldest went."""
        bar = self.verticalScrollBar()
        shown = self._shown
        bar.setPageStep(shown)
        bar.setRange(0, max(0, len(self.output) - shown))
        if self.follows:
            bar.setValue(bar.maximum())
        self._describe()
        self.viewport().update()

    def set_follows(self, on: bool) -> None:
        """Stay at the end as lines come, or where it is."""
        if on != self.follows:
            self.follows = on
            self.follows_changed.emit(on)
        if on:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def reveal(self, number: int) -> None:
        """Bring a line into the middle of the view, and mark it."""
        self.set_follows(False)
        self._anchor, self._caret = (number, 0), (number, len(self.output.text(number)))
        bar = self.verticalScrollBar()
        first = bar.value() + self.output.first
        if not first <= number < first + self._shown:
            bar.setValue(number - self.output.first - self._shown // 2)
        self.viewport().update()

    @property
    def current(self) -> int:
        """The number of the line where a search begins."""
        if self._anchor is not None:
            return min(self._anchor, self._caret)[0]
        return self.output.first + self.verticalScrollBar().value()

    # -- selecting and copying ----------------------------------------------------------------

    @property
    def has_selection(self) -> bool:
        """Whether anything is selected."""
        return self._anchor is not None and self._anchor != self._caret

    def selected_text(self) -> str:
        """What is selected, without colours."""
        if self._anchor is None:
            return ""
        start, end = sorted((self._anchor, self._caret))
        return self._text(start, end)

    def _text(self, start: Place, end: Place) -> str:
        """The text between two places. From any thread: it takes a while for many lines."""
        last = self.output.text(end[0])
        words = "".join(self.output.joined(start[0], end[0] + 1))
        return words[start[1] : len(words) - max(0, len(last) - end[1])]

    def copy(self) -> None:
        """Copy what is selected, or all of it."""
        start, end = (self.output.first, 0), self._last
        if self._anchor is not None and self.has_selection:
            start, end = sorted((self._anchor, self._caret))
        if end[0] - start[0] < _MANY or not loop_runs():
            QGuiApplication.clipboard().setText(self._text(start, end))
            return
        (
            Operation(self, "Copying the output")
            .work(lambda _job: self._text(start, end))
            .success(QGuiApplication.clipboard().setText)
            .replacing("copy")
            .start()
        )

    @property
    def _last(self) -> Place:
        last = max(self.output.first, self.output.end - 1)
        return last, len(self.output.text(last))

    def select_all(self) -> None:
        """Select every line that is kept."""
        self._anchor, self._caret = (self.output.first, 0), self._last
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        if event.button() is Qt.MouseButton.LeftButton:
            place = self._place(event.position().toPoint())
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if not shift or self._anchor is None:
                self._anchor = place
            self._caret = place
            self._drag.start()
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to the mouse."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor is not None:
            self._caret = self._place(event.position().toPoint())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The selection stands."""
        self._drag.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the line."""
        number = self._place(event.position().toPoint())[0]
        self._anchor, self._caret = (number, 0), (number, len(self.output.text(number)))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, select all, and move through the lines."""
        bar = self.verticalScrollBar()
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -self._shown,
            Qt.Key.Key_PageDown: self._shown,
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in moves:
            bar.setValue(bar.value() + moves[Qt.Key(event.key())])
            self._moved_by_hand()
        else:
            super().keyPressEvent(event)

    def _drag_on(self) -> None:
        """Scroll on while the mouse is held beyond an edge."""
        point = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = min(0, point.y()) + max(0, point.y() - self.viewport().height())
        if beyond:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (1 if beyond > 0 else -1) * (1 + abs(beyond) // 20))
            self._caret = self._place(point)
            self._moved_by_hand()
            self.viewport().update()

    # -- geometry -----------------------------------------------------------------------------

    @property
    def _row(self) -> float:
        return self._metrics.height() + 2

    @property
    def _shown(self) -> int:
        """How many whole lines there is room for."""
        return max(1, int((self.viewport().height() - 4) / self._row))

    def _place(self, point: QPoint) -> Place:
        number = self.output.first + self.verticalScrollBar().value() + int(point.y() // self._row)
        last = max(self.output.first, self.output.end - 1)
        number = min(max(self.output.first, number), last)
        x = point.x() - _MARGIN + self.horizontalScrollBar().value()
        words = self.output.text(number)
        if words.isascii():
            return number, min(len(words), max(0, round(x / self._metrics.horizontalAdvance("0"))))
        for column in range(len(words)):
            if self._metrics.horizontalAdvance(words[: column + 1]) > x:
                return number, column
        return number, len(words)

    def _scrolled(self) -> None:
        self.viewport().update()

    def _moved_by_hand(self, *_: object) -> None:
        bar = self.verticalScrollBar()
        self.set_follows(max(bar.sliderPosition(), bar.value()) >= bar.maximum())

    def wheelEvent(self, event: object) -> None:
        """Scroll; away from the end it is not followed any more."""
        super().wheelEvent(event)  # type: ignore[arg-type]
        self._moved_by_hand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many lines as there is room for."""
        super().resizeEvent(event)
        self.renew()

    def _describe(self) -> None:
        self.setAccessibleDescription(f"{len(self.output):,} lines")

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colors().base)
        painter.setFont(self._font)
        first = self.output.first + self.verticalScrollBar().value()
        left = _MARGIN - self.horizontalScrollBar().value()
        widest = 0.0
        for by in range(self._shown + 2):
            if first + by >= self.output.end:
                break
            widest = max(widest, self._line(painter, first + by, left, by * self._row + 2))
        if int(widest) > self._widest:
            self._widest = int(widest)
            QTimer.singleShot(0, self, self._widen)

    def _widen(self) -> None:
        bar, room = self.horizontalScrollBar(), self.viewport().width()
        bar.setPageStep(room)
        bar.setRange(0, max(0, self._widest + 2 * _MARGIN - room))

    def _line(self, painter: QPainter, number: int, left: float, top: float) -> float:
        """Paint one line; how wide it is."""
        runs = self.output.line(number)
        self._mark(painter, number, "".join(run.text for run in runs), left, top)
        x, base = left, top + self._metrics.ascent() + 1
        for run in runs:
            wide = self._metrics.horizontalAdvance(run.text)
            ground = ground_of(run.style)
            if ground is not None:
                painter.fillRect(QRectF(x, top, wide, self._row), ground)
            painter.setPen(ink_of(run.style))
            painter.setFont(font_of(run.style, self._font))
            if x < self.viewport().width():
                painter.drawText(int(x), int(base), run.text)
            x += wide
        return x - left

    def _mark(self, painter: QPainter, number: int, words: str, left: float, top: float) -> None:
        """Paint the selection, and what was searched for."""
        scheme, width = theme.colors(), self._metrics.horizontalAdvance
        if self.needle:
            folded = words.lower() if self.needle == self.needle.lower() else words
            at = folded.find(self.needle)
            while at >= 0:
                x, wide = left + width(words[:at]), width(words[at : at + len(self.needle)])
                painter.fillRect(QRectF(x, top, wide, self._row), scheme.modified_soft)
                at = folded.find(self.needle, at + len(self.needle))
        if self._anchor is None or self._anchor == self._caret:
            return
        start, end = sorted((self._anchor, self._caret))
        if not start[0] <= number <= end[0]:
            return
        begin = width(words[: start[1]]) if number == start[0] else 0.0
        stop = width(words[: end[1]]) if number == end[0] else width(words) + 6
        painter.fillRect(QRectF(left + begin, top, stop - begin, self._row), scheme.selection)
