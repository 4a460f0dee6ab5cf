"""The table that shows the tree: folding by mouse and keys, columns the user chooses."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from explorer.ui import theme
from explorer.ui.explore.rowpaint import FOLD_WIDTH, RowDelegate, fold_left, row_height
from explorer.ui.explore.treecolumns import TreeColumns
from explorer.ui.explore.treemodel import DEPTH_ROLE, TreeModel
from explorer.ui.settings import Settings

Key = Qt.Key


class TreeView(QTableView):
    """Rows of a :class:`TreeModel`. Enter or a double press on a row emits ``entered``."""

    entered_node = Signal(int)
    """The user wants to go into this node."""
    looked_at = Signal(int)
    """The current row is this node's, because the user moved there."""
    up_wanted = Signal()
    """The user wants the directory above the folder in view."""

    def __init__(self, model: TreeModel, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_led = False
        self.hovered = -1
        self._looked_at = -1
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
        self.columns = TreeColumns(self, model, settings)
        self.columns.changed.connect(self._renew_columns)
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
        self._looked_at = self._model.node_at(row) if row >= 0 else -1
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
            self._looked_at = self._model.node_at(current.row())
            self.looked_at.emit(self._looked_at)

    # -- columns ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name what the other columns leave."""
        super().resizeEvent(event)
        self.columns.fit()

    def _renew_columns(self) -> None:
        """Find the current row again: other columns have the model tell all rows anew."""
        self.set_row(self._model.row_of(self._looked_at))

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

    def _renew_fonts(self) -> None:
        self.columns.color()
        delegate = self.itemDelegate()
        assert isinstance(delegate, RowDelegate)
        delegate.renew_fonts()
        self.verticalHeader().setDefaultSectionSize(row_height(self))
