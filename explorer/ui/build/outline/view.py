"""The outline as a view: it follows the caret, and leads to the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStackedLayout, QTreeView, QWidget

from explorer.dockerfile.services.outline import OutlineItem
from explorer.ui import theme
from explorer.ui.build.outline.model import OutlineModel
from explorer.ui.widgets.empty import EmptyState

_UNFOLDED: Final = 400
"""Up to so many instructions all stages are unfolded at first."""


class OutlineView(QWidget):
    """Choosing an item leads to its place in the text."""

    chosen = Signal(int)
    """Show the code at this offset."""
    entered = Signal(int)
    """Go to the code at this offset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = OutlineModel(self)
        self.tree = QTreeView(self)
        self._folded: set[str] = set()
        self._set_up()
        self.tree.clicked.connect(lambda index: self._tell(index, self.chosen.emit))
        self.tree.activated.connect(lambda index: self._tell(index, self.entered.emit))
        self.tree.collapsed.connect(self._note_folded)
        self.tree.expanded.connect(self._note_unfolded)

    def show_outline(self, items: Sequence[OutlineItem]) -> None:
        """Show another outline; stages that were folded stay so."""
        first = not self.model.items
        if self.model.show(items):
            whole = sum(len(item.children) for item in items)
            if first and whole > _UNFOLDED:
                self._folded = {item.title for item in items}
            for row, item in enumerate(items):
                if item.title not in self._folded:
                    self.tree.setExpanded(self.model.index(row, 0), True)
        self._pages.setCurrentIndex(1 if items else 0)

    def show_offset(self, offset: int) -> None:
        """Mark the item that the caret is in."""
        index = self.model.index_at(offset)
        if index == self.tree.currentIndex() or self.tree.hasFocus():
            return
        flags = QItemSelectionModel.SelectionFlag
        chosen = flags.ClearAndSelect | flags.Rows
        self.tree.selectionModel().setCurrentIndex(
            index, chosen if index.isValid() else flags.Clear
        )
        if index.isValid() and self.tree.isVisible():
            self.tree.scrollTo(index)

    def _tell(self, index: QModelIndex, tell: object) -> None:
        item = self.model.item(index)
        if item is not None and callable(tell):
            tell(item.start)

    def _note_folded(self, index: QModelIndex) -> None:
        item = self.model.item(index)
        if item is not None:
            self._folded.add(item.title)

    def _note_unfolded(self, index: QModelIndex) -> None:
        item = self.model.item(index)
        if item is not None:
            self._folded.discard(item.title)

    def _set_up(self) -> None:
        tree = self.tree
        tree.setModel(self.model)
        tree.setAccessibleName("Outline")
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setAllColumnsShowFocus(True)
        tree.setIndentation(theme.space(4))
        tree.setColumnWidth(0, theme.space(48))
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyState("list", "Nothing to outline yet", "", self))
        self._pages.addWidget(tree)
        self.setFocusProxy(tree)
