"""Tables of values: a row for each, columns told as data; one model and one look for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from explorer.ui import theme
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.tips import plain_tip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NONE: Final = QModelIndex()
_LEAST: Final = 22
"""Units of the grid that a column has, however short the room is."""
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column of a table of ``T``: what it says of a row, and how that looks.

    ``width`` is in units of the grid, of the last column what it needs at least; one that
    ``gives_way`` is narrower where room is short. ``ink`` gives the colour, none for that of text;
    ``tip`` what is told on hover, by default what the cell says.
    """

    title: str
    words: Callable[[T], str]
    width: int = 0
    gives_way: bool = False
    right: bool = False
    mono: bool = False
    ink: Callable[[T], QColor | None] | None = None
    tip: Callable[[T], str] | None = None
    icon: Callable[[T], QIcon] | None = None


class RowModel(QAbstractTableModel, Generic[T]):
    """Rows of ``T``. ``spoken`` says a whole row, for who hears it."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        parent: QWidget | None = None,
        *,
        spoken: Callable[[T], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: Sequence[T] = ()
        self._spoken = spoken

    def show(self, rows: Sequence[T]) -> None:
        """List other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def cells(self, row: T) -> tuple[str, ...]:
        """A row in words."""
        return tuple(column.words(row) for column in self.columns)

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """As Qt asks."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.TextAlignmentRole and column.right:
            return _RIGHT
        return column.title if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Role.DisplayRole:
            return column.words(row)
        if role == Role.DecorationRole and column.icon is not None:
            return column.icon(row)
        if role == Role.ToolTipRole:
            return plain_tip((column.tip or column.words)(row))
        if role == Role.AccessibleTextRole and index.column() == 0:
            told = ", ".join(cell for cell in self.cells(row) if cell)
            return told if self._spoken is None else self._spoken(row)
        if role == Role.FontRole:
            return theme.mono_font(0.95) if column.mono else theme.number_font()
        if role == Role.ForegroundRole and column.ink is not None:
            return column.ink(row)
        if role == Role.TextAlignmentRole and column.right:
            return _RIGHT
        return None


class RowTable(QTableView):
    """Shows a :class:`RowModel`: whole rows are chosen, the last column takes what is left."""

    def __init__(
        self,
        model: RowModel[Any],
        name: str,
        parent: QWidget | None = None,
        *,
        several: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = self.horizontalHeader()
        header.setAccessibleName(f"{name}: columns")
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        self._columns = model.columns
        self._placing = self._moved_by_hand = False
        header.sectionResized.connect(self._moved)
        self._place_columns()
        theme.switch().changed.connect(self._color)
        self._color()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns their room, until somebody moves them."""
        super().resizeEvent(event)
        if not self._moved_by_hand:
            self._place_columns()

    def _place_columns(self) -> None:
        widths = [theme.space(column.width) for column in self._columns]
        lacking = max(0, sum(widths) - self.viewport().width())
        self._placing = True
        for number, column in enumerate(self._columns[:-1]):
            width = widths[number]
            if column.gives_way:
                width = max(min(width, theme.space(_LEAST)), width - lacking)
            self.setColumnWidth(number, width)
        self._placing = False

    def _moved(self, section: int, _old: int, _new: int) -> None:
        # The last one changes with all others.
        if not self._placing and section < len(self._columns) - 1:
            self._moved_by_hand = True

    def _color(self) -> None:
        self.horizontalHeader().setStyleSheet(header_style())


def muted(_row: object) -> QColor:
    """The colour of what matters less."""
    return theme.colors().muted
