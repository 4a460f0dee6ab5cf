"""The one window: rail, tabs, status line, and what ties them together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.actions import Actions
from explorer.ui.banner import BannerStack, present_on_page
from explorer.ui.commands import WINDOW
from explorer.ui.drops import DropTarget
from explorer.ui.imports import Imports
from explorer.ui.opener import Opener
from explorer.ui.page import Page
from explorer.ui.palette import ActionSource, Palette
from explorer.ui.rail import Rail
from explorer.ui.recents import Recents
from explorer.ui.settings import Settings
from explorer.ui.shell import Shell, Workspace
from explorer.ui.tabs import PageTabs
from explorer.ui.tasks import loop_runs, spawn, tasks
from explorer.ui.window_commands import WindowCommands

_GEOMETRY = "window/geometry"
_MOST_CLOSED = 20
_PATIENCE = 3.0  # seconds
LATER = (
    "explorer.ui.dialogs",
    "explorer.ui.explore.fromregistry",
    "explorer.ui.help.page",
    "explorer.ui.jobs_card",
    "explorer.ui.palette_view",
    "explorer.ui.shortcuts_page",
)
"""What the first picture does not need, but one of the next may."""

log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Give it workspaces with :meth:`add_workspace`, then :meth:`open_paths` and ``show()``."""

    closing = Signal()
    """The user closed it: it is out of sight, and cleans up."""
    closed = Signal()
    """Everything is cleaned up and the window gone."""
    importing = Signal(bool)
    """Modules are being imported, or no more."""
    imported = Signal()
    """A workspace was imported, whose first page is still to be made."""

    def __init__(self, settings: Settings, *, sample: Callable[[], str] | None = None) -> None:
        super().__init__()
        self.setWindowTitle("Layerscope")
        self.setMinimumSize(QSize(420, 320))
        self.banners = BannerStack(self)
        self.actions_ = Actions(self)
        self.actions_.declare(*WINDOW)
        self.shell = Shell(
            window=self,
            actions=self.actions_,
            settings=settings,
            recents=Recents(settings, self),
            palette=Palette(self),
            open_paths=self.open_paths,
            open_recent=self.open_recent,
            show_page=self.show_page,
        )
        self._workspaces: dict[str, Workspace] = {}
        self._areas: dict[str, PageTabs] = {}
        self._closed_locations: list[str] = []
        self._own_pages: dict[str, Callable[[], Page]] = {}
        self._visited: list[Page] = []
        self._may_close = False
        self._rail, self._stack = Rail(self), QStackedWidget(self)
        self._commands = WindowCommands(self, sample)
        self._opener = Opener(self._open, self)
        self._opener.importing.connect(self.importing)
        self._opener.imported.connect(self.imported)
        self._opener.ended.connect(lambda: self.expect_pages(False))
        self._lay_out()
        self._drops = DropTarget(self, self.open_paths)
        tasks().present = self._present
        self.resize(1180, 760)
        geometry = settings.data(_GEOMETRY)
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def add_workspace(self, *workspaces: Workspace) -> None:
        """Add workspaces to the rail, with their actions to the menus."""
        for workspace in workspaces:
            self._add_area(workspace)
        self._commands.fill_menus(self.menuBar())

    def _add_area(self, workspace: Workspace) -> None:
        self.actions_.declare(*workspace.specs)
        home = partial(workspace.home, self.shell)
        area = PageTabs(home, f"Open in {workspace.title}", self)
        area.current_changed.connect(self._front_changed)
        area.close_requested.connect(self.close_page)
        self._workspaces[workspace.id] = workspace
        self._areas[workspace.id] = area
        self._stack.addWidget(area)
        self._rail.add(workspace.id, workspace.title, workspace.icon, workspace.help)
        if len(self._areas) == 1:
            self._rail.choose(workspace.id)

    def expect_pages(self, expected: bool) -> None:
        """Hold the home back where something is about to be opened, or show it."""
        area = self._areas.get(self._front_id())
        if area is not None:
            area.expect_page(expected or self._opener.is_waiting)

    def open_paths(self, locations: Sequence[str]) -> None:
        """Open each location in a tab of its workspace, or bring to the front where it is open."""
        for location in locations:
            if location in self._own_pages:
                self.show_page(self.own_page(location))
                continue
            workspace = next(w for w in self._workspaces.values() if w.accepts(location))
            self._opener.open(workspace, location)

    def _open(self, workspace: Workspace, location: str) -> None:
        page = self._areas[workspace.id].page_of(location)
        self.show_page(page or workspace.open(self.shell, location), workspace.id)

    def warm_up(self) -> None:
        """Get ready to open something; call it once the window is painted."""
        spawn(self, "Getting ready", self._warm_up())

    async def _warm_up(self) -> None:
        for workspace in list(self._workspaces.values()):
            await self._opener.prepare(workspace)
        later = Imports(LATER, self)
        later.importing.connect(self.importing)
        await later.wait()

    def open_recent(self, location: str) -> None:
        """Open what is listed as recent, or say that it is gone."""
        self._commands.open_recent(location)

    def add_own_page(self, location: str, make: Callable[[], Page]) -> None:
        """Have ``location`` stand for a page of the window's own, such as its help."""
        self._own_pages[location] = make

    def own_page(self, location: str) -> Page:
        """Return a page of the window's own, made unless it is open."""
        return self.page_by_location(location) or self._own_pages[location]()

    def show_page(self, page: Page, workspace: str = "") -> None:
        """Bring ``page`` to the front, in a new tab unless it has one."""
        holder = next((id for id, area in self._areas.items() if page in area.pages()), "")
        id = holder or workspace or self._front_id()
        self._rail.choose(id)
        if holder:
            self._areas[id].show_page(page)
        else:
            page.navigator.changed.connect(self.actions_.refresh)
            self._areas[id].add(page)
        page.setFocus()

    def close_page(self, page: Page) -> None:
        """Close a tab, if its page agrees; it lets go of what it holds in its own time."""
        if not page.may_close():
            return
        self._visited = [visited for visited in self._visited if visited is not page]
        for area in self._areas.values():
            area.remove(page)
        if page.location:
            self._closed_locations = [*self._closed_locations, page.location][-_MOST_CLOSED:]
        spawn(self, f"Closing {page.title}", _dispose(page))

    def reopen_page(self) -> None:
        """Open again what was closed last."""
        if self._closed_locations:
            self.open_paths([self._closed_locations.pop()])

    @property
    def can_reopen(self) -> bool:
        """Whether something was closed."""
        return bool(self._closed_locations)

    def front(self) -> Page | None:
        """Return the page in front, or ``None``."""
        area = self._areas.get(self._front_id())
        return area.current() if area else None

    def pages(self) -> Iterator[Page]:
        """Return every open page."""
        for area in self._areas.values():
            yield from area.pages()

    def visited(self) -> list[Page]:
        """Return the open pages that have been in front, the latest first."""
        return self._visited[::-1]

    def page_by_location(self, location: str) -> Page | None:
        """Return the open page of ``location``, or ``None``."""
        return next((page for page in self.pages() if page.location == location), None)

    def step_tab(self, by: int) -> None:
        """Go ``by`` tabs to the right."""
        self._areas[self._front_id()].step(by)

    def ask_palette(self) -> None:
        """Open the command palette."""
        self.shell.palette.ask(ActionSource(self.actions_))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the focus on what is to be done."""
        super().showEvent(event)
        if self.focusWidget() is None:
            self._focus_content()

    def _focus_content(self) -> None:
        area = self._areas.get(self._front_id())
        content = area.currentWidget() if area else None
        if content is not None:
            content.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_to_front(self) -> None:
        """Show the window above others, as far as the desktop allows."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Refuse, clean up without blocking, and close then."""
        if self._may_close or not loop_runs():
            event.accept()
            return
        event.ignore()
        if self.isHidden():
            return  # already closing
        self.shell.settings.set_data(_GEOMETRY, self.saveGeometry())
        self.shell.settings.flush()
        self.hide()
        self.closing.emit()
        spawn(self, "Closing the window", self._clean_up())

    async def _clean_up(self) -> None:
        try:
            # A page that fails or hangs must keep neither the others nor the window.
            async with asyncio.timeout(_PATIENCE):
                ends = (page.aclose() for page in list(self.pages()))
                for result in await asyncio.gather(*ends, return_exceptions=True):
                    if isinstance(result, Exception):
                        log.error("A page did not close well", exc_info=result)
        except TimeoutError:
            log.error("A page did not close in time")
        try:
            await tasks().close()
        finally:
            self._may_close = True
            self.close()
            self.closed.emit()

    def _lay_out(self) -> None:
        center = QWidget(self)
        line = QHBoxLayout(center)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._rail)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self._stack, 1)
        line.addLayout(column, 1)
        self.setCentralWidget(center)
        self._rail.chosen.connect(self._switch)
        self._rail.add_tool(self.actions_.action("view.palette"), "Command palette")
        self._rail.add_tool(self.actions_.action("help.shortcuts"), "Keyboard shortcuts")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(theme.space(2), 0, 0, 0)
        tasks().started.connect(self._add_jobs)

    def _add_jobs(self) -> None:
        """Make the end of the status line when there is first something for it to show."""
        from explorer.ui.jobs import JobsIndicator

        tasks().started.disconnect(self._add_jobs)
        action = self.actions_.action("view.jobs")
        self.statusBar().addPermanentWidget(JobsIndicator(tasks(), action, self))

    def _switch(self, id: str) -> None:
        self._stack.setCurrentWidget(self._areas[id])
        self._front_changed()

    def _front_id(self) -> str:
        front = self._stack.currentWidget()
        return next((id for id, area in self._areas.items() if area is front), "")

    def _front_changed(self) -> None:
        page = self.front()
        if page is not None:
            self._visited = [*(other for other in self._visited if other is not page), page]
        self.setWindowTitle(f"{page.title} — Layerscope" if page else "Layerscope")
        self.actions_.refresh()

    def _present(self, owner: QObject, title: str, error: BaseException) -> None:
        if not present_on_page(owner, title, error):
            self.banners.show_error(title, error)


async def _dispose(page: Page) -> None:
    try:
        await page.aclose()
    finally:
        page.hide()
        page.deleteLater()
