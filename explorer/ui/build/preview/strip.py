"""The layers of a preview as a row of blocks: what is there already, and what is foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.tips import plain_tip

_GAP: Final = 3.0
_NARROWEST: Final = 8.0
_WIDEST: Final = 44.0
_SIDE: Final = 12.0


@dataclass(frozen=True, slots=True)
class Block:
    """One layer; ``predicted`` is painted dashed, ``uncertain`` hatched besides.

    A ``real`` one was left by a build, and has a tick.
    """

    layer: int
    words: str
    predicted: bool = False
    uncertain: bool = False
    real: bool = False


class LayerStrip(QWidget):
    """Lowest layer at the left; a click or the arrow keys select one."""

    chosen = Signal(int)
    """The user picked the layer with this number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: Sequence[Block] = ()
        self._selected = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Layers of the preview")

    def sizeHint(self) -> QSize:
        """One row of blocks and a line of words."""
        return QSize(240, 18 + self.fontMetrics().height() + theme.space(3))

    @property
    def blocks(self) -> Sequence[Block]:
        """What is drawn."""
        return self._blocks

    def show_blocks(self, blocks: Sequence[Block], selected: int) -> None:
        """Draw other layers, with the selected one marked."""
        self._blocks, self._selected = blocks, selected
        if self.isHidden() is bool(blocks):
            self.setVisible(bool(blocks))
        self._describe()
        self.update()

    def words(self) -> str:
        """What the line below the blocks says: ``5 of the base, 1 real, 2 predicted``."""
        predicted = sum(block.predicted for block in self._blocks)
        real = sum(block.real for block in self._blocks)
        base = len(self._blocks) - predicted - real
        counts = ((base, "of the base"), (real, "real"), (predicted, "predicted"))
        return ", ".join(f"{count} {what}" for count, what in counts if count)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blocks in the colours that the layers have everywhere, then the words."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, block in enumerate(self._blocks):
            box = self._box(place)
            fill = theme.layer_color(block.layer, len(self._blocks))
            if block.predicted:
                pen = QPen(fill, 1.6)
                pen.setDashPattern([2.5, 1.8])
                painter.setPen(pen)
                soft = theme.blend(fill, colors.window, 0.16)
                painter.setBrush(soft)
                box = box.adjusted(0.8, 0.8, -0.8, -0.8)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fill)
            painter.drawRoundedRect(box, 3, 3)
            if block.uncertain:
                self._paint_unknown(painter, box)
            elif block.real:
                self._paint_tick(painter, box, theme.ink_on(fill))
            if block.layer == self._selected:
                painter.setPen(QPen(colors.text, 2.0))
                painter.drawLine(
                    QPointF(box.left(), box.bottom() + 3.5),
                    QPointF(box.right(), box.bottom() + 3.5),
                )
        if self.hasFocus():
            painter.setPen(QPen(colors.accent, 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 0.5, -4, -0.5), 4, 4)
        painter.setFont(theme.ui_font(0.86))
        painter.setPen(colors.muted)
        metrics = QFontMetricsF(painter.font())
        room = QRectF(_SIDE, 18 + 8, self.width() - 2 * _SIDE, metrics.height())
        words = metrics.elidedText(self.words(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _paint_unknown(self, painter: QPainter, box: QRectF) -> None:
        if box.width() >= 14:
            painter.setFont(theme.ui_font(0.8, bold=True))
            painter.setPen(theme.colors().muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")

    def _paint_tick(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        if box.width() >= 14:
            painter.setPen(QPen(ink, 1.6))
            x, y = box.center().x(), box.center().y()
            painter.drawPolyline([QPointF(x - 3.5, y), QPointF(x - 1, y + 2.5),
                                  QPointF(x + 3.5, y - 2.5)])  # fmt: skip

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is under the pointer."""
        block = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and block is not None:
            self.chosen.emit(block.layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select the layer beside."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        layers = [block.layer for block in self._blocks]
        if step is None or not layers:
            super().keyPressEvent(event)
            return
        place = layers.index(self._selected) + step if self._selected in layers else 0
        if 0 <= place < len(layers):
            self.chosen.emit(layers[place])

    def event(self, event: QEvent) -> bool:
        """Tell what a block is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            block = self._at(event.pos().x())
            if block is not None:
                QToolTip.showText(event.globalPos(), plain_tip(block.words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _box(self, place: int) -> QRectF:
        room = self.width() - 2 * _SIDE
        count = len(self._blocks)
        width = min(_WIDEST, max(1.0, (room + _GAP) / count - _GAP)) if count else 0.0
        return QRectF(_SIDE + place * (width + _GAP), 4, width, 14)

    def _at(self, x: float) -> Block | None:
        for place, block in enumerate(self._blocks):
            box = self._box(place)
            if box.left() <= x <= box.right() + _GAP:
                return block
        return None

    def _describe(self) -> None:
        chosen = next((b for b in self._blocks if b.layer == self._selected), None)
        selected = f"Selected: {chosen.words}" if chosen is not None else ""
        self.setAccessibleDescription(f"{self.words()}. {selected}".strip())
