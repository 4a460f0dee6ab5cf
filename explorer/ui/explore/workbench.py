"""All views of one image side by side: the stack, the tree, the inspector, the tabs below."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, cast

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
from explorer.ui.widgets.late import Late

TOPICS: Final = {
    "stack": "layers",
    "tree": "start#three-ways-to-look-at-the-files",
    "inspector": "copy-on-write",
    "overlay": "cross-section",
    "usage": "sizes",
    "facts": "processes",
    "search": "filter-language",
}
"""What the help says of each view, by the names of :meth:`Workbench.show_view`."""
_TAB_KEY: Final = "explore/tab"
_ROOM_FOR_THREE: Final = 820
"""The width that stack, tree and inspector need side by side."""


class Workbench(Panes):
    """Made by :meth:`build`, piece by piece, so that the window answers in between.

    Of the views below only the one in front is made; the others, when they are first looked at.
    """

    stack: LayerStack
    tree: FileTree
    inspector: InspectorView
    tabs: QTabWidget

    def __init__(self, model: ViewerModel, settings: Settings, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, settings, "explore-down", parent)
        self._model = model
        self._is_built = False
        self._below: dict[str, Late[QWidget]] = {}

    async def build(self) -> None:
        """Make all views. Each is made where it stays: to move one costs as much as to make it."""
        for step in (
            self._make_frame,
            self._make_stack,
            self._make_tree,
            self._make_inspector,
            self._make_front_tab,
            self._finish,
        ):
            step()
            await asyncio.sleep(0)

    @property
    def section(self) -> SectionView:
        """The folder cut through the layers."""
        return cast(SectionView, self._below["overlay"].widget)

    @property
    def usage(self) -> UsageView:
        """Where the bytes go."""
        return cast(UsageView, self._below["usage"].widget)

    @property
    def facts(self) -> FactsView:
        """The image's own documents."""
        return cast(FactsView, self._below["facts"].widget)

    @property
    def search(self) -> SearchView:
        """The search over all layers."""
        return cast(SearchView, self._below["search"].widget)

    def made(self) -> set[str]:
        """The names of the views that are made, of those that :meth:`show_view` knows."""
        late = {name for name, place in self._below.items() if place.is_made}
        return {name for name in ("stack", "tree", "inspector") if hasattr(self, name)} | late

    def front_tab(self) -> str:
        """The name of the view in front below; empty where that is the inspector."""
        front = self.tabs.currentWidget()
        return next((name for name, place in self._below.items() if place is front), "")

    def show_view(self, name: str) -> QWidget | None:
        """Bring a view to the front, out of hiding if need be; return it.

        The names are those that tours use: stack, tree, inspector, overlay, usage, facts, search.
        """
        if name in self._below:
            self.tabs.show()
            self.tabs.setCurrentWidget(self._below[name])
            return self._below[name].widget
        beside: dict[str, QWidget] = {
            "stack": self.stack,
            "tree": self.tree,
            "inspector": self.inspector,
        }
        view = beside.get(name)
        if view is not None and self.tabs.indexOf(view) >= 0:
            self.tabs.show()
            self.tabs.setCurrentWidget(view)
        elif view is not None:
            view.show()
        return view

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the inspector among the tabs where the room beside the tree is short."""
        super().resizeEvent(event)
        self._place_inspector()

    def _place_inspector(self) -> None:
        if not self._is_built:
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

    # -- making it ----------------------------------------------------------------------------

    def _make_frame(self) -> None:
        model, settings = self._model, self._settings
        self._across = Panes(Qt.Orientation.Horizontal, settings, "explore-across", self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Views of the image")
        views: dict[str, tuple[str, Callable[[QWidget], QWidget]]] = {
            "overlay": ("Cross-section", partial(SectionView, model)),
            "usage": ("Where the bytes go", partial(UsageView, model)),
            "facts": ("Image facts", partial(FactsView, model)),
            "search": ("Search", partial(SearchView, model)),
        }
        for name, (title, make) in views.items():
            self._below[name] = Late(make, self.tabs)
            self._below[name].setProperty("help_topic", TOPICS[name])
            self.tabs.addTab(self._below[name], title)
        self.share([self._across, self.tabs], [62, 38])

    def _make_stack(self) -> None:
        self.stack = LayerStack(self._model, self._settings, self._across)
        self.stack.setProperty("help_topic", TOPICS["stack"])

    def _make_tree(self) -> None:
        self.tree = FileTree(self._model, self._settings, self._across)
        self.tree.setProperty("help_topic", TOPICS["tree"])
        self.tree.filter.setProperty("help_topic", TOPICS["search"])

    def _make_inspector(self) -> None:
        self.inspector = InspectorView(self._model, self._across, settings=self._settings)
        self.inspector.setProperty("help_topic", TOPICS["inspector"])

    def _make_front_tab(self) -> None:
        titles = [self.tabs.tabText(place) for place in range(self.tabs.count())]
        kept = self._settings.text(_TAB_KEY)
        self.tabs.setCurrentIndex(titles.index(kept) if kept in titles else 0)
        if self.front_tab():
            _ = self._below[self.front_tab()].widget
        self.tabs.currentChanged.connect(self._keep_tab)

    def _finish(self) -> None:
        self._across.share([self.stack, self.tree, self.inspector], [27, 44, 29])
        self._is_built = True
        self._place_inspector()
        self.setFocusProxy(self.stack)
