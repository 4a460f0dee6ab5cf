"""The rows of the tree in view, as a model over node numbers: no object for any row.

The unfolded tree is kept as one array of nodes in the order of rows, with the depth of each. So a
view needs no call into Python for rows that it does not paint, where a ``QTreeView`` lays out every
row it has ever been shown (4 µs each in Python: four seconds for a million). Unfolding inserts a
slice, and any of a million rows is as near as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.ui import icons, text, theme
from explorer.ui.explore.arrange import NOWHERE, Arrangement, Shape
from explorer.ui.explore.columns import COLUMNS, NAME, Column
from explorer.ui.explore.listing import Mark
from explorer.ui.explore.tips import tip

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

INSIDE: Final = "•"
"""What stands for a mark where only something inside a directory changes."""
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
        self._entry: Callable[[int], Entry | None] = lambda _node: None

    # -- what is shown ------------------------------------------------------------------------

    def show_arrangement(
        self, arrangement: Arrangement | None, opened: Sequence[int] | Array = ()
    ) -> None:
        """Show other rows, with these directories unfolded."""
        self.beginResetModel()
        self.arrangement = arrangement
        self._entry = lru_cache(maxsize=1024)(self._read_entry)
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
        answer = self._ANSWERS.get(role)
        if answer is None or not index.isValid() or self.arrangement is None:
            return None
        return answer(self, index.row(), self.columns[index.column()])

    def _display(self, row: int, column: Column) -> str:
        node = self.node_at(row)
        assert self.arrangement is not None
        if column.key == "change" and self.arrangement.listing.only_inside(node):
            return INSIDE
        return column.say(self.arrangement.listing, node, self._entry(node))

    def _way(self, row: int, column: Column) -> str:
        """The directories between the one a row lies in and its own name."""
        arrangement = self.arrangement
        assert arrangement is not None
        if column is not NAME or arrangement.shape is Shape.TREE:
            return ""
        trie, node = arrangement.listing.image.stack.trie, self.node_at(row)
        parts: list[str] = []
        above, node = int(arrangement.above[node]), int(trie.parent[node])
        while node != above:
            parts.append(display(trie.name(node)) + "/")
            node = int(trie.parent[node])
        return "".join(reversed(parts))

    def _icon(self, row: int, column: Column) -> Any:
        if column is not NAME:
            return None
        node = self.node_at(row)
        name = _icon_name(self._entry(node))
        if name == "folder" and self.is_open(row):
            name = "folder-open"
        colors = theme.colors()
        is_folder = name.startswith("folder") and not self._mark(node).is_absent
        return icons.icon(name, colors.accent if is_folder else colors.muted)

    def _ink(self, row: int, column: Column) -> Any:
        assert self.arrangement is not None
        node, colors = self.node_at(row), theme.colors()
        mark = self._mark(node)
        if column.key == "change":
            return getattr(colors, mark.role)
        if mark.is_absent:
            return colors.muted
        if column is not NAME or not self.arrangement.listing.listed[node]:
            return colors.muted if column is not NAME or mark is Mark.NONE else colors.text
        return colors.text

    def _tip(self, row: int, column: Column) -> str:
        assert self.arrangement is not None
        node, listing = self.node_at(row), self.arrangement.listing
        if column.key == "change":
            return self._mark_words(node)
        if column.key == "size":
            return text.exact_size(int(listing.size[node]))
        if column is NAME:
            return tip(display(listing.image.stack.trie.path(node)))
        return tip(self._display(row, column))

    def _spoken(self, row: int, column: Column) -> str:
        """The row in words: a screen reader has no picture of the tree."""
        shown = self._display(row, column)
        if column.key == "change":
            return self._mark_words(self.node_at(row))
        if column is not NAME:
            return f"{column.title} {shown}" if shown else f"no {column.title.lower()}"
        parts = [self._way(row, column) + shown, f"level {int(self._depths[row]) + 1}"]
        if self.can_open(row):
            parts.append("unfolded" if self.is_open(row) else "folded")
        mark = self._mark(self.node_at(row))
        return ", ".join([*parts, mark.words.lower()] if mark is not Mark.NONE else parts)

    def _fold(self, row: int, column: Column) -> bool | None:
        return self.is_open(row) if self.can_open(row) else None

    def _mark(self, node: int) -> Mark:
        assert self.arrangement is not None
        return Mark(int(self.arrangement.listing.mark[node]))

    def _mark_words(self, node: int) -> str:
        assert self.arrangement is not None
        if self.arrangement.listing.only_inside(node):
            return "Changes inside"
        return self._mark(node).words

    def _read_entry(self, node: int) -> Entry | None:
        assert self.arrangement is not None
        listing = self.arrangement.listing
        provider = int(listing.provider[node])
        return None if provider == NOTHING else listing.image.stack.entry(node, provider)

    _ANSWERS: Final[dict[int, Callable[[TreeModel, int, Column], Any]]] = {
        Role.DisplayRole: _display,
        Role.DecorationRole: _icon,
        Role.ForegroundRole: _ink,
        Role.ToolTipRole: _tip,
        Role.TextAlignmentRole: lambda _model, _row, column: _side(column),
        Role.AccessibleTextRole: _spoken,
        NODE_ROLE: lambda model, row, _column: model.node_at(row),
        DEPTH_ROLE: lambda model, row, _column: int(model._depths[row]),
        FOLD_ROLE: _fold,
        ABOVE_ROLE: _way,
        MARK_ROLE: lambda model, row, _column: int(model._mark(model.node_at(row))),
    }


def _side(column: Column) -> Qt.AlignmentFlag:
    if column.key == "change":
        return Qt.AlignmentFlag.AlignCenter
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_ICONS: Final = {
    EntryType.DIR: "folder",
    EntryType.SYMLINK: "symlink",
    EntryType.HARDLINK: "hardlink",
    EntryType.CHAR: "device",
    EntryType.BLOCK: "device",
    EntryType.FIFO: "device",
}


def _icon_name(entry: Entry | None) -> str:
    return "folder" if entry is None else _ICONS.get(entry.type, "file")
