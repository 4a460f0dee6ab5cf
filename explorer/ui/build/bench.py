"""All views of one Dockerfile side by side: text, graph over context, preview; more below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from explorer.ui.build.editor.filemodel.fileeditor import FileEditor
from explorer.ui.build.graph.panel import GraphPanel
from explorer.ui.build.outline.view import OutlineView
from explorer.ui.build.plan.view import PlanView
from explorer.ui.build.preview.panel import PreviewPanel
from explorer.ui.build.problems.view import ProblemsView
from explorer.ui.build.session import BuildSession
from explorer.ui.build.surround.inputs import InputsForm
from explorer.ui.build.surround.summary import ContextSummary
from explorer.ui.explore.panes import Panes
from explorer.ui.settings import Settings

_TAB_KEY: Final = "build/tab"
_ROOM_FOR_GRAPH: Final = 1080
"""The width from which text, graph and preview stand side by side."""
_ROOM_FOR_PREVIEW: Final = 760
"""The width from which text and preview do."""


class Bench(Panes):
    """The views; in a narrow window those beside the text become tabs below it."""

    def __init__(self, session: BuildSession, settings: Settings, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, settings, "build-down", parent)
        self.file = FileEditor(self)
        self.editor = self.file.editor
        self.graph = GraphPanel(self)
        self.context = ContextSummary(session.context, self)
        self.preview = PreviewPanel(settings, self)
        self.problems = ProblemsView(self)
        self.plan = PlanView(self)
        self.outline = OutlineView(self)
        self.inputs = InputsForm(session.options, self)
        self.tabs = QTabWidget(self)
        self._side = QWidget(self)
        self._across = Panes(Qt.Orientation.Horizontal, settings, "build-across", self)
        self._lay_out()

    def show_tab(self, view: QWidget) -> None:
        """Bring a view below to the front, out of hiding if need be."""
        self.tabs.show()
        self.tabs.setCurrentWidget(view)
        view.setFocus()

    def show_graph(self) -> None:
        """Bring the graph into view."""
        self._show_beside(self._side)
        self.graph.setFocus()

    def show_preview(self) -> None:
        """Bring the preview into view."""
        self._show_beside(self.preview)
        self.preview.setFocus()

    def toggle_graph(self) -> None:
        """Hide the graph, or show it again."""
        self._toggle(self._side)

    def toggle_preview(self) -> None:
        """Hide the preview, or show it again."""
        self._toggle(self.preview)

    def toggle_below(self) -> None:
        """Hide the views below, or show them again."""
        self.tabs.setVisible(self.tabs.isHidden())

    def shows_graph(self) -> bool:
        """Whether the graph is not hidden."""
        return not self._side.isHidden()

    def shows_preview(self) -> bool:
        """Whether the preview is not hidden."""
        return not self.preview.isHidden()

    def name_problems(self) -> None:
        """Have the tab tell how many problems there are."""
        place, words = self.tabs.indexOf(self.problems), self.problems.summary()
        if self.tabs.tabText(place) != words:
            self.tabs.setTabText(place, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the views beside the text where there is room, else among the tabs."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._place_one(self._side, "Stages", 1, self.width() >= _ROOM_FOR_GRAPH)
        self._place_one(self.preview, "Preview", 2, self.width() >= _ROOM_FOR_PREVIEW)

    def _place_one(self, view: QWidget, title: str, place: int, beside: bool) -> None:
        at = self.tabs.indexOf(view)
        if beside and at >= 0:
            self.tabs.removeTab(at)
            self._across.insertWidget(min(place, self._across.count()), view)
            view.show()
        elif not beside and at < 0:
            self.tabs.insertTab(min(place - 1, self.tabs.count()), view, title)

    def _show_beside(self, view: QWidget) -> None:
        if self.tabs.indexOf(view) >= 0:
            self.tabs.show()
            self.tabs.setCurrentWidget(view)
        else:
            view.show()

    def _toggle(self, view: QWidget) -> None:
        if self.tabs.indexOf(view) >= 0:
            self._show_beside(view)
        else:
            view.setVisible(view.isHidden())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.graph, 1)
        column.addWidget(self.context)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Views of the Dockerfile")
        self.tabs.tabBar().setAccessibleName("Views of the Dockerfile")
        for view, title in (
            (self.problems, "Problems"),
            (self.plan, "Plan"),
            (self.outline, "Outline"),
            (self.inputs, "Inputs"),
        ):
            self.tabs.addTab(view, title)
        self._across.share([self.file, self._side, self.preview], [42, 26, 32])
        self.share([self._across, self.tabs], [68, 32])
        kept = self._settings.number(_TAB_KEY)
        self.tabs.setCurrentIndex(kept if 0 <= kept < self.tabs.count() else 0)
        self.tabs.currentChanged.connect(self._keep_tab)
        self.setFocusProxy(self.editor)

    def _keep_tab(self, _place: int) -> None:
        views = (self.problems, self.plan, self.outline, self.inputs)
        current = self.tabs.currentWidget()
        if current in views:
            self._settings.set(_TAB_KEY, views.index(current))
