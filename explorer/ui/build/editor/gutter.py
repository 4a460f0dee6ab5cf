"""The strip at the left: problems, line numbers, folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import icons, theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.rows import Row

_ICON: Final = 16


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands beside a line: an icon in a colour role."""

    icon: str
    role: str


class Gutter(QWidget):
    """Asks for each line in view what to paint, and tells what was clicked."""

    fold_clicked = Signal(int)
    sign_clicked = Signal(int, QPoint)
    sign_hovered = Signal(int, QPoint)
    line_chosen = Signal(int, bool)
    """A line, from 0; whether the selection grows up to it."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self.sign_of: Callable[[int], Sign | None] = lambda _line: None
        self.fold_of: Callable[[int], bool | None] = lambda _line: None
        """Whether a line's fold is closed; ``None`` where none begins."""
        self._inside = False
        self.setMouseTracking(True)
        self.setAccessibleName("Line numbers, problems and folds")
        view.blockCountChanged.connect(lambda _count: view.fit_gutter())
        view.attach(self)

    def sizeHint(self) -> QSize:
        """Room for a sign, the largest number and a fold mark."""
        digits = max(3, len(str(self._view.blockCount())))
        numbers = self._view.fontMetrics().horizontalAdvance("9") * digits
        return QSize(_ICON + theme.space(1) + numbers + self._fold_width + theme.space(2), 0)

    @property
    def _fold_width(self) -> int:
        return theme.space(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in view."""
        painter, colors = QPainter(self), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), colors.base)
        painter.setFont(self._view.font())
        current = self._view.textCursor().blockNumber()
        for row in self._view.rows():
            if row.box.bottom() >= event.rect().top() and row.box.top() <= event.rect().bottom():
                self._paint_row(painter, row, row.number == current)

    def _paint_row(self, painter: QPainter, row: Row, is_current: bool) -> None:
        colors = theme.colors()
        height = self._view.line_height()
        if is_current:
            ground = QRectF(0, row.box.top(), self.width(), row.box.height())
            painter.fillRect(ground, colors.alternate)
        painter.setPen(colors.text if is_current else colors.muted)
        right = self.width() - self._fold_width - theme.space(1)
        place = QRectF(0, row.box.top(), right, height)
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, alignment, str(row.number + 1))
        sign = self.sign_of(row.number)
        if sign is not None:
            self._paint_sign(painter, sign, row.box.top() + (height - _ICON) / 2)
        fold = self.fold_of(row.number)
        if fold is not None and (fold or self._inside):
            self._paint_fold(painter, row.box.top() + height / 2, fold)

    def _paint_sign(self, painter: QPainter, sign: Sign, top: float) -> None:
        ink = getattr(theme.colors(), sign.role)
        picture = icons.pixmap(sign.icon, _ICON, self.devicePixelRatioF(), ink)
        painter.drawPixmap(QPointF(theme.space(1) / 2, top), picture)

    def _paint_fold(self, painter: QPainter, middle: float, closed: bool) -> None:
        colors = theme.colors()
        painter.setPen(QPen(colors.accent if closed else colors.muted, 1.4))
        x = self.width() - self._fold_width / 2 - 1
        if closed:
            points = [
                QPointF(x - 2, middle - 4),
                QPointF(x + 2, middle),
                QPointF(x - 2, middle + 4),
            ]
        else:
            points = [
                QPointF(x - 4, middle - 2),
                QPointF(x, middle + 2),
                QPointF(x + 4, middle - 2),
            ]
        painter.drawPolyline(points)

    def event(self, event: QEvent) -> bool:
        """Show the problems of a line on hover."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._line_at(event.pos().y())
            if line is not None and self.sign_of(line) is not None:
                self.sign_hovered.emit(line, event.globalPos())
            return True
        return super().event(event)

    def enterEvent(self, event: QEvent) -> None:
        """Show which lines can be folded."""
        self._inside = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show only what is folded."""
        self._inside = False
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold, show problems, or select the line."""
        line = self._line_at(event.position().y())
        if line is None or event.button() != Qt.MouseButton.LeftButton:
            return
        folds_from = self.width() - self._fold_width - theme.space(1)
        if event.position().x() >= folds_from and self.fold_of(line) is not None:
            self.fold_clicked.emit(line)
        elif event.position().x() <= _ICON + theme.space(1) and self.sign_of(line) is not None:
            self.sign_clicked.emit(line, event.globalPosition().toPoint())
        else:
            grows = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.line_chosen.emit(line, grows)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select the lines the mouse is drawn over; show where a click folds."""
        line = self._line_at(event.position().y())
        if event.buttons() & Qt.MouseButton.LeftButton and line is not None:
            self.line_chosen.emit(line, True)
        on_fold = event.position().x() >= self.width() - self._fold_width - theme.space(1)
        pointing = on_fold and line is not None and self.fold_of(line) is not None
        shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the text."""
        self._view.wheelEvent(event)

    def _line_at(self, y: float) -> int | None:
        for row in self._view.rows():
            if row.box.top() <= y < row.box.bottom():
                return row.number
        return None
