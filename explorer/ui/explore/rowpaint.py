"""How a row of the tree is painted: fold mark, icon, name, change, and the other columns."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui import theme
from explorer.ui.explore.cells import INSIDE
from explorer.ui.explore.columns import NAME, Column
from explorer.ui.explore.listing import Mark
from explorer.ui.explore.treemodel import (
    ABOVE_ROLE,
    DEPTH_ROLE,
    FOLD_ROLE,
    MARK_ROLE,
    Index,
    TreeModel,
)

INDENT: Final = 16
"""How much further right each level lies."""
FOLD_WIDTH: Final = 18
"""The room of the fold mark, which can be pressed."""
MARGIN: Final = 6
_ICON: Final = 16


def row_height(widget: QWidget) -> int:
    """The height of every row, in pixels."""
    return max(24, widget.fontMetrics().height() + theme.space(2))


def fold_left(depth: int) -> int:
    """Where the fold mark of a row of this depth begins."""
    return MARGIN - 2 + depth * INDENT


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of a :class:`TreeModel`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self.renew_fonts()

    def renew_fonts(self) -> None:
        """Take the fonts of the desktop as they are now."""
        self._plain, self._struck = theme.ui_font(), theme.ui_font()
        self._struck.setStrikeOut(True)
        self._numbers, self._mono = theme.number_font(0.95), theme.mono_font(0.95)
        self._glyph = theme.mono_font(1.0, bold=True)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(80, row_height(self._owner))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        model = index.model()
        assert isinstance(model, TreeModel)
        column, box = model.columns[index.column()], option.rect
        painter.save()
        self._ground(painter, option, index)
        if column is NAME:
            self._name(painter, box, index)
        elif column.key == "change":
            self._change(painter, box, index)
        else:
            self._text(painter, box, index, column)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors = theme.colors()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(option.rect, colors.selection)
        elif index.row() == getattr(self._owner, "hovered", -1):
            painter.fillRect(option.rect, colors.hover)
        if selected and index.column() == 0 and self._owner.hasFocus():
            box = option.rect
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colors.accent)

    def _name(self, painter: QPainter, box: QRect, index: Index) -> None:
        left = box.left() + fold_left(index.data(DEPTH_ROLE))
        opened = index.data(FOLD_ROLE)
        if opened is not None:
            _paint_fold(painter, QRect(left, box.top(), FOLD_WIDTH, box.height()), opened)
        left += FOLD_WIDTH
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        top = box.top() + (box.height() - _ICON) // 2
        icon.paint(painter, QRect(left, top, _ICON, _ICON))
        left += _ICON + MARGIN
        room = QRect(left, box.top(), box.right() - left - 2, box.height())
        self._words(painter, room, index)

    def _words(self, painter: QPainter, room: QRect, index: Index) -> None:
        """The name behind the way to it; where room is short, the way gives way first."""
        name, way = index.data(), index.data(ABOVE_ROLE)
        struck = Mark(index.data(MARK_ROLE)).is_absent
        font = self._struck if struck else self._plain
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
        if way:
            left = room.width() - metrics.horizontalAdvance(shown)
            way = metrics.elidedText(way, Qt.TextElideMode.ElideLeft, max(left, 0))
            self._write(painter, room, way, self._plain, theme.colors().muted)
            room = room.adjusted(metrics.horizontalAdvance(way), 0, 0, 0)
        self._write(painter, room, shown, font, index.data(Qt.ItemDataRole.ForegroundRole))

    def _change(self, painter: QPainter, box: QRect, index: Index) -> None:
        mark, colors = Mark(index.data(MARK_ROLE)), theme.colors()
        glyph = index.data()
        if not glyph.strip():
            return
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if glyph == INSIDE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(QRectF(box).center(), 2.5, 2.5)
            return
        if mark.role in ("added", "modified", "removed"):
            chip = QRectF(0, 0, 20, min(18, box.height() - 4))
            chip.moveCenter(QRectF(box).center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(getattr(colors, f"{mark.role}_soft"))
            painter.drawRoundedRect(chip, 4, 4)
        self._write(painter, box, glyph, self._glyph, ink, Qt.AlignmentFlag.AlignHCenter)

    def _text(self, painter: QPainter, box: QRect, index: Index, column: Column) -> None:
        shown = index.data()
        if not shown:
            return
        font = self._mono if column.is_mono else self._numbers
        room = box.adjusted(MARGIN, 0, -MARGIN, 0)
        side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
        elided = QFontMetrics(font).elidedText(shown, Qt.TextElideMode.ElideRight, room.width())
        self._write(painter, room, elided, font, index.data(Qt.ItemDataRole.ForegroundRole), side)

    def _write(
        self,
        painter: QPainter,
        room: QRect,
        words: str,
        font: QFont,
        ink: QColor,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(ink)
        # What comes from an image is text, whatever it looks like: no mnemonics, one line.
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(room, flags, words)


def header_style() -> str:
    """The style of a header above rows: quiet titles over a line, aligned with the cells."""
    colors = theme.colors()
    return f"""
    QHeaderView {{ background: {colors.base.name()}; border: none; }}
    QHeaderView::section {{ background: {colors.base.name()}; color: {colors.muted.name()};
        border: none; border-bottom: 1px solid {colors.border.name()};
        padding: 3px {MARGIN}px; }}
    QHeaderView::section:hover {{ background: {colors.hover.name()}; }}
    """


def _paint_fold(painter: QPainter, box: QRect, opened: bool) -> None:
    """A small triangle: to the right while folded, down once unfolded."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors().muted)
    middle = QRectF(box).center()
    if opened:
        points = ((-4.0, -2.0), (4.0, -2.0), (0.0, 3.0))
    else:
        points = ((-2.0, -4.0), (3.0, 0.0), (-2.0, 4.0))
    painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in points]))
