"""What is painted below and above the text: the line of the caret, and where a fold hides lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen

from explorer.ui import theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.folding import Folding
from explorer.ui.build.editor.rows import Row


class CurrentLine:
    """The ground of the line that the caret is in."""

    def __init__(self, view: CodeView) -> None:
        self._view = view
        view.below.append(self._paint)
        view.cursorPositionChanged.connect(view.viewport().update)

    def _paint(self, painter: QPainter, rows: Sequence[Row]) -> None:
        current = self._view.textCursor().blockNumber()
        for row in rows:
            if row.number == current:
                width = self._view.viewport().width()
                place = QRectF(0, row.box.top(), width, row.box.height())
                painter.fillRect(place, theme.colors().alternate)


class FoldedMarks(QObject):
    """``⋯`` after a line whose fold is closed; a click on it opens the fold."""

    def __init__(self, view: CodeView, folding: Folding) -> None:
        super().__init__(view)
        self._view, self._folding = view, folding
        self._boxes: list[tuple[QRectF, int]] = []
        view.above.append(self._paint)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open a fold whose mark is clicked."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            place = event.position()
            line = next((line for box, line in self._boxes if box.contains(place)), None)
            if line is not None:
                self._folding.open(line)
                return True
        return False

    def _paint(self, painter: QPainter, rows: Sequence[Row]) -> None:
        self._boxes = []
        colors = theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(0.85 * self._view.scale))
        for row in rows:
            hidden = self._folding.hidden_after(row.number)
            if not hidden:
                continue
            words = f"⋯ {hidden} line{'s' if hidden > 1 else ''}"
            width = painter.fontMetrics().horizontalAdvance(words) + theme.space(3)
            left = self._view.end_of(row) + theme.space(2)
            box = QRectF(left, row.box.top() + 2, width, self._view.line_height() - 4)
            painter.setPen(QPen(colors.border, 1))
            painter.setBrush(colors.hover)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(colors.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
            self._boxes.append((box, row.number))
