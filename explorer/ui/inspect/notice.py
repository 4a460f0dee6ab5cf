"""A quiet line that says why this version is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.ui import icons, theme
from explorer.ui.widgets.labels import Label


class Notice(QWidget):
    """Words on a tinted ground; takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel(self)
        self._words = Label("", self, wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        layout.setSpacing(theme.space(2))
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        theme.switch().changed.connect(self._paint_icon)
        self._paint_icon()
        self.hide()

    def text(self) -> str:
        """Return the words."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Say something else, or nothing."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colors().warn_soft)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)

    def _paint_icon(self) -> None:
        ink, ratio = theme.colors().warn, self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("history", 16, ratio, ink))
