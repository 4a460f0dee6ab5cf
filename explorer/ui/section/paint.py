"""Painting the cells of the cross-section; pure drawing, given where and what."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from explorer.analysis.section import CellKind
from explorer.ui import theme
from explorer.ui.section.look import CellLook, MergedLook, Thread

_RADIUS = 4.0
_DOTS = 5.0
"""The distance between two dots of a thread."""
_PALE = 0.4
"""How much of its colour a thread keeps that a container does not see."""


class CellPainter:
    """Draws cells with one painter; made anew for each repaint, so that colours are fresh."""

    def __init__(self, painter: QPainter, layers: int) -> None:
        self._painter = painter
        self._layers = layers
        self._scheme = theme.colors()
        self._colors: dict[int, QColor] = {}
        self._tiles: dict[Thread, QPixmap] = {}
        self._font = theme.number_font(0.88)
        self._glyphs = theme.ui_font(1.0, bold=True)
        self._metrics = QFontMetricsF(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def color(self, layer: int) -> QColor:
        """The colour of a layer, the same in every view."""
        if layer not in self._colors:
            self._colors[layer] = theme.layer_color(layer, self._layers)
        return self._colors[layer]

    def cell(self, box: QRectF, look: CellLook) -> None:
        """Draw one cell of a layer's column."""
        if look.kind is CellKind.ABSENT:
            return
        middle = box.center().x()
        block = self.block(box, look)
        if look.kind is CellKind.SHOWS:
            self.thread(box.left(), box.right(), box.center().y(), look.leaves)
        elif look.kind in (CellKind.WHITEOUT, CellKind.HIDDEN):
            self.thread(box.left(), middle - 9, box.center().y(), look.enters)
            self._ended(box, look)
        elif look.kind is CellKind.INSIDE or (look.kind is CellKind.AGAIN and look.folder):
            self.thread(box.left(), box.right(), box.center().y(), look.leaves)
            self._slim(block, look)
        else:
            self.thread(box.left(), block.left() - 1, box.center().y(), look.enters)
            self.thread(block.right() + 1, box.right(), box.center().y(), look.leaves)
            self._block(block, look)

    def block(self, box: QRectF, look: CellLook) -> QRectF:
        """Where the block of a cell lies within its box."""
        slim = look.kind is CellKind.INSIDE or (look.kind is CellKind.AGAIN and look.folder)
        height = min(20.0, box.height() - 8)
        side = max(4.0, min(10.0, box.width() * 0.1))
        if slim:
            height = min(height, self._metrics.height() + 1 if look.label else 10.0)
        return QRectF(
            box.left() + side, box.center().y() - height / 2, box.width() - 2 * side, height
        )

    def thread(self, left: float, right: float, y: float, thread: Thread | None) -> None:
        """Draw a version showing through, dotted."""
        if thread is None or right <= left:
            return
        dots = self._dots(thread)
        area = QRectF(left, y - _DOTS / 2, right - left, _DOTS)
        # The dots of neighbouring cells continue each other.
        self._painter.drawTiledPixmap(area, dots, QPointF(left % _DOTS, 0))

    def _dots(self, thread: Thread) -> QPixmap:
        """One dot, to be repeated: drawing a dashed line takes a hundred times as long."""
        if thread not in self._tiles:
            color = self.color(thread.layer)
            if not thread.reaches:
                color = theme.blend(color, self._scheme.base, _PALE)
            ratio = self._painter.device().devicePixelRatio()
            tile = QPixmap(round(_DOTS * ratio), round(_DOTS * ratio))
            tile.setDevicePixelRatio(ratio)
            tile.fill(Qt.GlobalColor.transparent)
            painter = QPainter(tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            radius = 1.25 if thread.reaches else 0.9
            painter.drawEllipse(QPointF(_DOTS / 2, _DOTS / 2), radius, radius)
            painter.end()
            self._tiles[thread] = tile
        return self._tiles[thread]

    def _block(self, block: QRectF, look: CellLook) -> None:
        painter, color = self._painter, self.color(look.layer)
        if look.covered:
            ground = theme.blend(color, self._scheme.base, 0.16)
            edge = theme.blend(color, self._scheme.base, 0.75)
            painter.setPen(QPen(edge, 1.2))
            painter.setBrush(ground)
            painter.drawRoundedRect(block, _RADIUS, _RADIUS)
            self._hatch(block, edge)
            self._write(block, look, self._scheme.text, ground)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(block, _RADIUS, _RADIUS)
        self._write(block, look, theme.ink_on(color), None)

    def travelling(self, block: QRectF, look: CellLook, source: int, progress: float) -> None:
        """Draw a block on its way from one layer to another, its colour changing with it."""
        color = theme.blend(self.color(look.layer), self.color(source), progress)
        self._painter.setPen(QPen(self._scheme.base, 1.5))
        self._painter.setBrush(color)
        self._painter.drawRoundedRect(block, _RADIUS, _RADIUS)
        self._write(block, look, theme.ink_on(color), None)

    def _hatch(self, block: QRectF, color: QColor) -> None:
        faint = QColor(color)
        faint.setAlphaF(0.45)
        brush = QBrush(faint, Qt.BrushStyle.BDiagPattern)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(brush)
        self._painter.drawRoundedRect(block, _RADIUS, _RADIUS)

    def _slim(self, block: QRectF, look: CellLook) -> None:
        """A folder that goes on: changed inside, or only listed again."""
        painter, color = self._painter, self.color(look.layer)
        ground = theme.blend(color, self._scheme.base, 0.24)
        painter.setPen(QPen(theme.blend(color, self._scheme.base, 0.8), 1.2))
        painter.setBrush(ground if look.kind is CellKind.INSIDE else self._scheme.base)
        radius = min(_RADIUS, block.height() / 2)
        painter.drawRoundedRect(block, radius, radius)
        if look.covered:
            self._hatch(block, theme.blend(color, self._scheme.base, 0.75))
        self._write(block, look, self._scheme.text, ground if look.covered else None)

    def _ended(self, box: QRectF, look: CellLook) -> None:
        """The end of a path: a cross for a whiteout, a barred ring where a folder took it along."""
        painter, scheme, middle = self._painter, self._scheme, box.center()
        muted = look.enters is None or look.kind is CellKind.HIDDEN
        ink = scheme.muted if muted else scheme.removed
        stroke = QPen(ink, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        if look.kind is CellKind.HIDDEN:
            painter.setPen(stroke)
            painter.setBrush(scheme.base)
            painter.drawEllipse(middle, 6.5, 6.5)
            painter.drawLine(middle + QPointF(-4.4, 4.4), middle + QPointF(4.4, -4.4))
            return
        ground = scheme.hover if muted else scheme.removed_soft
        painter.setPen(QPen(theme.blend(ink, ground, 0.5), 1.2))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(middle.x() - 9, middle.y() - 9, 18, 18), _RADIUS, _RADIUS)
        painter.setPen(stroke)
        painter.drawLine(middle - QPointF(4, 4), middle + QPointF(4, 4))
        painter.drawLine(middle - QPointF(4, -4), middle + QPointF(4, -4))

    def _write(self, block: QRectF, look: CellLook, ink: QColor, ground: QColor | None) -> None:
        label = look.label if self._fits(block, look) else ""
        glyph = look.glyph
        if not label and not glyph:
            return
        painter = self._painter
        width = self._metrics.horizontalAdvance(label)
        if glyph and label:
            width += 16
        area = QRectF(block.center().x() - width / 2, block.top(), width, block.height())
        if ground is not None:
            # Words on a hatched block stand on a clear patch.
            patch = area if label else area.adjusted(-8, 0, 8, 0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRect(patch.adjusted(-3, 2, 3, -2))
        painter.setPen(ink)
        if glyph:
            place = QRectF(area.left() - 2, area.top(), 16, area.height()) if label else block
            self._glyph(place, glyph, ink)
        if label:
            painter.setFont(self._font)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area, flags, label)

    def _fits(self, block: QRectF, look: CellLook) -> bool:
        room = block.width() - 6 - (16 if look.glyph else 0)
        return bool(look.label) and self._metrics.horizontalAdvance(look.label) <= room

    def _glyph(self, place: QRectF, glyph: str, ink: QColor) -> None:
        painter, middle = self._painter, place.center()
        if glyph == "◌":
            pen = QPen(ink, 1.8)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setDashPattern([0.6, 1.75])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 5.2, 5.2)
            return
        painter.setPen(ink)
        painter.setFont(self._glyphs)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, glyph)

    # -- the merged column --------------------------------------------------------------------

    def merged(self, box: QRectF, look: MergedLook, thread: Thread | None) -> None:
        """Draw what the finished image shows: a block, its size, where it is from."""
        painter, scheme = self._painter, self._scheme
        square = QRectF(box.left() + 12, box.center().y() - 7, 14, 14)
        if look.present:
            self.thread(box.left(), square.left() - 1, box.center().y(), thread)
            self._stripes(square, look.layers)
        else:
            painter.setPen(QPen(scheme.outline, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square, 3, 3)
        words = box.adjusted(34, 0, -8, 0)
        if look.present:
            self._words(words, look.size, scheme.text, 62, right=True)
            words.adjust(72, 0, 0, 0)
            self._words(words, look.origin, scheme.muted, 0)
        else:
            self._words(words, look.origin, scheme.removed if look.unseen else scheme.muted, 0)
        used = 20 + self._metrics.horizontalAdvance(look.origin)
        for part, ink in ((look.note, scheme.text), (look.unseen, scheme.warn)):
            if part and used + self._metrics.horizontalAdvance(part) <= words.width():
                self._words(words.adjusted(used, 0, 0, 0), part, ink, 0)
                used += 20 + self._metrics.horizontalAdvance(part)

    def _stripes(self, square: QRectF, layers: tuple[int, ...]) -> None:
        """A block in the colours of all layers that have a part in it."""
        painter = self._painter
        shape = QPainterPath()
        shape.addRoundedRect(square, 3, 3)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        shown = layers if len(layers) <= 5 else (*layers[:2], *layers[-3:])
        width = square.width() / len(shown)
        for place, layer in enumerate(shown):
            left = square.left() + place * width
            painter.fillRect(QRectF(left, square.top(), width + 0.5, 14), self.color(layer))
        painter.restore()

    def _words(
        self, area: QRectF, words: str, ink: QColor, width: float, *, right: bool = False
    ) -> None:
        place = QRectF(area.left(), area.top(), width or area.width(), area.height())
        self._painter.setFont(self._font)
        self._painter.setPen(ink)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        self._painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, shown)
