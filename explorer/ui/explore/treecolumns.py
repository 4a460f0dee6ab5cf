"""The columns of the tree's view: which the user chose, how wide, and which have room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QTableView

from explorer.ui import theme
from explorer.ui.explore.arrange import Order
from explorer.ui.explore.columns import COLUMNS, NAME
from explorer.ui.explore.rowpaint import MARGIN, header_style
from explorer.ui.explore.treemodel import TreeModel
from explorer.ui.settings import Settings

_KEY: Final = "explore/columns"
_LEAST_NAME: Final = 160
"""The narrowest the name may get before the last columns go out of view."""
_ROOM_FOR_ARROW: Final = 24


class TreeColumns(QObject):
    """Looks after the header of ``view``; the name has whatever room the others leave."""

    order_chosen = Signal(object)
    """The user wants rows in this :class:`Order`."""
    changed = Signal()
    """Other columns are shown; the rows are told anew."""

    def __init__(self, view: QTableView, model: TreeModel, settings: Settings) -> None:
        super().__init__(view)
        self._view, self._model, self._settings = view, model, settings
        self._header = view.horizontalHeader()
        self._order = Order()
        self._widths: dict[str, int] = {}
        self._set_up()
        self._restore()

    def menu(self) -> QMenu:
        """Return a menu to choose the columns by."""
        menu = QMenu(self._view)
        shown = {column.key for column in self._model.columns}
        for column in COLUMNS.values():
            if column is NAME:
                continue
            entry = menu.addAction(column.title)
            entry.setToolTip(column.help)
            entry.setCheckable(True)
            entry.setChecked(column.key in shown)
            entry.toggled.connect(lambda on, key=column.key: self._choose(key, on))
        menu.addSeparator()
        menu.addAction("Columns as at first").triggered.connect(self._forget)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def show_order(self, order: Order) -> None:
        """Show by which column rows are sorted."""
        self._order = order
        keys = [column.key for column in self._model.columns]
        place = keys.index(order.column) if order.column in keys else -1
        down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(place, down if order.descending else up)

    def fit(self) -> None:
        """Give the name what is left; where that is too little, the last columns wait unseen."""
        room = self._view.viewport().width() - _LEAST_NAME
        for place in range(1, self._model.columnCount()):
            room -= self._widths.get(self._model.columns[place].key, 0)
            self._view.setColumnHidden(place, room < 0)
        self._fit_name()

    def color(self) -> None:
        """Take the colours of the scheme in force."""
        self._header.setStyleSheet(header_style())

    def _choose(self, key: str, wanted: bool) -> None:
        shown = {column.key for column in self._model.columns} - {key}
        chosen = [each for each in COLUMNS if each in shown or (each == key and wanted)]
        self._settings.set(_KEY, ",".join(chosen))
        self._show(chosen)

    def _forget(self) -> None:
        self._settings.remove([_KEY])
        self._restore()

    def _restore(self) -> None:
        kept = self._settings.text(_KEY)
        at_first = [column.key for column in COLUMNS.values() if column.at_first]
        self._show([key for key in kept.split(",") if key in COLUMNS] if kept else at_first)

    def _show(self, keys: Sequence[str]) -> None:
        self._model.show_columns(keys)
        for place, column in enumerate(self._model.columns):
            font = theme.mono_font(0.95) if column.is_mono else theme.number_font()
            words = QFontMetrics(font).horizontalAdvance(column.sample) + 2 * MARGIN + 4
            title = self._view.fontMetrics().horizontalAdvance(column.title) + _ROOM_FOR_ARROW
            self._widths[column.key] = max(words, title)
            self._view.setColumnWidth(place, max(words, title))
        self.fit()
        self.show_order(self._order)
        self.changed.emit()

    def _fit_name(self) -> None:
        places = range(1, self._model.columnCount())
        others = sum(self._view.columnWidth(p) for p in places if not self._view.isColumnHidden(p))
        self._view.setColumnWidth(0, max(_LEAST_NAME, self._view.viewport().width() - others))

    def _resized(self, place: int, old: int, new: int) -> None:
        # Hiding and showing a column comes as a change from or to nothing.
        if place > 0 and old and new:
            self._widths[self._model.columns[place].key] = new
            self._fit_name()

    def _pressed(self, place: int) -> None:
        column = self._model.columns[place]
        again = self._order.column == column.key
        down = not self._order.descending if again else column.largest_first
        self.show_order(Order(column.key, down))
        self.order_chosen.emit(self._order)

    def _open_menu(self, where: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(where))

    def _set_up(self) -> None:
        header = self._header
        header.setAccessibleName("Columns")
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.sectionClicked.connect(self._pressed)
        header.customContextMenuRequested.connect(self._open_menu)
        header.sectionResized.connect(self._resized)
        self.color()
