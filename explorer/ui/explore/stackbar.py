"""What a layer weighs as a bar, and the marks of what is to be seen about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.ui import theme
from explorer.ui.explore.stackmodel import Card, Trust

BAR: Final = 5
"""The height of the bar."""
LINE: Final = 2
"""The height of the line below the bar that stands for what is stored."""


def marks_of(card: Card) -> list[tuple[str, str]]:
    """The icons that mark a layer, from the right, each with the scheme's role of its colour."""
    marks: list[tuple[str, str]] = []
    if card.trust.is_bad:
        marks.append(("error", "danger"))
    elif card.trust in (Trust.MISSING, Trust.NOT_A_TAR):
        marks.append(("warning", "warn"))
    elif card.trust is Trust.UNVERIFIED:
        marks.append(("help", "muted"))
    # A hundredth is the least worth a mark; small leftovers are everywhere.
    if card.wasted and card.wasted * 100 >= max(card.size, 1):
        marks.append(("waste", "warn"))
    return marks


def paint_bar(
    painter: QPainter, room: QRectF, card: Card, color: QColor, *, selected: bool
) -> None:
    """The filesystem below (faint), what this layer adds or takes, and under it what it stores.

    All rows share one scale, so that the stack reads as a stair.
    """
    colors = theme.colors()
    painter.setPen(Qt.PenStyle.NoPen)
    ground = colors.selection if selected else colors.base
    painter.setBrush(theme.blend(colors.outline, ground, 0.22))
    painter.drawRoundedRect(room, 2, 2)

    def span(low: int, high: int, *, least: float = 2.0) -> QRectF:
        left = room.width() * low / card.scale
        width = max(least, room.width() * (high - low) / card.scale)
        return QRectF(
            room.left() + min(left, room.width() - width), room.top(), width, room.height()
        )

    start = min(card.before, card.effect.cumulative) if card.effect is not None else 0
    line = span(start, min(start + card.stored, card.scale))
    painter.setBrush(theme.blend(colors.muted, ground, 0.55))
    painter.drawRect(QRectF(line.left(), room.bottom() + 1, line.width(), LINE))
    if card.effect is None:
        return
    after = card.effect.cumulative
    low, high = min(card.before, after), max(card.before, after)
    if low:
        painter.setBrush(theme.blend(color, ground, 0.4))
        painter.drawRoundedRect(span(0, low), 2, 2)
    if high > low:
        painter.setBrush(color if after > card.before else colors.removed_fill)
        painter.drawRoundedRect(span(low, high), 2, 2)
