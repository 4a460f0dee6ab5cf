"""A little picture of an image: its layers as bars, each as long as the layer is large."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme

_MOST_BARS = 8


class StackPicture(QWidget):
    """The lowest layer at the bottom; a stack of many is shown by its largest layers."""

    def __init__(self, layers: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = bars(layers)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The size of a thumbnail."""
        return QSize(56, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars from below."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.hover)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        room = QRectF(self.rect()).adjusted(7, 6, -7, -6)
        if not self._bars:
            painter.setPen(colors.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "?")
            return
        pitch = min(7.0, room.height() / len(self._bars))
        bottom = room.center().y() + pitch * len(self._bars) / 2
        for place, share in enumerate(self._bars):
            painter.setBrush(theme.layer_color(place, len(self._bars)))
            bar = QRectF(
                room.left(),
                bottom - pitch * (place + 1) + 0.5,
                max(3.0, room.width() * share),
                max(1.5, pitch - 1.5),
            )
            painter.drawRoundedRect(bar, 1.5, 1.5)


def bars(layers: Sequence[int]) -> list[float]:
    """Return the length of each bar from 0 to 1, lowest layer first.

    Lengths go with the square root of the size: a layer of a few bytes beside one of a gigabyte
    still shows.
    """
    largest = sorted(range(len(layers)), key=lambda place: -layers[place])[:_MOST_BARS]
    sizes = [layers[place] for place in sorted(largest)]
    whole = max(sizes, default=0)
    return [math.sqrt(size / whole) if whole else 0.0 for size in sizes]
