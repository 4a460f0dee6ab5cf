"""A small rounded mark with a word or a number in it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme


class Tone(StrEnum):
    """What a badge means, and with it its colours."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    DANGER = "danger"
    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"

    def colors(self) -> tuple[QColor, QColor]:
        """Return ink and background in the scheme in force."""
        scheme = theme.colors()
        if self is Tone.NEUTRAL:
            return scheme.muted, scheme.hover
        return getattr(scheme, self.value), getattr(scheme, f"{self.value}_soft")


class Badge(QWidget):
    """A word in a rounded box; ``help`` explains it on hover and to screen readers."""

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        parent: QWidget | None = None,
        *,
        help: str = "",
    ) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setFont(theme.number_font(0.9))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(help)
        self.setAccessibleName(text)
        self.setAccessibleDescription(help)

    def text(self) -> str:
        """Return the word."""
        return self._text

    def show_text(self, text: str, tone: Tone | None = None) -> None:
        """Show another word, perhaps in another tone."""
        self._text, self._tone = text, tone or self._tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the word and a margin."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + theme.space(3), metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and the word."""
        ink, ground = self._tone.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
