"""The outline as a tree of two levels, without an object for any row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.dockerfile.services.outline import OutlineItem, OutlineKind
from explorer.ui import icons, theme
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_TOP: Final = 0
_NONE: Final = QModelIndex()


class OutlineModel(QAbstractItemModel):
    """Items at the top and their children; an index carries the row of its parent, plus one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[OutlineItem] = ()

    @property
    def items(self) -> Sequence[OutlineItem]:
        """The items at the top."""
        return self._items

    def show(self, items: Sequence[OutlineItem]) -> bool:
        """Show another outline; tell whether rows came or went, so that indexes are void."""
        before = [len(item.children) for item in self._items]
        if before == [len(item.children) for item in items]:
            self._items = items
            if items:
                last = self.index(len(items) - 1, 1)
                self.dataChanged.emit(self.index(0, 0), last)
                for row, item in enumerate(items):
                    if item.children:
                        above = self.index(row, 0)
                        end = self.index(len(item.children) - 1, 1, above)
                        self.dataChanged.emit(self.index(0, 0, above), end)
            return False
        self.beginResetModel()
        self._items = items
        self.endResetModel()
        return True

    def item(self, index: Index) -> OutlineItem | None:
        """What stands at an index."""
        if not index.isValid():
            return None
        above = index.internalId()
        items = self._items if above == _TOP else self._items[above - 1].children
        return items[index.row()] if index.row() < len(items) else None

    def index_at(self, offset: int) -> QModelIndex:
        """The innermost item that a place of the text lies in."""
        for row, item in enumerate(self._items):
            if item.start <= offset <= item.end:
                above = self.index(row, 0)
                for below, child in enumerate(item.children):
                    if child.start <= offset <= child.end:
                        return self.index(below, 0, above)
                return above
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = _NONE) -> QModelIndex:
        """As Qt asks."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: Index = _NONE) -> QModelIndex:  # type: ignore[override]
        """As Qt asks."""
        above = index.internalId() if index.isValid() else _TOP
        return QModelIndex() if above == _TOP else self.createIndex(above - 1, 0, _TOP)

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        if not parent.isValid():
            return len(self._items)
        if parent.internalId() != _TOP or parent.column() > 0:
            return 0
        return len(self._items[parent.row()].children)

    def columnCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 2

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        item = self.item(index)
        if item is None:
            return None
        first = index.column() == 0
        if role == Role.DisplayRole:
            return item.title if first else item.detail
        if role == Role.AccessibleTextRole:
            return f"{item.title} {item.detail}" if first else item.detail
        if role == Role.ToolTipRole:
            return plain_tip(f"{item.title} {item.detail}")
        if role == Role.FontRole:
            if item.kind is OutlineKind.STAGE and first:
                return theme.ui_font(bold=True)
            return theme.ui_font() if first else theme.mono_font(0.95)
        if role == Role.ForegroundRole and not first:
            return theme.colors().muted
        if role == Role.DecorationRole and first and item.kind is OutlineKind.STAGE:
            return icons.icon("layers", theme.colors().accent)
        return None
