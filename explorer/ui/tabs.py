"""The tabs of a workspace: a page for each opened thing, and a home while there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QTabWidget, QWidget

from explorer.ui import icons, theme
from explorer.ui.page import Page
from explorer.ui.text import middle_elided
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.buttons import IconButton

_LONGEST_TITLE = 32


class PageTabs(QStackedWidget):
    """Tabs that can be closed (also with the middle button) and moved.

    The home is made when it is first in view, and the tabs with the first page: most workspaces
    are not entered at all.
    """

    current_changed = Signal()
    close_requested = Signal(object)
    """The user wants this :class:`Page` closed."""

    def __init__(
        self, make_home: Callable[[], QWidget], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._make_home, self._name_of_all = make_home, name
        self._has_tabs = self._is_expecting = False
        theme.switch().changed.connect(self._color_icons)

    @cached_property
    def _home(self) -> QWidget:
        home = self._make_home()
        self.addWidget(home)
        return home

    @cached_property
    def _tabs(self) -> QTabWidget:
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        tabs.setMovable(True)
        tabs.tabBar().setExpanding(False)
        tabs.setAccessibleName(self._name_of_all)
        tabs.tabBar().setAccessibleName(self._name_of_all)
        tabs.setUsesScrollButtons(True)
        tabs.tabBar().installEventFilter(self)
        tabs.currentChanged.connect(lambda _place: self.current_changed.emit())
        self.addWidget(tabs)
        self._has_tabs = True
        return tabs

    def expect_page(self, expected: bool) -> None:
        """Show nothing for a moment where a page is about to come, instead of the home."""
        self._is_expecting = expected
        if not expected and self.isVisible():
            self._show_home_if_empty()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the home, if there is nothing else to show."""
        super().showEvent(event)
        if not self._is_expecting:
            self._show_home_if_empty()

    def _show_home_if_empty(self) -> None:
        if not self.count_pages():
            self.setCurrentWidget(self._home)

    def count_pages(self) -> int:
        """Return how many pages are open."""
        return self._tabs.count() if self._has_tabs else 0

    def pages(self) -> Iterator[Page]:
        """Return the pages from left to right."""
        for place in range(self.count_pages()):
            page = self._tabs.widget(place)
            if isinstance(page, Page):
                yield page

    def current(self) -> Page | None:
        """Return the page in front, or ``None`` while the home is shown."""
        page = self._tabs.currentWidget() if self._has_tabs else None
        return page if isinstance(page, Page) else None

    def page_of(self, location: str) -> Page | None:
        """Return the page of ``location``, if it is open."""
        return next((page for page in self.pages() if page.location == location), None)

    def add(self, page: Page) -> None:
        """Add ``page`` at the right and bring it to the front."""
        place = self._tabs.addTab(page, icons.icon(page.icon), "")
        button = IconButton(
            "close", "Close", self, clicked=lambda: self.close_requested.emit(page), size=12
        )
        # A tab stop for each tab would bury the page: Ctrl+W closes from the keyboard.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._tabs.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, button)
        page.title_changed.connect(lambda _title: self._name(page))
        self._name(page)
        self.show_page(page)

    def show_page(self, page: Page) -> None:
        """Bring ``page`` to the front."""
        self._tabs.setCurrentWidget(page)
        self.setCurrentWidget(self._tabs)
        self.current_changed.emit()

    def remove(self, page: Page) -> None:
        """Take ``page`` out; the caller disposes of it."""
        place = self._tabs.indexOf(page) if self._has_tabs else -1
        if place < 0:
            return
        self._tabs.removeTab(place)
        self._show_home_if_empty()
        self.current_changed.emit()

    def step(self, by: int) -> None:
        """Go ``by`` tabs to the right, around the end."""
        if self.count_pages():
            self._tabs.setCurrentIndex((self._tabs.currentIndex() + by) % self._tabs.count())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the middle button."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            place = self._tabs.tabBar().tabAt(event.position().toPoint())
            if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
                self.close_requested.emit(self._tabs.widget(place))
                return True
        return super().eventFilter(watched, event)

    def _name(self, page: Page) -> None:
        place = self._tabs.indexOf(page)
        if place < 0:
            return
        title = middle_elided(page.title, _LONGEST_TITLE)
        self._tabs.setTabText(place, title.replace("&", "&&"))
        self._tabs.setTabToolTip(place, plain_tip(page.location or page.title))
        button = self._tabs.tabBar().tabButton(place, QTabBar.ButtonPosition.RightSide)
        if isinstance(button, IconButton):
            button.set_name(f"Close {page.title}")

    def _color_icons(self) -> None:
        for place, page in enumerate(self.pages()):
            self._tabs.setTabIcon(place, icons.icon(page.icon))
