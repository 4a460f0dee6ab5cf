"""The rows of the tree in view, as a model over node numbers: no object for any row.

The unfolded tree is kept as one array of nodes in the order of rows, with the depth of each. So a
view needs no call into Python for rows that it does not paint, where a ``QTreeView`` lays out every
row it has ever been shown (4 µs each in Python: four seconds for a million). Unfolding inserts a
slice, and any of a million rows is as near as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.filesystem.index import Array
from explorer.ui.explore.arrange import NOWHERE, Arrangement
from explorer.ui.explore.cells import Cells
from explorer.ui.explore.columns import COLUMNS, NAME, Column

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INVALID: Final = QModelIndex()

NODE_ROLE: Final = Role.UserRole
"""The node of a row."""
DEPTH_ROLE: Final = Role.UserRole + 1
"""How deep a row lies below the folder in view."""
FOLD_ROLE: Final = Role.UserRole + 2
"""True for a row that is unfolded, False for one that could be, None for one without rows below."""
ABOVE_ROLE: Final = Role.UserRole + 3
"""What of the name is only the way to it: ``usr/share/`` of a chain."""

MARK_ROLE: Final = Role.UserRole + 4
"""The :class:`Mark` of a row, as a number."""

_MOST_UNFOLDED: Final = 50_000


class TreeModel(QAbstractItemModel):
    """Rows of an :class:`Arrangement`, as it stands unfolded. Empty without one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arrangement: Arrangement | None = None
        self.columns: tuple[Column, ...] = (NAME,)
        self._rows: Array = np.zeros(0, np.int32)
        self._depths: Array = np.zeros(0, np.uint16)
        self._opened: Array = np.zeros(0, bool)
        self.cells: Cells | None = None

    # -- what is shown ------------------------------------------------------------------------

    def show_arrangement(
        self, arrangement: Arrangement | None, opened: Sequence[int] | Array = ()
    ) -> None:
        """Show other rows, with these directories unfolded."""
        self.beginResetModel()
        self.arrangement = arrangement
        self.cells = Cells(arrangement) if arrangement is not None else None
        if arrangement is None:
            self._rows, self._depths = np.zeros(0, np.int32), np.zeros(0, np.uint16)
            self._opened = np.zeros(0, bool)
        else:
            self._opened = np.zeros(len(arrangement.above), bool)
            self._opened[np.asarray(opened, np.int64)] = True
            self._rows, self._depths = arrangement.unfold(self._opened)
        self.endResetModel()

    def show_columns(self, keys: Sequence[str]) -> None:
        """Show these columns, the name always first."""
        self.beginResetModel()
        self.columns = (NAME, *(COLUMNS[key] for key in keys if key != NAME.key))
        self.endResetModel()

    def opened(self) -> Array:
        """The nodes of all unfolded directories, in view or not."""
        return np.flatnonzero(self._opened)

    def row_of(self, node: int) -> int:
        """The row in view that stands for a node; -1 if there is none."""
        if self.arrangement is None:
            return -1
        found = np.flatnonzero(self._rows == self.arrangement.row_for(node))
        return int(found[0]) if len(found) else -1

    def node_at(self, row: int) -> int:
        """The node of a row."""
        return int(self._rows[row])

    def is_open(self, row: int) -> bool:
        """Whether a row is unfolded."""
        return bool(self._opened[self._rows[row]]) and self.can_open(row)

    def can_open(self, row: int) -> bool:
        """Whether rows lie below a row."""
        return self.arrangement is not None and self.arrangement.has_rows(self.node_at(row))

    def row_above(self, row: int) -> int:
        """The row of the directory that a row lies in; -1 for one of the outermost."""
        shallower = np.flatnonzero(self._depths[:row] < self._depths[row])
        return int(shallower[-1]) if len(shallower) else -1

    # -- folding ------------------------------------------------------------------------------

    def open_row(self, row: int) -> None:
        """Unfold a row; directories below it that were unfolded before are so again."""
        if self.is_open(row) or not self.can_open(row):
            return
        assert self.arrangement is not None
        node, depth = self.node_at(row), int(self._depths[row]) + 1
        self._opened[node] = True
        rows, depths = self.arrangement.unfold(self._opened, node)
        self.beginInsertRows(_INVALID, row + 1, row + len(rows))
        self._rows = np.concatenate((self._rows[: row + 1], rows, self._rows[row + 1 :]))
        before, after = self._depths[: row + 1], self._depths[row + 1 :]
        self._depths = np.concatenate((before, depths + np.uint16(depth), after))
        self.endInsertRows()
        self._row_changed(row)

    def close_row(self, row: int) -> None:
        """Fold a row."""
        if not self.is_open(row):
            return
        self._opened[self.node_at(row)] = False
        end = self._end_below(row)
        self.beginRemoveRows(_INVALID, row + 1, end - 1)
        self._rows = np.concatenate((self._rows[: row + 1], self._rows[end:]))
        self._depths = np.concatenate((self._depths[: row + 1], self._depths[end:]))
        self.endRemoveRows()
        self._row_changed(row)

    def open_all(self) -> None:
        """Unfold everything, of a very large tree the outermost fifty thousand directories."""
        if self.arrangement is not None:
            self.show_arrangement(self.arrangement, self.arrangement.folders(_MOST_UNFOLDED))

    def close_all(self) -> None:
        """Fold everything."""
        self.show_arrangement(self.arrangement)

    def reveal(self, node: int) -> int:
        """Unfold what a node lies in and return its row; -1 if the arrangement has none for it."""
        if self.arrangement is None:
            return -1
        target = self.arrangement.row_for(node)
        if target == NOWHERE:
            return -1
        for folder in reversed(self.arrangement.ancestors(target)):
            self.open_row(self.row_of(folder))
        return self.row_of(target)

    def _end_below(self, row: int) -> int:
        """The first row after a row that is not below it."""
        outside = np.flatnonzero(self._depths[row + 1 :] <= self._depths[row])
        return row + 1 + int(outside[0]) if len(outside) else len(self._rows)

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    # -- as Qt asks ---------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _INVALID) -> QModelIndex:
        """The index of a cell; its id is the node."""
        if parent.isValid() or not 0 <= row < len(self._rows):
            return QModelIndex()
        if not 0 <= column < len(self.columns):
            return QModelIndex()
        return self.createIndex(row, column, int(self._rows[row]))

    def parent(self, child: Index = _INVALID) -> QModelIndex:  # type: ignore[override]
        """Rows lie below each other only for the eye."""
        return QModelIndex()

    def rowCount(self, parent: Index = _INVALID) -> int:
        """How many rows are in view."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _INVALID) -> int:
        """How many columns the user chose."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The titles, and what they mean on hover."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.ToolTipRole:
            return column.help
        return _side(column) if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says."""
        answer = _ANSWERS.get(role)
        if answer is None or not index.isValid() or self.cells is None:
            return None
        return answer(self, self.cells, index.row(), self.columns[index.column()])

    def depth(self, row: int) -> int:
        """How deep a row lies below the folder in view."""
        return int(self._depths[row])

    def fold(self, row: int) -> bool | None:
        """True for an unfolded row, False for one that could be, None without rows below."""
        return self.is_open(row) if self.can_open(row) else None


def _side(column: Column) -> Qt.AlignmentFlag:
    if column.key == "change":
        return Qt.AlignmentFlag.AlignCenter
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _icon(model: TreeModel, cells: Cells, row: int, column: Column) -> Any:
    return cells.icon(model.node_at(row), is_open=model.is_open(row)) if column is NAME else None


def _spoken(model: TreeModel, cells: Cells, row: int, column: Column) -> str:
    return cells.spoken(model.node_at(row), column, model.depth(row), model.fold(row))


_ANSWERS: Final[dict[int, Callable[[TreeModel, Cells, int, Column], Any]]] = {
    Role.DisplayRole: lambda model, cells, row, column: cells.words(model.node_at(row), column),
    Role.DecorationRole: _icon,
    Role.ForegroundRole: lambda model, cells, row, column: cells.ink(model.node_at(row), column),
    Role.ToolTipRole: lambda model, cells, row, column: cells.tip(model.node_at(row), column),
    Role.TextAlignmentRole: lambda _model, _cells, _row, column: _side(column),
    Role.AccessibleTextRole: _spoken,
    NODE_ROLE: lambda model, _cells, row, _column: model.node_at(row),
    DEPTH_ROLE: lambda model, _cells, row, _column: model.depth(row),
    FOLD_ROLE: lambda model, _cells, row, _column: model.fold(row),
    ABOVE_ROLE: lambda model, cells, row, _column: cells.way(model.node_at(row)),
    MARK_ROLE: lambda model, cells, row, _column: int(cells.mark(model.node_at(row))),
}
