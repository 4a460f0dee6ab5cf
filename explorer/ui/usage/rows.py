"""A list of paths with their bytes: largest, wasted, repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.ui import text, theme
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.tips import plain_tip
from explorer.ui.usage.findings import Row

Index = QModelIndex | QPersistentModelIndex
_SIZE, _LAYERS, _WORDS = range(3)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RowModel(QAbstractTableModel):
    """Rows as a table of three columns; ``heads`` names them."""

    def __init__(self, heads: tuple[str, str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads = heads
        self._rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, number: int) -> Row:
        """One row."""
        return self._rows[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """As Qt asks."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section != _WORDS:
            return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (text.size(row.size), row.layers, row.words)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.tip or f"{row.words}\n{text.exact_size(row.size)}")
        if role == Qt.ItemDataRole.TextAlignmentRole and column != _WORDS:
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return theme.mono_font() if column == _WORDS else theme.number_font()
        return None


class RowTable(QTableView):
    """The table; what is chosen in it is looked at everywhere."""

    chosen = Signal(int)
    """The node of the row that was chosen."""

    def __init__(self, name: str, heads: tuple[str, str, str], parent: QWidget | None = None):
        super().__init__(parent)
        self.rows = RowModel(heads, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.horizontalHeader().setStyleSheet(header_style())
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setAccessibleName(f"{name}: columns")
        header.setSectionResizeMode(_WORDS, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setColumnWidth(_SIZE, theme.space(19))
        self.setColumnWidth(_LAYERS, theme.space(16))
        self.selectionModel().currentRowChanged.connect(self._choose)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.rows.row(index.row()).node)
