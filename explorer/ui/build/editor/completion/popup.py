"""The list, with the documentation of the item in it that is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QWidget

from explorer.dockerfile.services.completion import Completion
from explorer.ui import theme
from explorer.ui.build.editor.card import Card
from explorer.ui.build.editor.completion.items import ItemPainter, Items
from explorer.ui.build.editor.markdown import MarkdownView
from explorer.ui.overlay import MARGIN

_ROWS: Final = 9
_WIDTH: Final = 340
_DOCS: Final = 300


class Popup(Card):
    """Takes no focus: keys stay with the text, and are handed on."""

    accepted = Signal(object)
    """A :class:`Completion` was chosen with the mouse."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor)
        self.model = Items(self)
        self._beside = QRect()
        self._moved = False
        self._list = QListView(self)
        self._list.setAccessibleName("Completions")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setUniformItemSizes(True)
        self._list.setModel(self.model)
        self._list.setItemDelegate(ItemPainter(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setStyleSheet("background: transparent;")
        self._list.viewport().setAutoFillBackground(False)
        self._list.clicked.connect(self._clicked)
        self._list.selectionModel().currentChanged.connect(lambda *_: self._explain())
        self._docs = MarkdownView("What the completion is", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*(MARGIN + 3,) * 4)
        layout.setSpacing(theme.space(2))
        layout.addWidget(self._list, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._docs, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def current(self) -> Completion | None:
        """The item chosen."""
        row = self._list.currentIndex().row()
        return self.model.items[row] if 0 <= row < len(self.model.items) else None

    def show_items(self, items: tuple[Completion, ...], typed: str, beside: QRect) -> None:
        """Show items beside a place of the text; the same item stays chosen if it is there."""
        before = self.current if self.isVisible() else None
        self._beside = beside
        self.model.show(items, typed)
        row = items.index(before) if before in items and self._moved else 0
        if not self.isVisible():
            self._moved = False
        rows = min(_ROWS, len(items))
        height = self._list.sizeHintForRow(0) * rows + 2
        self._list.setFixedSize(min(_WIDTH, self.room.width() - 2 * theme.space(6)), height)
        self._list.setCurrentIndex(self.model.index(row))
        self._explain()

    def move_by(self, rows: int) -> None:
        """Choose another item; a single step goes round the ends."""
        total = len(self.model.items)
        row = self._list.currentIndex().row() + rows
        row = row % total if abs(rows) == 1 else min(max(row, 0), total - 1)
        self._moved = True
        self._list.setCurrentIndex(self.model.index(row))

    def _clicked(self, index: QModelIndex) -> None:
        self.accepted.emit(self.model.items[index.row()])

    def _explain(self) -> None:
        item = self.current
        wide = self.room.width() >= _WIDTH + _DOCS + theme.space(10)
        text = item.documentation if item is not None and wide else ""
        self._docs.setVisible(bool(text))
        if text:
            highest = max(self._list.height() - theme.space(2), 160)
            self._docs.setContentsMargins(0, theme.space(2), 0, 0)
            self._docs.show_text(text, _DOCS, highest)
        if not self._beside.isNull() and self.model.items:
            self.show_beside(self._beside)
