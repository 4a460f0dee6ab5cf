"""Cells of lists and tables: one line of words, with the same room at both sides everywhere."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui import theme
from explorer.ui.explore.rowpaint import MARGIN

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def row_height(widget: QWidget) -> int:
    """The height of a row, in pixels."""
    return max(24, widget.fontMetrics().height() + theme.space(2))


class Cells(QStyledItemDelegate):
    """Paints the words of a model; ``margin`` is what stays free before and behind them."""

    def __init__(self, parent: QWidget, margin: int = MARGIN) -> None:
        super().__init__(parent)
        self._owner, self._margin = parent, margin

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for all of the words."""
        font = index.data(Role.FontRole) or self._owner.font()
        words = index.data() or ""
        width = QFontMetrics(font).horizontalAdvance(words) + 2 * self._margin + 2
        return QSize(width, row_height(self._owner))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        colors, box = theme.colors(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colors.selection)
            if index.column() == 0 and self._owner.hasFocus():
                painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colors.accent)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colors.hover)
        font = index.data(Role.FontRole) or self._owner.font()
        painter.setFont(font)
        ink = index.data(Role.ForegroundRole)
        painter.setPen(getattr(ink, "color", lambda: ink)() if ink is not None else colors.text)
        room = box.adjusted(self._margin, 0, -self._margin, 0)
        mode = Qt.TextElideMode.ElideMiddle if index.column() == 0 else Qt.TextElideMode.ElideRight
        words = QFontMetrics(font).elidedText(index.data() or "", mode, room.width())
        side = index.data(Role.TextAlignmentRole)
        flags = int(side) if side is not None else _LEFT
        painter.drawText(room, flags | Qt.TextFlag.TextSingleLine, words)
        painter.restore()
