"""All views of one image side by side: the stack, the tree, the inspector, the tabs below."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from explorer.ui.explore import views
from explorer.ui.explore.filetree import FileTree
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.panes import Panes
from explorer.ui.explore.search import SearchView
from explorer.ui.explore.stack import LayerStack
from explorer.ui.settings import Settings

_TAB_KEY: Final = "explore/tab"


class Workbench(Panes):
    """Made by :meth:`build`, piece by piece, so that the window answers in between."""

    stack: LayerStack
    tree: FileTree
    inspector: QWidget
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
        self.inspector = views.beside(model, settings, self)
        await _breathe()
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Views of the image")
        for title, make in views.BELOW:
            self.tabs.addTab(make(model, self), title)
            await _breathe()
        self.search = SearchView(model, self)
        self.tabs.addTab(self.search, "Search")
        await _breathe()
        self._lay_out()

    def show_tab(self, widget: QWidget) -> None:
        """Bring one of the views below to the front, with the focus."""
        self.tabs.show()
        self.tabs.setCurrentWidget(widget)
        widget.setFocus()

    def _lay_out(self) -> None:
        settings = self._settings
        across = Panes(Qt.Orientation.Horizontal, settings, "explore-across", self)
        across.share([self.stack, self.tree, self.inspector], [27, 44, 29])
        self.share([across, self.tabs], [62, 38])
        self.tabs.setCurrentIndex(min(settings.number(_TAB_KEY), self.tabs.count() - 1))
        self.tabs.currentChanged.connect(lambda at: settings.set(_TAB_KEY, at))
        self.setFocusProxy(self.stack)


async def _breathe() -> None:
    """Let the window answer."""
    await asyncio.sleep(0)
