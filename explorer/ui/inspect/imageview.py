"""A picture, as large as there is room and never larger than it is."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme

_TILE = 8


class ImageView(QWidget):
    """Shows a picture on a checked ground, so that what is transparent is seen as such."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture = QPixmap()

    def show_image(self, image: QImage, name: str) -> None:
        """Show another picture."""
        self._picture = QPixmap.fromImage(image)
        words = f"{name}, {image.width()} by {image.height()} pixels"
        self.setAccessibleName(words)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Some room to see anything."""
        return QSize(80, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and picture."""
        painter, colors = QPainter(self), theme.colors()
        painter.fillRect(self.rect(), colors.base)
        if self._picture.isNull():
            return
        place = self._place()
        painter.save()
        painter.setClipRect(place)
        for y in range(place.top(), place.bottom() + 1, _TILE):
            for x in range(place.left(), place.right() + 1, _TILE):
                dark = (x - place.left() + y - place.top()) // _TILE % 2
                painter.fillRect(x, y, _TILE, _TILE, colors.hover if dark else colors.base)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(place), self._picture, QRectF(self._picture.rect()))

    def _place(self) -> QRect:
        room = self.rect().adjusted(12, 12, -12, -12)
        size = self._picture.size()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(room.topLeft(), size.expandedTo(QSize(1, 1)))
        place.moveCenter(room.center())
        return place
