"""The table of tags, with a filter; it says which rows are in view and not yet read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.registries.cells import Cells, row_height
from explorer.ui.registries.tagmodel import AGE, DIGEST, PLATFORMS, SIZE, TAG, TagModel

_REST_MS: Final = 120
"""How long the view has to rest before its rows are read: whoever scrolls past wants none."""
_AROUND: Final = 4
_GIVING_WAY: Final = (DIGEST, PLATFORMS, AGE)
"""Columns that are left out where the names would have no room, the first before the others."""
_MOST_MEASURED: Final = 200
_LEAST: Final = 110


class TagTable(QTableView):
    """Rows of a :class:`TagModel`; several can be chosen."""

    seen = Signal(object)
    """The names in view of which something is to be read."""
    chosen = Signal()
    """Other rows are chosen."""
    entered_name = Signal(str)
    """The user wants to look into this one."""
    menu_wanted = Signal(QPoint)

    def __init__(self, model: TagModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: list[str] = []
        steps = {SIZE: 20, AGE: 30, PLATFORMS: 38, DIGEST: 30}
        self._widths = {column: theme.space(step) for column, step in steps.items()}
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._tell)
        self.setModel(model)
        self.setItemDelegate(Cells(self))
        self._set_up()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        model.modelReset.connect(self._make_room)
        model.modelReset.connect(self._rest.start)
        model.layoutChanged.connect(self._rest.start)
        self.verticalScrollBar().valueChanged.connect(lambda _at: self._rest.start())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.doubleClicked.connect(lambda at: self.entered_name.emit(model.name_at(at.row())))
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        theme.switch().changed.connect(self._color)

    def names(self) -> list[str]:
        """The chosen names, from top to bottom."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self._model.name_at(row) for row in rows]

    def choose(self, name: str) -> bool:
        """Choose one row and bring it into view; tell whether it is there."""
        row = self._model.row_of(name)
        if row < 0:
            return False
        self.selectRow(row)
        self.scrollTo(self._model.index(row, 0))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look into a row with Enter; Home and End go through the rows."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.entered_name.emit(self._model.name_at(row))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._model.rowCount():
            last = self._model.rowCount() - 1
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where the names would have no room."""
        super().resizeEvent(event)
        self._make_room()
        self._rest.start()

    def _make_room(self) -> None:
        """Show as many columns as leave the names their room, or half of all there is."""
        width = self.viewport().width()
        metrics = QFontMetrics(theme.mono_font(0.95))
        names = self._model.names()[:_MOST_MEASURED]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        room = width - max(min(widest + 2 * theme.space(3), width // 2), _LEAST)
        taken = sum(self._widths.values())
        for column in _GIVING_WAY:
            self.setColumnHidden(column, taken > room)
            taken -= self._widths[column] if taken > room else 0

    def _tell(self) -> None:
        if not self.isVisible() or not self._model.rowCount():
            return
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = self._model.rowCount() - 1 if last < 0 else last
        rows = range(max(first - _AROUND, 0), min(last + _AROUND + 1, self._model.rowCount()))
        names = [self._model.name_at(row) for row in rows]
        self.seen.emit([name for name in names if not self._model.facts_of(name).is_whole])

    def look_again(self) -> None:
        """Tell once more what is in view."""
        self._rest.start()

    def _keep(self) -> None:
        self._kept = self.names()

    def _restore(self) -> None:
        rows = [row for row in map(self._model.row_of, self._kept) if row >= 0]
        if rows:
            self.selectRow(rows[0])
        elif self._kept:
            self.chosen.emit()  # what was chosen is gone, and Qt does not say so

    def _set_up(self) -> None:
        self.setAccessibleName("Tags")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self))
        header = self.horizontalHeader()
        header.setAccessibleName("Tags: columns")
        header.setHighlightSections(False)
        header.setSectionResizeMode(TAG, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(TAG, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(theme.space(12))
        for column, width in self._widths.items():
            self.setColumnWidth(column, width)
        self.setSortingEnabled(True)
        self._color()

    def _color(self) -> None:
        self.horizontalHeader().setStyleSheet(header_style())
