"""A plain table of texts: archive members, strings, libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from explorer.ui import theme
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
Cells = Sequence[str]


class TextItems(QAbstractTableModel):
    """Rows of texts below titles; columns in ``numbers`` are set to the right."""

    def __init__(
        self, titles: Sequence[str], numbers: frozenset[int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._titles, self._numbers = tuple(titles), numbers
        self._rows: Sequence[Cells] = ()

    def show(self, rows: Sequence[Cells]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a text, and how it is set."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._rows[index.row()][index.column()])
        number = index.column() in self._numbers
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return theme.number_font(0.95) if number else theme.mono_font()
        if role == Qt.ItemDataRole.ForegroundRole and number:
            return theme.colors().muted
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a title."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._titles[section]
        return None


class TextTable(QTableView):
    """A read-only table; the first column that is no number takes the room that is left."""

    def __init__(
        self,
        name: str,
        titles: Sequence[str],
        numbers: frozenset[int] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.items = TextItems(titles, numbers, self)
        self.setModel(self.items)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(max(theme.space(6), self.fontMetrics().height() + 6))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setAccessibleName(f"{name}: columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        wide = next(place for place in range(len(titles)) if place not in numbers)
        for place in range(len(titles)):
            stretches = place == wide
            mode = QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(place, mode)
            if not stretches:
                header.resizeSection(place, theme.space(24))

    def fit(self, widths: Sequence[int]) -> None:
        """Set the widths of columns in pixels; the one that takes the rest has 0."""
        for place, width in enumerate(widths):
            if width:
                self.horizontalHeader().resizeSection(place, width)

    def show_rows(self, rows: Sequence[Cells]) -> None:
        """Show other rows, from the first."""
        self.items.show(rows)
        self.scrollToTop()
