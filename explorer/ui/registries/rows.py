"""Short tables of the details, as high as their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.registries.cells import Cells, row_height

_MOST_OF_IT: Final = 40
"""Per cent of the room that a column may take for its words."""
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Rows(QTreeWidget):
    """A short table that is as high as its rows, within reason."""

    def __init__(
        self, name: str, heads: Sequence[str], parent: QWidget, *, sharing: Sequence[int] = ()
    ) -> None:
        super().__init__(parent)
        self._sharing = sharing
        self.setAccessibleName(name)
        self.setHeaderLabels(list(heads))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setAccessibleName(f"{name}: columns")
        self.header().setStretchLastSection(True)
        self.header().setMinimumSectionSize(theme.space(6))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column in sharing:
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column, head in enumerate(heads):
            if head == "Size":
                self.headerItem().setTextAlignment(column, RIGHT)
        self.setItemDelegate(Cells(self))
        self.line = row_height(self)
        self._color()
        theme.switch().changed.connect(self._color)

    def add(self, cells: Sequence[str]) -> QTreeWidgetItem:
        """Add a row."""
        item = QTreeWidgetItem(list(cells))
        self.addTopLevelItem(item)
        return item

    def fit(self) -> None:
        """Take the height of the rows, ten at most, and the widths of the words."""
        rows = min(self.topLevelItemCount(), 10)
        self.setFixedHeight(self.header().sizeHint().height() + rows * self.line + 4)
        for column in range(self.columnCount() - 1):
            if column not in self._sharing:
                self.resizeColumnToContents(column)
                most = self.viewport().width() * _MOST_OF_IT // 100
                self.setColumnWidth(column, min(self.columnWidth(column), max(most, 80)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self.fit()

    def _color(self) -> None:
        self.header().setStyleSheet(header_style())
