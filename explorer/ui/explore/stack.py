"""The layer stack: pick a layer or a range, and everything else shows it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.waste import Waste, measure_waste
from explorer.ui import theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.stackmodel import StackModel
from explorer.ui.explore.stackpaint import PAD, StackDelegate, figure_columns
from explorer.ui.settings import Settings
from explorer.ui.tasks import Operation
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import heading

_ORDER_KEY: Final = "explore/lowest-layer-first"
_LEAST_WIDTH: Final = 190
_LISTED_BY_CLICK: Final = 64 << 20
"""Bytes up to which a layer of a registry is fetched when it is clicked."""


class LayerStack(QWidget):
    """The layers of the model's image, the newest at the top unless the user likes it otherwise."""

    menu_wanted = Signal(object)
    """A context menu is wanted at this global position, for the selected layers."""
    list_wanted = Signal(object)
    """The user pointed at these layers of a registry: their files are to be listed."""

    def __init__(
        self, model: ViewerModel, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self.rows = StackModel(model, self)
        self.view = StackView(self.rows, self)
        self._turn = IconButton("down", "Lowest layer first", self, clicked=self.turn)
        self._titles = _Titles(self.view, self)
        self._led = False
        self.setMinimumWidth(_LEAST_WIDTH)
        self._lay_out()
        self.setFocusProxy(self.view)
        self.rows.set_lowest_first(settings.flag(_ORDER_KEY))
        self._show_direction()
        self.view.selectionModel().selectionChanged.connect(self._picked)
        self.view.customContextMenuRequested.connect(
            lambda where: self.menu_wanted.emit(self.view.viewport().mapToGlobal(where))
        )
        self.view.clicked.connect(self._point)
        self.view.activated.connect(self._open)
        model.selectionChanged.connect(self._follow)
        model.documentChanged.connect(self._follow)
        model.imageChanged.connect(self._measure)
        self._follow()

    def turn(self) -> None:
        """Put the lowest layer at the other end."""
        lowest_first = not self._settings.flag(_ORDER_KEY)
        self._settings.set(_ORDER_KEY, lowest_first)
        self.rows.set_lowest_first(lowest_first)
        self._show_direction()
        self._follow()

    def _show_direction(self) -> None:
        lowest_first = self._settings.flag(_ORDER_KEY)
        self._turn.set_name("Put the newest layer on top" if lowest_first else
                            "Put the lowest layer on top")  # fmt: skip

    def _picked(self, _on: QItemSelection, _off: QItemSelection) -> None:
        if self._led:
            return
        layers = [self.rows.layer_at(i.row()) for i in self.view.selectionModel().selectedIndexes()]
        layers = [layer for layer in layers if layer >= 0]
        if layers:
            self._model.select_layers(min(layers), max(layers))
        else:
            self._follow()

    def _point(self, index: QModelIndex) -> None:
        """A click lists what is small; what is large waits for a word."""
        layer, document = self.rows.layer_at(index.row()), self._model.document
        if document is None or layer not in self._model.unread:
            return
        if document.layers[layer].stored <= _LISTED_BY_CLICK:
            self.list_wanted.emit((layer,))

    def _open(self, index: QModelIndex) -> None:
        layer = self.rows.layer_at(index.row())
        if layer in self._model.unread:
            self.list_wanted.emit((layer,))

    def _follow(self) -> None:
        """Select the model's layers, as if the user had."""
        first, last = self.rows.row_of(self._model.first), self.rows.row_of(self._model.last)
        if first < 0 or last < 0:
            return
        selection = self.view.selectionModel()
        top, bottom = self.rows.index(min(first, last)), self.rows.index(max(first, last))
        picked = {index.row() for index in selection.selectedIndexes()}
        wanted = {row for row in range(top.row(), bottom.row() + 1) if self.rows.layer_at(row) >= 0}
        if picked == wanted:
            return
        self._led = True
        flag = QItemSelectionModel.SelectionFlag
        if self.view.currentIndex().row() not in wanted:
            selection.setCurrentIndex(self.rows.index(last), flag.NoUpdate)
        selection.select(QItemSelection(top, bottom), flag.ClearAndSelect)
        self._led = False
        self.view.scrollTo(self.view.currentIndex())

    def _measure(self) -> None:
        """Find out in a thread what each layer wastes; only of an image that is whole."""
        image = self._model.image
        self.rows.set_waste(None)
        if image is None or not self._model.is_complete:
            return

        def show(waste: Waste) -> None:
            if self._model.image is image:
                self.rows.set_waste(waste)

        (
            Operation(self, "Measuring waste")
            .work(lambda job: measure_waste(image))
            .success(show)
            .quiet()
            .replacing("waste")
            .start()
        )

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(PAD, theme.space(2), theme.space(1), 0)
        top.addWidget(heading("Layers", self, scale=1.0))
        top.addStretch(1)
        top.addWidget(self._turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._titles)
        layout.addWidget(self.view, 1)


class StackView(QListView):
    """The list itself: one row or a contiguous range, by mouse, drag and keys."""

    def __init__(self, rows: StackModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(rows)
        self.delegate = StackDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Layers")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        theme.switch().changed.connect(self._renew_fonts)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+A takes all layers; Escape goes back to the one with the focus."""
        if event.key() == Qt.Key.Key_Escape and len(self.selectedIndexes()) > 1:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.currentIndex(), flag)
        else:
            super().keyPressEvent(event)

    def _renew_fonts(self) -> None:
        self.delegate.renew_fonts()
        self.scheduleDelayedItemsLayout()


class _Titles(QWidget):
    """What the figures of the rows are, above their columns."""

    def __init__(self, view: StackView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.setFixedHeight(self.fontMetrics().height() + theme.space(1))
        self.setToolTip(
            "stored: bytes of the layer as it travels\n"
            "adds: what it adds to the merged filesystem\n"
            "total: the merged filesystem so far\n"
            "bar: the filesystem below, then what the layer adds or takes away;\n"
            "thin line: what it stores"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles right above the figures."""
        painter, fonts = QPainter(self), self._view.delegate.fonts
        painter.setFont(fonts.counts)
        painter.setPen(theme.colors().muted)
        right = self._view.viewport().width() - PAD
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for name, width in reversed(figure_columns(self._view.viewport().width(), fonts)):
            painter.drawText(right - width, 0, width, self.height(), flags, name)
            right -= width
