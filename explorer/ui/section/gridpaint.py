"""Painting what is in view of the cross-section's table, layer columns first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.analysis.section import Section
from explorer.ui import theme
from explorer.ui.section.look import cell_look, merged_look, runs
from explorer.ui.section.motion import between
from explorer.ui.section.paint import CellPainter

if TYPE_CHECKING:
    from explorer.ui.section.table import SectionTable


class GridPainter:
    """Paints one repaint of a table; ``hover`` is the row and column under the mouse."""

    def __init__(
        self, table: SectionTable, painter: QPainter, section: Section, hover: tuple[int, int]
    ) -> None:
        self._table, self._painter, self._section = table, painter, section
        self._hover = hover
        self._left = table.merged_left()
        self._height = table.viewport().height()
        self._cells = CellPainter(painter, section.layers)
        motion = table.motion
        # Where a block is about to arrive, only its outline is drawn.
        self._moving = (motion.row, motion.target) if motion.progress is not None else None

    def paint(self, rect: QRect) -> None:
        """Paint the layers, the merged column over their right end, and the current cell."""
        rows, layers = self._rows_in(rect), self._layers_in(rect)
        self._painter.save()
        self._painter.setClipRect(QRect(0, 0, self._left, self._height))
        self._bands(layers)
        self._lines(rows, 0, self._left)
        for row in rows:
            self._row(row, layers)
        self._motion()
        self._painter.restore()
        self._merged(rows)
        self._current()

    def _rows_in(self, rect: QRect) -> range:
        first, last = self._table.rowAt(rect.top()), self._table.rowAt(rect.bottom())
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else self._table.items.rowCount() - 1) + 1)

    def _layers_in(self, rect: QRect) -> range:
        top = self._section.layers - 1
        if rect.left() >= self._left:
            return range(0)  # only the merged column is to be painted
        first = max(0, self._table.columnAt(max(0, rect.left())))
        last = self._table.columnAt(min(rect.right(), self._left))
        return range(first, (top if last < 0 else min(last, top)) + 1)

    def _box(self, row: int, column: int) -> QRectF:
        table = self._table
        return QRectF(
            table.columnViewportPosition(column),
            table.rowViewportPosition(row),
            table.columnWidth(column),
            table.rowHeight(row),
        )

    def _row(self, row: int, layers: range) -> None:
        section, shown = self._section, self._table.items.section_row(row)
        for run in runs(section, shown, layers):
            if run.thread is None:
                look = cell_look(section, shown, run.first)
                if self._moving and (row, run.first) == self._moving:
                    look = replace(look, covered=True, glyph="", label="")
                self._cells.cell(self._box(row, run.first), look)
            else:
                box = self._box(row, run.first).united(self._box(row, run.last))
                self._cells.thread(box.left(), box.right(), box.center().y(), run.thread)

    def _motion(self) -> None:
        """The block that is copied up just now, over all others."""
        motion = self._table.motion
        progress = motion.progress
        if progress is None:
            return
        shown = self._table.items.section_row(motion.row)
        look = cell_look(self._section, shown, motion.target)
        start, end = (self._box(motion.row, layer) for layer in (motion.source, motion.target))
        place = between(self._cells.block(start, look), self._cells.block(end, look), progress)
        self._cells.travelling(place, look, motion.source, progress)

    def _bands(self, layers: range) -> None:
        """The ground of the selected layers and of the one pointed at."""
        colors, painter = theme.colors(), self._painter
        header = self._table.layer_header
        chosen = theme.blend(colors.accent_soft, colors.base, 0.6)
        for layer in layers:
            x = self._table.columnViewportPosition(layer)
            width = self._table.columnWidth(layer)
            if layer in header.selected:
                painter.fillRect(x, 0, width, self._height, chosen)
            if layer == self._hover[1]:
                painter.fillRect(x, 0, width, self._height, colors.hover)
            if layer == header.boundary:
                painter.setPen(QPen(colors.outline, 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x + width, 0), QPointF(x + width, self._height))

    def _lines(self, rows: range, left: int, right: int) -> None:
        """The ground of the current row and of the one pointed at, and a hairline below each."""
        colors, painter = theme.colors(), self._painter
        current = self._table.currentIndex().row()
        for row in rows:
            top, height = self._table.rowViewportPosition(row), self._table.rowHeight(row)
            if row == current:
                painter.fillRect(left, top, right - left, height, colors.selection)
            elif row == self._hover[0]:
                painter.fillRect(left, top, right - left, height, colors.hover)
            painter.setPen(QPen(theme.blend(colors.border, colors.base, 0.6), 1))
            bottom = top + height - 0.5
            painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))

    def _merged(self, rows: range) -> None:
        section, colors, painter = self._section, theme.colors(), self._painter
        left, width = self._left, self._table.viewport().width()
        painter.fillRect(left, 0, width - left, self._height, colors.raised)
        self._lines(rows, left, width)
        painter.setPen(QPen(colors.outline, 1))
        painter.drawLine(QPointF(left + 0.5, 0), QPointF(left + 0.5, self._height))
        for row in rows:
            shown = self._table.items.section_row(row)
            last = cell_look(section, shown, section.layers - 1)
            top, height = self._table.rowViewportPosition(row), self._table.rowHeight(row)
            box = QRectF(left, top, width - left, height)
            self._cells.merged(box, merged_look(section, shown), last.leaves)

    def _current(self) -> None:
        """A frame around the cell that the keyboard is at."""
        table, index = self._table, self._table.currentIndex()
        if not index.isValid() or not table.hasFocus():
            return
        box = QRectF(table.visualRect(index)).adjusted(1.5, 1.5, -1.5, -1.5)
        if index.column() < table.merged_column and box.right() > self._left:
            return
        self._painter.setPen(QPen(theme.colors().accent, 2))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(box, 5, 5)
