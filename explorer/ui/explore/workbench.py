"""All views of one image side by side: the stack, the tree, the inspector, the tabs below."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from explorer.ui.explore.filetree import FileTree
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.panes import Panes
from explorer.ui.explore.search import SearchView
from explorer.ui.explore.stack import LayerStack
from explorer.ui.facts.view import FactsView
from explorer.ui.inspect.view import InspectorView
from explorer.ui.section.view import SectionView
from explorer.ui.settings import Settings
from explorer.ui.usage.view import UsageView

_TAB_KEY: Final = "explore/tab"
_ROOM_FOR_THREE: Final = 820
"""The width that stack, tree and inspector need side by side."""


class Workbench(Panes):
    """Made by :meth:`build`, piece by piece, so that the window answers in between."""

    stack: LayerStack
    tree: FileTree
    inspector: InspectorView
    section: SectionView
    usage: UsageView
    facts: FactsView
    search: SearchView
    tabs: QTabWidget

    def __init__(self, model: ViewerModel, settings: Settings, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, settings, "explore-down", parent)
        self._model = model
        self._across: Panes | None = None

    async def build(self) -> None:
        """Make all views."""
        model, settings = self._model, self._settings
        self.stack = LayerStack(model, settings, self)
        await _breathe()
        self.tree = FileTree(model, settings, self)
        await _breathe()
        self.inspector = InspectorView(model, self, settings=settings)
        await _breathe()
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Views of the image")
        self.section = SectionView(model, self)
        await _breathe()
        self.usage = UsageView(model, self)
        await _breathe()
        self.facts = FactsView(model, self)
        await _breathe()
        self.search = SearchView(model, self)
        await _breathe()
        self._lay_out()
        await _breathe()

    def show_view(self, name: str) -> QWidget | None:
        """Bring a view to the front, out of hiding if need be; return it.

        The names are those that tours use: stack, tree, inspector, overlay, usage, facts, search.
        """
        view = self._views.get(name)
        if view is None:
            return None
        if self.tabs.indexOf(view) >= 0:
            self.tabs.show()
            self.tabs.setCurrentWidget(view)
        else:
            view.show()
        return view

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the inspector among the tabs where the room beside the tree is short."""
        super().resizeEvent(event)
        self._place_inspector()

    def _place_inspector(self) -> None:
        if self._across is None:
            return
        is_tab = self.tabs.indexOf(self.inspector) >= 0
        wants_tab = self.width() < _ROOM_FOR_THREE
        if wants_tab and not is_tab:
            self.tabs.insertTab(0, self.inspector, "Inspector")
        elif is_tab and not wants_tab:
            self.tabs.removeTab(self.tabs.indexOf(self.inspector))
            self._across.addWidget(self.inspector)
            self.inspector.show()

    def _keep_tab(self, place: int) -> None:
        self._settings.set(_TAB_KEY, self.tabs.tabText(place))

    def toggle_below(self) -> None:
        """Hide the views below the tree, or show them again."""
        self.tabs.setVisible(self.tabs.isHidden())

    def toggle_inspector(self) -> None:
        """Hide the inspector, or show it again; as a tab it only comes to the front."""
        if self.tabs.indexOf(self.inspector) >= 0:
            self.show_view("inspector")
            return
        self.inspector.setVisible(self.inspector.isHidden())

    @property
    def _views(self) -> dict[str, QWidget]:
        return {
            "stack": self.stack,
            "tree": self.tree,
            "inspector": self.inspector,
            "overlay": self.section,
            "usage": self.usage,
            "facts": self.facts,
            "search": self.search,
        }

    def _lay_out(self) -> None:
        for view, title in (
            (self.section, "Cross-section"),
            (self.usage, "Where the bytes go"),
            (self.facts, "Image facts"),
            (self.search, "Search"),
        ):
            self.tabs.addTab(view, title)
        settings = self._settings
        self._across = Panes(Qt.Orientation.Horizontal, settings, "explore-across", self)
        self._across.share([self.stack, self.tree, self.inspector], [27, 44, 29])
        self.share([self._across, self.tabs], [62, 38])
        self._place_inspector()
        titles = [self.tabs.tabText(place) for place in range(self.tabs.count())]
        kept = settings.text(_TAB_KEY)
        self.tabs.setCurrentIndex(titles.index(kept) if kept in titles else 0)
        self.tabs.currentChanged.connect(self._keep_tab)
        self.setFocusProxy(self.stack)


async def _breathe() -> None:
    """Let the window answer."""
    await asyncio.sleep(0)
