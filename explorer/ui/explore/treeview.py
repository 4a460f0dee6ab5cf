"""The table that shows the tree: folding by mouse and keys, columns the user chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from explorer.ui import theme
from explorer.ui.explore.arrange import Order
from explorer.ui.explore.columns import COLUMNS, NAME
from explorer.ui.explore.rowpaint import (
    FOLD_WIDTH,
    MARGIN,
    RowDelegate,
    fold_left,
    header_style,
    row_height,
)
from explorer.ui.explore.treemodel import DEPTH_ROLE, TreeModel
from explorer.ui.settings import Settings

_COLUMNS_KEY: Final = "explore/columns"
_LEAST_NAME: Final = 160
"""The narrowest the name may get before columns go out of view at the right."""

Key = Qt.Key


class TreeView(QTableView):
    """Rows of a :class:`TreeModel`. Enter or a double press on a row emits ``entered``."""

    entered_node = Signal(int)
    """The user wants to go into this node."""
    looked_at = Signal(int)
    """The current row is this node's, because the user moved there."""
    up_wanted = Signal()
    """The user wants the directory above the folder in view."""
    order_chosen = Signal(object)
    """The user wants this :class:`Order`."""

    def __init__(self, model: TreeModel, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self._order = Order()
        self._is_led = False
        self.hovered = -1
        self._widths: dict[str, int] = {}
        self._keys: dict[Key, Callable[[int], None]] = {
            Key.Key_Right: self._go_in,
            Key.Key_Left: self._go_out,
            Key.Key_Plus: model.open_row,
            Key.Key_Minus: model.close_row,
            Key.Key_Return: self._enter,
            Key.Key_Enter: self._enter,
        }
        self.setModel(model)
        self.setAccessibleName("Files")
        self.setItemDelegate(RowDelegate(self))
        self._set_up()
        self._set_up_header()
        self._restore_columns()
        self.selectionModel().currentRowChanged.connect(self._moved)
        theme.switch().changed.connect(self._renew_fonts)

    # -- for the page -------------------------------------------------------------------------

    def show_node(self, node: int) -> bool:
        """Unfold what a node lies in and make its row the current one; tell if it has one."""
        row = self._model.reveal(node)
        if row < 0:
            return False
        self.set_row(row)
        return True

    def set_row(self, row: int) -> None:
        """Make a row the current one, without telling that the user did."""
        if row == self.currentIndex().row():
            return
        self._is_led = True
        self.setCurrentIndex(self._model.index(row, 0))
        self._is_led = False
        self.bring_into_view(row)

    def bring_into_view(self, row: int, *, at_top: bool = False) -> None:
        """Scroll to a row, right after the rows changed, too."""
        self.updateGeometries()  # the scroll bar may still have the range of earlier rows
        hint = QAbstractItemView.ScrollHint
        where = hint.PositionAtTop if at_top else hint.EnsureVisible
        self.scrollTo(self._model.index(row, 0), where)

    def show_order(self, order: Order) -> None:
        """Show by which column rows are sorted."""
        self._order = order
        keys = [column.key for column in self._model.columns]
        place = keys.index(order.column) if order.column in keys else -1
        down = Qt.SortOrder.DescendingOrder
        direction = down if order.descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(place, direction)

    def columns_menu(self) -> QMenu:
        """Return a menu to choose the columns by."""
        menu = QMenu(self)
        shown = {column.key for column in self._model.columns}
        for column in COLUMNS.values():
            if column is NAME:
                continue
            entry = menu.addAction(column.title)
            entry.setToolTip(column.help)
            entry.setCheckable(True)
            entry.setChecked(column.key in shown)
            entry.toggled.connect(lambda on, key=column.key: self._choose_column(key, on))
        menu.addSeparator()
        menu.addAction("Columns as at first").triggered.connect(self._forget_columns)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # -- folding ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold and unfold with the arrows, go in with Enter, up with Backspace."""
        act = self._keys.get(Key(event.key()))
        row = self.currentIndex().row()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if plain and act is not None and row >= 0:
            act(row)
        elif plain and event.key() == Key.Key_Backspace:
            self.up_wanted.emit()
        elif event.key() == Key.Key_Asterisk:
            self._model.open_all()
        elif event.key() in (Key.Key_Home, Key.Key_End) and self._model.rowCount():
            # A table would go to the ends of the row.
            last = self._model.rowCount() - 1
            self.setCurrentIndex(self._model.index(0 if event.key() == Key.Key_Home else last, 0))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the focus; the row that Qt then makes the current one is nobody's choice."""
        led, self._is_led = self._is_led, True
        super().focusInEvent(event)
        self._is_led = led

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the whole row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold and unfold where the mark is pressed."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and self._on_mark(index, event):
            self._toggle(index.row())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go in; a double press on the mark is two presses."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        if self._on_mark(index, event):
            self._toggle(index.row())
        else:
            self._enter(index.row())

    def _on_mark(self, index: QModelIndex, event: QMouseEvent) -> bool:
        if not index.isValid() or index.column() != 0 or not self._model.can_open(index.row()):
            return False
        left = self.visualRect(index).left() + fold_left(index.data(DEPTH_ROLE))
        return bool(left <= event.position().x() < left + FOLD_WIDTH)

    def _toggle(self, row: int) -> None:
        if self._model.is_open(row):
            current = self.currentIndex().row()
            self._model.close_row(row)
            if current > row and self.currentIndex().row() != current:
                self.setCurrentIndex(self._model.index(row, 0))
        else:
            self._model.open_row(row)

    def _go_in(self, row: int) -> None:
        if self._model.can_open(row) and not self._model.is_open(row):
            self._model.open_row(row)
        elif self._model.is_open(row):
            self.setCurrentIndex(self._model.index(row + 1, 0))

    def _go_out(self, row: int) -> None:
        if self._model.is_open(row):
            self._model.close_row(row)
        elif (above := self._model.row_above(row)) >= 0:
            self.setCurrentIndex(self._model.index(above, 0))

    def _enter(self, row: int) -> None:
        self.entered_node.emit(self._model.node_at(row))

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._is_led:
            self.looked_at.emit(self._model.node_at(current.row()))

    # -- columns ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name what the other columns leave."""
        super().resizeEvent(event)
        self._fit_name()

    def _choose_column(self, key: str, wanted: bool) -> None:
        shown = [column.key for column in self._model.columns]
        chosen = [
            key_
            for key_ in COLUMNS
            if (key_ == key and wanted) or (key_ in shown and (key_ != key or wanted))
        ]
        self._settings.set(_COLUMNS_KEY, ",".join(chosen))
        self._show_columns(chosen)

    def _forget_columns(self) -> None:
        self._settings.remove([_COLUMNS_KEY])
        self._restore_columns()

    def _restore_columns(self) -> None:
        kept = self._settings.text(_COLUMNS_KEY)
        at_first = [column.key for column in COLUMNS.values() if column.at_first]
        chosen = [key for key in kept.split(",") if key in COLUMNS] if kept else at_first
        self._show_columns(chosen)

    def _show_columns(self, keys: Sequence[str]) -> None:
        node = self._model.node_at(row) if (row := self.currentIndex().row()) >= 0 else -1
        self._model.show_columns(keys)
        for place, column in enumerate(self._model.columns):
            metrics = QFontMetrics(theme.mono_font(0.95) if column.is_mono else theme.number_font())
            title = self.fontMetrics().horizontalAdvance(column.title) + 24
            width = max(metrics.horizontalAdvance(column.sample) + 2 * MARGIN + 4, title)
            self._widths[column.key] = width
            self.setColumnWidth(place, width)
        self._fit_name()
        self.show_order(self._order)
        if node >= 0:
            self.set_row(self._model.row_of(node))

    def _fit_name(self) -> None:
        """Give the name what is left; where that is too little, the last columns wait unseen."""
        room = self.viewport().width() - _LEAST_NAME
        for place in range(1, self._model.columnCount()):
            wanted = self._widths.get(self._model.columns[place].key, 0)
            room -= wanted
            self.setColumnHidden(place, room < 0)
        self.setColumnWidth(0, max(_LEAST_NAME, self._room_for_name()))

    def _room_for_name(self) -> int:
        places = range(1, self._model.columnCount())
        others = sum(self.columnWidth(p) for p in places if not self.isColumnHidden(p))
        return self.viewport().width() - others

    def _column_pressed(self, place: int) -> None:
        column = self._model.columns[place]
        if self._order.column == column.key:
            order = Order(column.key, not self._order.descending)
        else:
            order = Order(column.key, column.largest_first)
        self.show_order(order)
        self.order_chosen.emit(order)

    def _header_menu(self, where: QPoint) -> None:
        self.columns_menu().popup(self.horizontalHeader().mapToGlobal(where))

    # -- set-up -------------------------------------------------------------------------------

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(row_height(self))
        rows.setDefaultSectionSize(row_height(self))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setHighlightSections(False)
        header.setStyleSheet(header_style())
        header.setMinimumSectionSize(36)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self._column_pressed)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        header.sectionResized.connect(self._section_resized)

    def _section_resized(self, place: int, old: int, new: int) -> None:
        # Hiding and showing a column comes as a change from or to nothing.
        if place > 0 and old and new:
            self._widths[self._model.columns[place].key] = new
            self.setColumnWidth(0, max(_LEAST_NAME, self._room_for_name()))

    def _renew_fonts(self) -> None:
        self.horizontalHeader().setStyleSheet(header_style())
        delegate = self.itemDelegate()
        assert isinstance(delegate, RowDelegate)
        delegate.renew_fonts()
        self.verticalHeader().setDefaultSectionSize(row_height(self))
