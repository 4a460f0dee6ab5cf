"""All views of one image side by side: the stack, the tree, the inspector, the tabs below."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import Qt
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
        self._lay_out()

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

    def toggle_below(self) -> None:
        """Hide the views below the tree, or show them again."""
        self.tabs.setVisible(self.tabs.isHidden())

    def toggle_inspector(self) -> None:
        """Hide the inspector, or show it again."""
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
        settings = self._settings
        for view, title in (
            (self.section, "Cross-section"),
            (self.usage, "Where the bytes go"),
            (self.facts, "Image facts"),
            (self.search, "Search"),
        ):
            self.tabs.addTab(view, title)
        across = Panes(Qt.Orientation.Horizontal, settings, "explore-across", self)
        across.share([self.stack, self.tree, self.inspector], [27, 44, 29])
        self.share([across, self.tabs], [62, 38])
        self.tabs.setCurrentIndex(min(settings.number(_TAB_KEY), self.tabs.count() - 1))
        self.tabs.currentChanged.connect(lambda at: settings.set(_TAB_KEY, at))
        self.setFocusProxy(self.stack)


async def _breathe() -> None:
    """Let the window answer."""
    await asyncio.sleep(0)
