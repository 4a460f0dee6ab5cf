"""The treemap itself: painted once, with what is pointed at and looked at drawn over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.analysis.treemap import HEADER, Tile
from explorer.ui import theme
from explorer.ui.theme import ink_on
from explorer.ui.tips import plain_tip

_NO_TILE: Final = -1
_LABEL_WIDTH: Final = 34.0
_LABEL_HEIGHT: Final = 15.0
_STEPS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

Words = Callable[[Tile], str]


class TreemapCanvas(QWidget):
    """Tiles to look at, point at, choose and go into.

    ``name`` gives the words on a tile, ``explain`` those beside the pointer.
    """

    pointed = Signal(int)
    """The node under the pointer or the keyboard, or -1."""
    chosen = Signal(int)
    """A node was clicked, or chosen by the keyboard."""
    entered = Signal(int)
    """A node was double-clicked, or gone into by Enter."""
    left = Signal()
    """Backspace: out of the directory that fills the picture."""
    resized = Signal()
    """There is another room to fill."""

    def __init__(self, name: Words, explain: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._explain = name, explain
        self._tiles: Sequence[Tile] = ()
        self._layer_count = 1
        self._picture: QPixmap | None = None
        self._hot = _NO_TILE
        self._trail: tuple[int, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 100)
        self.setAccessibleName("Treemap of where the bytes go")
        theme.switch().changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """What suits it."""
        return QSize(480, 260)

    @property
    def tiles(self) -> Sequence[Tile]:
        """What is drawn."""
        return self._tiles

    def show_tiles(self, tiles: Sequence[Tile], layer_count: int) -> None:
        """Draw other tiles."""
        self._tiles, self._layer_count = tiles, layer_count
        self._hot = _NO_TILE
        self._repaint()

    def show_trail(self, trail: Sequence[int]) -> None:
        """Mark the tile of a path, or of the nearest directory around it that has one.

        ``trail`` has the path's node first, then those of the directories around it.
        """
        self._trail = tuple(trail)
        self.update()

    def tile_at(self, x: float, y: float) -> int:
        """The number of the innermost tile at a point, or -1."""
        found = _NO_TILE
        for number, tile in enumerate(self._tiles):
            rect = tile.rect
            if rect.x <= x < rect.x + rect.width and rect.y <= y < rect.y + rect.height:
                found = number
        return found

    # -- painting -----------------------------------------------------------------------------

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, then the marks."""
        if self._picture is None:
            self._picture = self._paint_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self._marked_tile()
        if marked is not None:
            _frame(painter, marked, theme.colors().base, 4.0)
            _frame(painter, marked, theme.colors().accent, 2.0)
        if self._hot != _NO_TILE:
            _frame(painter, self._tiles[self._hot], theme.colors().text, 1.5)
        if self.hasFocus() and marked is None and self._hot == _NO_TILE and self._tiles:
            _frame(painter, self._tiles[0], theme.colors().accent, 2.0)

    def _paint_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(self.size()) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.colors().base)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.ui_font()
        font.setPointSizeF(font.pointSizeF() * 0.86)
        painter.setFont(font)
        for tile in self._tiles:
            self._paint_tile(painter, tile, font)
        painter.end()
        return picture

    def _paint_tile(self, painter: QPainter, tile: Tile, font: QFont) -> None:
        rect = QRectF(tile.rect.x, tile.rect.y, tile.rect.width, tile.rect.height)
        colors = theme.colors()
        if tile.layer < 0:
            shade = theme.blend(colors.text, colors.base, min(0.02 + 0.025 * tile.depth, 0.14))
            if tile.depth:
                painter.setPen(QPen(theme.blend(colors.text, colors.base, 0.22), 1.0))
                painter.setBrush(shade)
                painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            if tile.header and tile.depth:
                painter.setPen(colors.muted)
                self._paint_name(painter, tile, rect.adjusted(5, 0, -4, 0), font, HEADER)
            return
        fill = theme.layer_color(tile.layer, self._layer_count)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        if rect.width() >= _LABEL_WIDTH and rect.height() >= _LABEL_HEIGHT:
            painter.setPen(ink_on(fill))
            self._paint_name(painter, tile, rect.adjusted(4, 1, -3, 0), font, rect.height())

    def _paint_name(
        self, painter: QPainter, tile: Tile, rect: QRectF, font: QFont, height: float
    ) -> None:
        metrics = QFontMetricsF(font)
        words = metrics.elidedText(self._name(tile), Qt.TextElideMode.ElideRight, rect.width())
        if len(words) < 3 and words.endswith("…"):
            return
        top = rect.y() + (min(height, HEADER) - metrics.height()) / 2 + metrics.ascent()
        painter.drawText(QPointF(rect.x(), top), words)

    def _marked_tile(self) -> Tile | None:
        number = self._marked()
        return self._tiles[number] if number != _NO_TILE else None

    def _marked(self) -> int:
        places = {tile.node: number for number, tile in enumerate(self._tiles) if tile.depth}
        return next((places[node] for node in self._trail if node in places), _NO_TILE)

    # -- events -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for tiles that fit."""
        super().resizeEvent(event)
        self._repaint()
        self.resized.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the pointer."""
        self._point(self.tile_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self._point(_NO_TILE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        number = self.tile_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and number != _NO_TILE:
            self.chosen.emit(self._tiles[number].node)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go into what is under the pointer."""
        number = self.tile_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and number != _NO_TILE:
            self.entered.emit(self._tiles[number].node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk from tile to tile; Enter goes in, Backspace out."""
        key = Qt.Key(event.key())
        current = self._current()
        if key in _STEPS and self._tiles:
            number = self._next(current, *_STEPS[key])
            self._point(number)
            self.chosen.emit(self._tiles[number].node)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current != _NO_TILE:
            self.entered.emit(self._tiles[current].node)
        elif key == Qt.Key.Key_Backspace:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Explain the tile under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.tile_at(event.pos().x(), event.pos().y())
            if number != _NO_TILE:
                words = plain_tip(self._explain(self._tiles[number]))
                QToolTip.showText(event.globalPos(), words, self)
                return True
            QToolTip.hideText()
        return super().event(event)

    def _point(self, number: int) -> None:
        if number != self._hot:
            self._hot = number
            self.pointed.emit(-1 if number == _NO_TILE else self._tiles[number].node)
            self.update()

    def _current(self) -> int:
        if self._hot != _NO_TILE:
            return self._hot
        return self._marked()

    def _next(self, current: int, across: int, down: int) -> int:
        """The nearest tile with content of its own in a direction; the same one at the edge."""
        leaves = [n for n, tile in enumerate(self._tiles) if tile.layer >= 0]
        if not leaves:
            return 0
        if current == _NO_TILE:
            return leaves[0]
        x, y = _middle(self._tiles[current])

        def distance(number: int) -> float:
            at_x, at_y = _middle(self._tiles[number])
            ahead = (at_x - x) * across + (at_y - y) * down
            aside = abs((at_x - x) * down) + abs((at_y - y) * across)
            return ahead + 2 * aside if ahead > 1 else float("inf")

        best = min(leaves, key=distance)
        return best if distance(best) < float("inf") else current


def _middle(tile: Tile) -> tuple[float, float]:
    return tile.rect.x + tile.rect.width / 2, tile.rect.y + tile.rect.height / 2


def _frame(painter: QPainter, tile: Tile, color: QColor, width: float) -> None:
    painter.setPen(QPen(color, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    rect = QRectF(tile.rect.x, tile.rect.y, tile.rect.width, tile.rect.height)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
