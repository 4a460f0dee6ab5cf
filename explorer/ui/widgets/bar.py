"""A slim bar that shows how much is done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from explorer.ui import theme

_WHOLE = 1000


class SlimBar(QProgressBar):
    """Four pixels high; with an unknown end a stretch of it wanders."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._phase = 0.0
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._wander)
        self.show_fraction(None)

    @property
    def wandering(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def show_fraction(self, fraction: float | None) -> None:
        """Show ``fraction`` from 0 to 1, or ``None`` for an unknown end."""
        if fraction is None:
            self.setRange(0, 0)
        else:
            self.setRange(0, _WHOLE)
            self.setValue(round(fraction * _WHOLE))
        self._move(fraction is None and self.isVisible())

    def showEvent(self, event: object) -> None:
        """Wander only while in view."""
        self._move(self.maximum() == 0)

    def hideEvent(self, event: object) -> None:
        """Rest while out of view."""
        self._timer.stop()

    def sizeHint(self) -> QSize:
        """As slim as it is called."""
        return QSize(80, 4)

    def minimumSizeHint(self) -> QSize:
        """As slim as it is called."""
        return QSize(24, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and what is done."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, (self.height() - 4) / 2, self.width(), 4)
        painter.setBrush(colors.border)
        painter.drawRoundedRect(groove, 2, 2)
        painter.setBrush(colors.accent)
        painter.drawRoundedRect(self._done(groove), 2, 2)

    def _done(self, groove: QRectF) -> QRectF:
        if self.maximum():
            width = groove.width() * self.value() / self.maximum()
            return QRectF(groove.left(), groove.top(), width, groove.height())
        length = groove.width() * 0.3
        left = (groove.width() - length) * (1 - abs(1 - 2 * self._phase))
        return QRectF(left, groove.top(), length, groove.height())

    def _wander(self) -> None:
        self._phase = (self._phase + 0.02) % 1
        self.update()

    def _move(self, wanted: bool) -> None:
        if wanted and not self._timer.isActive():
            self._timer.start()
        elif not wanted:
            self._timer.stop()
        self.update()
