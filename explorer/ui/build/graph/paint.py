"""How nodes and arrows of the stage graph look."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.dockerfile.stages.model import NeedKind
from explorer.ui import icons, theme
from explorer.ui.build.graph.chart import Arrow, Forecast, Node, NodeKind
from explorer.ui.build.graph.geometry import Geometry

_RADIUS: Final = 8.0
_PAD: Final = 12.0
_ICON: Final = 14
_DASHES: Final = {
    NeedKind.FROM: [],
    NeedKind.COPY: [5.0, 3.0],
    NeedKind.MOUNT: [1.0, 3.0],
}
"""The stroke of each kind of arrow, in widths of the pen."""


def pen_of(kind: NeedKind, color: QColor) -> QPen:
    """The stroke of a kind of arrow."""
    pen = QPen(color, 2.0 if kind is NeedKind.FROM else 1.6)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if _DASHES[kind]:
        pen.setDashPattern(_DASHES[kind])
    return pen


def paint_arrow(painter: QPainter, geometry: Geometry, number: int, arrow: Arrow) -> None:
    """Paint an arrow: on the target's way in the accent, else faint."""
    colors = theme.colors()
    color = colors.danger if arrow.wrong else colors.accent if arrow.needed else colors.outline
    if not arrow.needed and not arrow.wrong:
        color = theme.blend(color, colors.base, 0.45)
    painter.setPen(pen_of(arrow.kind, color))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(geometry.curve(number))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(geometry.head(number))


class NodePainter:
    """Paints nodes; made for one repaint, so that fonts are measured once."""

    def __init__(self, painter: QPainter, ratio: float) -> None:
        self._painter, self._ratio = painter, ratio
        self._title = theme.ui_font(1.0, bold=True)
        self._small = theme.number_font(0.86)
        self._tiny = theme.ui_font(0.76, bold=True)

    def paint(self, node: Node, box: QRectF, *, current: bool, hot: bool, focused: bool) -> None:
        """Paint one node."""
        colors, painter = theme.colors(), self._painter
        faint = 1.0 if node.needed or current else 0.55
        ground = colors.accent_soft if current else colors.hover if hot else colors.raised
        edge = colors.accent if current else colors.danger if node.wrong else colors.outline
        pen = QPen(theme.blend(edge, colors.base, faint if node.needed else 0.6))
        pen.setWidthF(2.0 if current or node.wrong else 1.0)
        if node.kind is not NodeKind.STAGE:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        if focused:
            painter.setPen(QPen(colors.accent, 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), _RADIUS + 3, _RADIUS + 3)
        self._words(node, box, faint)

    def _words(self, node: Node, box: QRectF, faint: float) -> None:
        colors = theme.colors()
        ink = theme.blend(colors.text, colors.base, max(faint, 0.72))
        muted = theme.blend(colors.muted, colors.base, max(faint, 0.8))
        room = box.adjusted(_PAD, 9, -_PAD, 0)
        line = QFontMetricsF(self._title).height()
        first = QRectF(room.x(), room.y(), room.width(), line)
        left = self._icon(node, first)
        right = self._flag(node, first)
        words = first.adjusted(left, 0, -right, 0)
        self._write(words, node.title, self._title, ink, Qt.TextElideMode.ElideMiddle)
        second = first.translated(0, line + 3)
        self._write(second, node.subtitle(), self._small, muted)
        if node.forecast.total:
            self._forecast(node.forecast, box, muted)

    def _icon(self, node: Node, line: QRectF) -> float:
        """Paint what kind of node it is; return the room it took."""
        if node.wrong:
            name, ink = "error", theme.colors().danger
        elif node.kind is NodeKind.CONTEXT:
            name, ink = "folder", theme.colors().muted
        elif node.kind is NodeKind.IMAGE:
            name, ink = "layers", theme.colors().muted
        else:
            return 0.0
        picture = icons.pixmap(name, _ICON, self._ratio, ink)
        top = line.y() + (line.height() - _ICON) / 2
        self._painter.drawPixmap(QPointF(line.x(), top), picture)
        return _ICON + 6.0

    def _flag(self, node: Node, line: QRectF) -> float:
        """Paint the word that marks the target or what is not built; return its room."""
        colors = theme.colors()
        if node.is_target:
            word, ink, ground = "TARGET", colors.on_accent, colors.accent
        elif not node.needed:
            word, ink, ground = "NOT BUILT", colors.muted, colors.hover
        else:
            return 0.0
        metrics = QFontMetricsF(self._tiny)
        width = metrics.horizontalAdvance(word) + 10
        box = QRectF(line.right() - width, line.y(), width, metrics.height() + 2)
        box.moveTop(line.y() + (line.height() - box.height()) / 2)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(ground)
        self._painter.drawRoundedRect(box, 4, 4)
        self._painter.setFont(self._tiny)
        self._painter.setPen(ink)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return width + 6.0

    def _forecast(self, forecast: Forecast, box: QRectF, ink: QColor) -> None:
        """A bar of shares with the same in words above it."""
        colors, painter = theme.colors(), self._painter
        line = QFontMetricsF(self._small).height()
        words = QRectF(box.x() + _PAD, box.bottom() - line - 13, box.width() - 2 * _PAD, line)
        self._write(words, forecast.words(), self._small, ink)
        bar = QRectF(words.x(), box.bottom() - 9, words.width(), 3)
        parts = (
            (forecast.hits, colors.added_fill),
            (forecast.misses, colors.modified_fill),
            (forecast.unknown, colors.border),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        left = bar.x()
        for number, color in parts:
            if number:
                width = bar.width() * number / forecast.total
                painter.setBrush(color)
                painter.drawRoundedRect(QRectF(left, bar.y(), max(width - 1, 1), 3), 1.5, 1.5)
                left += width

    def _write(
        self,
        room: QRectF,
        words: str,
        font: QFont,
        ink: QColor,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        self._painter.setFont(font)
        self._painter.setPen(ink)
        shown = QFontMetricsF(font).elidedText(words, mode, room.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        self._painter.drawText(room, int(flags), shown)
