"""Cards that float over the text: part of the window, never a window of their own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.overlay import MARGIN


class Card(QWidget):
    """Shown beside a rectangle of its anchor, on the side where there is room; takes no focus."""

    def __init__(self, anchor: QWidget) -> None:
        # The window is not known yet: the card moves there when it is shown first.
        super().__init__(anchor)
        self._anchor = anchor
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def room(self) -> QRect:
        """Where cards may lie, in the coordinates of the window."""
        return self._anchor.window().rect()

    def show_beside(self, box: QRect) -> None:
        """Show the card below ``box`` of the anchor, or above it, wholly in the window."""
        window = self._anchor.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.adjustSize()
        place = QRect(self._anchor.mapTo(window, box.topLeft()), box.size())
        top = place.bottom() + 1 - MARGIN + theme.space(1)
        if top + self.height() > window.height() + MARGIN:
            above = place.top() - self.height() + MARGIN - theme.space(1)
            if above >= -MARGIN or place.top() > window.height() - place.bottom():
                top = max(-MARGIN, above)
            top = max(-MARGIN, min(top, window.height() - self.height() + MARGIN))
        left = max(-MARGIN, min(place.left() - MARGIN, window.width() - self.width() + MARGIN))
        self.move(QPoint(left, top))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card on its shadow."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        shade = colors.shadow.toRgb()
        shade.setAlphaF(0.03 if colors.dark else 0.009)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        for step in range(MARGIN - 2, 0, -1):
            spread = card.adjusted(-step, -step + 3, step, step)
            painter.drawRoundedRect(spread, 6 + step, 6 + step)
        painter.setPen(QPen(colors.border, 1))
        painter.setBrush(colors.raised)
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
