"""The grid of the cross-section: layers scroll beneath a merged column that stays in view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from explorer.ui import theme
from explorer.ui.section.gridpaint import GridPainter
from explorer.ui.section.headers import Corner, LayerHeader, NameHeader
from explorer.ui.section.items import Index, SectionItems
from explorer.ui.section.motion import CopyUp

_NARROWEST, _WIDEST = 42, 116
_MERGED_NARROW, _MERGED_WIDE = 168, 280
_NAMES_NARROW, _NAMES_WIDE = 130, 260
_NAMES_MEASURED = 400


class SectionTable(QTableView):
    """Paints its cells itself, so that only what is in view costs anything.

    The merged column is the last of the model. It is painted over the right edge for as long as
    there is more to scroll to.
    """

    opened = Signal(int, int)
    """A cell was pressed or entered: row, column."""
    entered = Signal(int)
    """A row was double-clicked, or Enter pressed in its merged column."""
    pointed = Signal(int, int)
    """The mouse, or the keyboard, is at a cell; (-1, -1) at none."""
    left = Signal()
    """Backspace: to the folder above."""

    def __init__(self, items: SectionItems, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self._hover = (-1, -1)
        self.motion = CopyUp(self.viewport())
        self.layer_header = LayerHeader(items, self.merged_left, self)
        self.name_header = NameHeader(items, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self._corner = Corner(self)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setHorizontalHeader(self.layer_header)
        self.setVerticalHeader(self.name_header)
        self.setModel(items)
        self.layer_header.pointed_layer.connect(lambda layer: self._point(-1, layer))
        self.name_header.chosen.connect(lambda row: self.choose(row, self.merged_column))
        self.name_header.opened.connect(self.entered)
        items.modelAboutToBeReset.connect(self.motion.stop)
        items.modelReset.connect(self._fit)
        self.opened.connect(self._show_motion)
        self.refresh_fonts()

    # -- geometry -----------------------------------------------------------------------------

    @property
    def items(self) -> SectionItems:
        """What is shown."""
        return self._items

    @property
    def merged_column(self) -> int:
        """The number of the last column."""
        return self._items.layers

    def refresh_fonts(self) -> None:
        """Take the height of rows from the font in force."""
        height = max(theme.space(7), self.fontMetrics().height() + theme.space(3))
        self.name_header.setDefaultSectionSize(height)

    def merged_left(self) -> int:
        """Where the merged column begins: at its place, or at the right edge if that is nearer."""
        if not self._items.layers:
            return self.viewport().width()
        natural = self.layer_header.sectionViewportPosition(self.merged_column)
        return min(natural, self.viewport().width() - self._merged_width())

    def _merged_width(self) -> int:
        return max(_MERGED_NARROW, min(_MERGED_WIDE, self.viewport().width() // 3))

    def _names_width(self) -> int:
        """As wide as the names need, as far as there is room for it."""
        section, metrics = self._items.section, self.fontMetrics()
        if section is None:
            return _NAMES_NARROW
        rows = range(min(self._items.rowCount(), _NAMES_MEASURED))
        names = [section.name(self._items.section_row(row)) for row in rows]
        needed = max((metrics.horizontalAdvance(name) for name in names), default=0) + 56
        return max(_NAMES_NARROW, min(_NAMES_WIDE, self.width() // 4, needed))

    def _fit(self) -> None:
        """Give the layers the room there is."""
        layers = self._items.layers
        self.name_header.setFixedWidth(self._names_width())
        if not layers:
            return
        merged = self._merged_width()
        room = self.viewport().width() - merged
        width = max(_NARROWEST, min(_WIDEST, room // layers))
        for layer in range(layers):
            self.layer_header.resizeSection(layer, width)
        # What is left over belongs to the merged column.
        self.layer_header.resizeSection(
            layers, max(merged, self.viewport().width() - width * layers)
        )
        self.updateGeometries()
        self._corner.setGeometry(0, 0, self.name_header.width(), self.layer_header.height())
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new size."""
        super().resizeEvent(event)
        self._fit()

    def visualRect(self, index: Index) -> QRect:
        """Return where a cell is seen."""
        rect = super().visualRect(index)
        if index.isValid() and index.column() == self.merged_column:
            left = self.merged_left()
            rect.setLeft(left)
            rect.setRight(max(self.viewport().width(), left + self._merged_width()) - 1)
        return rect

    def indexAt(self, pos: QPoint) -> QModelIndex:
        """Return the cell seen at a place."""
        row = self.rowAt(pos.y())
        column = self.layer_header.column_at(pos.x())
        return self._items.index(row, column) if row >= 0 and column >= 0 else QModelIndex()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll until a cell is seen, not only behind the merged column."""
        if not index.isValid():
            return
        column = index.column()
        if column == self.merged_column:
            column = max(0, self.columnAt(0))
            super().scrollTo(self._items.index(index.row(), column), hint)
            return
        super().scrollTo(index, hint)
        right = self.columnViewportPosition(column) + self.columnWidth(column)
        if right > self.merged_left():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() + right - self.merged_left())

    # -- what is pointed at -------------------------------------------------------------------

    def choose(self, row: int, column: int) -> None:
        """Make a cell the current one."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCurrentIndex(self._items.index(row, column))
        self.opened.emit(row, column)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Follow the keyboard."""
        super().currentChanged(current, previous)
        self.name_header.current = current.row()
        self.name_header.viewport().update()
        self.viewport().update()
        if current.isValid():
            self.pointed.emit(current.row(), current.column())

    def _show_motion(self, row: int, column: int) -> None:
        section = self._items.section
        if section is not None and column < self.merged_column:
            self.motion.show(section, self._items.section_row(row), row, column)

    def _point(self, row: int, column: int) -> None:
        if (row, column) == self._hover:
            return
        self._hover = (row, column)
        self.layer_header.hovered = column
        self.name_header.hovered = row
        for part in (self.viewport(), self.layer_header.viewport(), self.name_header.viewport()):
            part.update()
        self.pointed.emit(row, column)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row and the layer under the mouse."""
        index = self.indexAt(event.position().toPoint())
        self._point(index.row(), index.column())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is lit up any more."""
        self._point(-1, -1)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the version that was pressed."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index == self.currentIndex():
            self.opened.emit(index.row(), index.column())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go into a folder."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the version, in the merged column the folder; Backspace goes up."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if index.column() == self.merged_column:
                self.entered.emit(index.row())
            else:
                self.opened.emit(index.row(), index.column())
        elif event.key() == Qt.Key.Key_Backspace:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next entry whose name begins with what is typed."""
        section, rows = self._items.section, self._items.rowCount()
        if section is None or not rows or not search:
            return
        start = max(self.currentIndex().row(), 0) + (1 if len(search) == 1 else 0)
        for step in range(rows):
            row = (start + step) % rows
            if section.name(self._items.section_row(row)).lower().startswith(search.lower()):
                column = max(self.currentIndex().column(), 0)
                self.setCurrentIndex(self._items.index(row, column))
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in view, then the merged column over them."""
        painter = QPainter(self.viewport())
        try:
            painter.fillRect(event.rect(), theme.colors().base)
            if self._items.section is not None:
                GridPainter(self, painter, self._items.section, self._hover).paint(event.rect())
        finally:
            # A painter that an error leaves open would take the window down with it.
            painter.end()
