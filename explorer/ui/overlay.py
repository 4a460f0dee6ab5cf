"""A card that floats over the window's content, without being a window of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui import theme

MARGIN = 12
"""The room around the card that its shadow is painted in."""


class FloatingCard(QWidget):
    """Closes on Escape, when focus leaves it, and gives focus back to where it was."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.host = window
        self._before: QWidget | None = None
        self.hide()
        window.installEventFilter(self)

    def open(self, focus: QWidget) -> None:
        """Show the card and put the focus on ``focus``."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.place()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved, Qt.ConnectionType.UniqueConnection)

    def close_card(self) -> None:
        """Hide the card and give the focus back."""
        if not self.isVisible():
            return
        had_focus = self._holds(QApplication.focusWidget())
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.closed.emit()

    def place(self) -> None:
        """Set the geometry within the window; called when the window's size changes, too."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card on its shadow."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(MARGIN, 0, -1):
            shade = colors.shadow
            shade.setAlphaF(0.008 if not colors.dark else 0.03)
            painter.setBrush(shade)
            painter.drawRoundedRect(
                card.adjusted(-step, -step + 3, step, step + 3 if step < MARGIN - 2 else step),
                8 + step,
                8 + step,
            )
        painter.setPen(QPen(colors.border, 1))
        painter.setBrush(colors.raised)
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        # No widget at all means that another application is in front: stay open.
        if new is not None and not self._holds(new):
            self.close_card()

    def _holds(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))
