"""The cross-section as an item model: what views, keyboards and screen readers ask."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.analysis.section import CellKind, Section
from explorer.filesystem.index import Array
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SectionItems(QAbstractTableModel):
    """A row for each entry, a column for each layer, the merged result last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.section: Section | None = None
        self._rows: Array = np.empty(0, np.int64)

    def show(self, section: Section | None, *, eventful: bool = False) -> None:
        """Show another section, or only those of its rows that more than one layer touches."""
        self.beginResetModel()
        self.section = section
        if section is None:
            self._rows = np.empty(0, np.int64)
        else:
            self._rows = section.eventful() if eventful else np.arange(len(section))
        self.endResetModel()

    @property
    def layers(self) -> int:
        """How many layers there are, which is also the number of the merged column."""
        return self.section.layers if self.section is not None else 0

    def section_row(self, row: int) -> int:
        """Return the row of the section that is shown in a row of the view."""
        return int(self._rows[row])

    def row_of(self, node: int) -> int:
        """Return the row in view of a node, or -1."""
        found = self.section.find(node) if self.section is not None else None
        if found is None:
            return -1
        rows = np.flatnonzero(self._rows == found)
        return int(rows[0]) if len(rows) else -1

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many entries are in view."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return one column a layer, and the merged one."""
        return 0 if parent.isValid() or self.section is None else self.layers + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell in a character, or in plain words for tool tips and screen readers."""
        if self.section is None or not index.isValid():
            return None
        row, column = self.section_row(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._short(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.words(row, column))
        return None

    def words(self, row: int, column: int) -> str:
        """Return what a cell of the section says in plain words."""
        assert self.section is not None
        if column >= self.layers:
            return self.section.merged(row).text
        return self.section.cell(row, column).text

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the names of entries and layers."""
        shown = self.section
        names = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if shown is None or role not in (*names, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation is Qt.Orientation.Vertical:
            if not 0 <= section < len(self._rows):
                return None
            name = shown.name(self.section_row(section))
            return f"{name}/" if shown.is_dir(self.section_row(section)) else name
        if section >= shown.layers:
            return "Merged" if role in names else "What a container sees of all layers together"
        if role in names:
            return f"Layer {section}"
        made_by = shown.image.created_by(section) or "History does not tell what made it"
        return f"Layer {section}\n{made_by[:400]}"

    def _short(self, row: int, column: int) -> str:
        assert self.section is not None
        if column < self.layers:
            kind = self.section.kind(row, column)
            return kind.glyph if kind is not CellKind.ABSENT else ""
        return "█" if self.section.present(row) else "–"
