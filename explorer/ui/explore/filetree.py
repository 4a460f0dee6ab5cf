"""The files of the selected layers: what to show on top, then the folder, the filter, the rows."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.ui import text, theme
from explorer.ui.explore.arrange import Order
from explorer.ui.explore.filterbar import FilterBar
from explorer.ui.explore.loading import Made, TreeLoader, Wanted
from explorer.ui.explore.model import NO_NODE, ROOT, Mode, ViewerModel
from explorer.ui.explore.treemodel import TreeModel
from explorer.ui.explore.treetools import TreeTools
from explorer.ui.explore.treeview import TreeView
from explorer.ui.explore.treewords import (
    unsure,
    why_coming,
    why_empty,
    why_unlisted,
    without,
)
from explorer.ui.settings import Settings
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_UNFOLDED_MATCHES: Final = 3000
"""Up to so many directories are unfolded to show what a filter found."""
_MOST_CARRIED: Final = 2000
"""So many unfolded directories are carried over to another opening of the image."""


class FileTree(QWidget):
    """Follows a :class:`ViewerModel` and changes it; the rows are made in a thread."""

    reveal_wanted = Signal(int)
    """The user wants to see this node, which is not in the list as it is."""
    menu_wanted = Signal(object)
    """A context menu is wanted at this global position, for the model's node."""
    list_wanted = Signal(object)
    """The user wants the files of these layers of a registry to be listed."""

    def __init__(
        self, model: ViewerModel, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._order = Order()
        self._opened_unfiltered: Array | None = None
        self._carried: list[bytes] = []
        self.rows = TreeModel(self)
        self.view = TreeView(self.rows, settings, self)
        self.tools = TreeTools(model, settings, self)
        self.filter = FilterBar(self)
        self._loader = TreeLoader(self)
        self._bar = SlimBar("Listing files", self)
        self._bar.setVisible(False)
        self._empty = EmptyState("layers", "", "", self)
        self.unlisted = EmptyState("registry", "", "", self, action=("List files", self._list))
        self._said = ""
        self._count = ElidedLabel("", self)
        self._absent = QToolButton(self)
        self._absent.setAutoRaise(True)
        self._absent.setToolTip("Show it in the merged view, with deleted files if it is one")
        self._absent.hide()
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.view)

    # -- what is asked for --------------------------------------------------------------------

    def renew(self) -> None:
        """Ask for the rows that the model wants now."""
        image = self._model.image
        if image is None:
            return
        self._loader.ask(
            Wanted(
                image=image,
                mode=self._model.mode,
                first=self._model.first,
                last=self._model.last,
                deleted=self.tools.deleted,
                shape=self.tools.shape,
                order=self._order,
                top=self._model.folder,
                filter_text=self.filter.text(),
                filter=self.filter.filter(),
            )
        )

    def explanation(self) -> str:
        """Why no rows are shown; empty where some are."""
        return "" if self._pages.currentWidget() is self.view else self._said

    def show_failure(self, title: str, hint: str) -> None:
        """Say that there will be no files, where none are shown yet."""
        if self._model.image is None:
            self._say(title, hint)

    def _image_changed(self) -> None:
        self._carry()
        if self._model.image is None:
            self._loader.forget()
            self.rows.show_arrangement(None)
            self._opened_unfiltered = None
            self._explain()
        else:
            self.renew()

    def _carry(self) -> None:
        """Remember by path what is unfolded: another opening numbers its nodes anew."""
        arrangement = self.rows.arrangement
        if arrangement is None:
            return
        trie = arrangement.listing.image.stack.trie
        opened = self._opened_unfiltered
        opened = self.rows.opened() if opened is None else opened
        self._carried = list(trie.paths(opened[:_MOST_CARRIED]))

    def _set_order(self, order: Order) -> None:
        self._order = order
        self.renew()

    # -- what came ----------------------------------------------------------------------------

    def _show(self, made: Made) -> None:
        before = self.rows.arrangement
        same_image = before is not None and before.listing.image is made.wanted.image
        top_node = self._top_node() if same_image else NO_NODE
        self.rows.show_arrangement(made.arrangement, self._to_unfold(made, same_image))
        self._follow_node()
        self._scroll_to_top_node(top_node)
        self._explain()

    def _to_unfold(self, made: Made, same_image: bool) -> Array:
        """What to unfold: what was, or for a filter all that it found, or what was before it."""
        if not same_image:
            find = made.wanted.image.stack.trie.find
            found = [node for path in self._carried if (node := find(path)) is not None]
            self._opened_unfiltered = None
            opened: Array = np.array(found, np.int64)
        else:
            opened = self.rows.opened()
        if made.chosen is not None:
            if self._opened_unfiltered is None:
                self._opened_unfiltered = opened
            return made.arrangement.folders(_UNFOLDED_MATCHES)
        if self._opened_unfiltered is not None:
            opened, self._opened_unfiltered = self._opened_unfiltered, None
        return opened

    def _top_node(self) -> int:
        row = self.view.rowAt(0)
        return self.rows.node_at(row) if row >= 0 else NO_NODE

    def _scroll_to_top_node(self, node: int) -> None:
        row = self.rows.row_of(node) if node != NO_NODE else -1
        if row >= 0:
            self.view.bring_into_view(row, at_top=True)

    # -- following the model ------------------------------------------------------------------

    def _follow_node(self, _node: int = NO_NODE) -> None:
        node = self._model.node
        shown = node is not None and node > ROOT and self.view.show_node(node)
        if not shown:
            self.view.clearSelection()
            self.view.set_row(-1)
        self._offer(node if not shown else None)

    def _offer(self, node: int | None) -> None:
        """Offer to show a path that is looked at and has no row."""
        made = self._loader.latest
        if (
            node is None
            or node <= ROOT
            or made is None
            or made.wanted.image is not self._model.image
        ):
            self._absent.hide()
            return
        name = text.middle_elided(display(made.wanted.image.stack.trie.name(node)), 30)
        self._absent.setText(f"{name} is not listed here. Show it".replace("&", "&&"))
        self._absent.show()

    def _reveal(self) -> None:
        if self._model.node is not None:
            self.reveal_wanted.emit(self._model.node)

    def _enter(self, node: int) -> None:
        made = self._loader.latest
        if made is not None and made.listing.folder[node]:
            self._model.go_to(node)
        else:
            self._model.select_node(node)

    def _explain(self) -> None:
        """Show the rows and their count, or say why there are none."""
        made = self._loader.latest
        has_rows = self.rows.rowCount() > 0
        self._pages.setCurrentWidget(self.view if has_rows else self._empty)
        if made is None or self._model.image is None:
            self._say("Reading the image", "Its files appear here in a moment.")
            self._count.setText("")
            return
        missing = self._missing()
        below = any(layer < self._model.first for layer in self._model.unread)
        self._count.setText(made.counted + (without(missing) or unsure(below=below)))
        if has_rows:
            return
        if missing and made.chosen is None:
            self._said, hint = why_unlisted(self._model.document, missing)
            self.unlisted.explain(self._said, hint)
            self._count.setText("")
            self._pages.setCurrentWidget(self.unlisted)
            return
        coming = sorted(layer for layer in self._model.listing if layer <= self._model.last)
        self._say(*(why_coming(coming) if coming and made.chosen is None else why_empty(made)))

    def _missing(self) -> tuple[int, ...]:
        """The layers of a registry that belong into the view, and are not listed."""
        model = self._model
        lowest = model.first if model.mode is Mode.LAYER else 0
        return tuple(layer for layer in model.unread if lowest <= layer <= model.last)

    def _list(self) -> None:
        self.list_wanted.emit(self._missing())

    def _say(self, title: str, hint: str) -> None:
        self._said = title
        self._empty.explain(title, hint)

    # -- set-up -------------------------------------------------------------------------------

    def _connect(self) -> None:
        model = self._model
        model.imageChanged.connect(self._image_changed)
        model.selectionChanged.connect(self.renew)
        model.modeChanged.connect(self.renew)
        model.listingChanged.connect(self._explain)
        model.folderChanged.connect(self.renew)
        model.nodeChanged.connect(self._follow_node)
        self.tools.changed.connect(self.renew)
        self.tools.columns_wanted.connect(self._show_columns_menu)
        self.filter.changed.connect(self.renew)
        self._absent.clicked.connect(self._reveal)
        self.filter.left.connect(self.view.setFocus)
        self.view.columns.order_chosen.connect(self._set_order)
        self.view.entered_node.connect(self._enter)
        self.view.looked_at.connect(model.select_node)
        self.view.up_wanted.connect(model.go_up)
        self.view.customContextMenuRequested.connect(
            lambda where: self.menu_wanted.emit(self.view.viewport().mapToGlobal(where))
        )
        self._loader.made.connect(self._show)
        self._loader.busy.connect(self._bar.setVisible)

    def _show_columns_menu(self, button: QWidget) -> None:
        menu = self.view.columns.menu()
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _lay_out(self) -> None:
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.unlisted)
        self._pages.setCurrentWidget(self._empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), theme.space(1))
        foot.addWidget(self._count, 1)
        foot.addWidget(self._absent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.filter)
        layout.addWidget(self._bar)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)
