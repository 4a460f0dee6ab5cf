"""What the browser of registries is made of, and where it lies."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import menus, theme
from explorer.ui.banner import BannerStack
from explorer.ui.registries.commands import HOST_MENU, SPECS, TAG_MENU
from explorer.ui.registries.comparison import ComparisonView
from explorer.ui.registries.details import Details
from explorer.ui.registries.hostlist import HostList
from explorer.ui.registries.nameparts import NameLine
from explorer.ui.registries.panes import HalvesPane, Panes
from explorer.ui.registries.repolist import RepositoryList
from explorer.ui.registries.session import RegistrySession
from explorer.ui.registries.tagmodel import TagModel
from explorer.ui.registries.tagtable import TagTable
from explorer.ui.registries.transfercard import Transfers
from explorer.ui.shell import Shell
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import heading
from explorer.ui.widgets.late import Late


class BrowserView(QWidget):
    """Places at the left, tags in the middle, details at the right; transfers at the foot.

    The parts are made at once, and laid out by :meth:`lay_out`: both together take longer than the
    window may be away.
    """

    def __init__(self, shell: Shell, session: RegistrySession, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.shell = shell
        shell.actions.declare(*SPECS)
        self.banners = BannerStack(self)
        self.hosts = HostList(session, self)
        self.repositories = RepositoryList(self)
        self.model = TagModel(self)
        self.table = TagTable(self.model, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter tags")
        self.filter.setClearButtonEnabled(True)
        self.details = Details(self)
        self.comparison = Late(ComparisonView, self)
        self.transfers = Transfers(self)
        self.name, self.place_name = NameLine(self), heading("", self, scale=1.05)
        self.counted = ElidedLabel("", self)
        self.empty = EmptyState("registry", "", "", self)
        self.nothing = EmptyState("tag", "Nothing chosen", "Choose one to see what it is.", self)
        self.several = EmptyState(
            "compare", "Several chosen", "Two of them can be compared.", self,
            action=("Compare", lambda: shell.actions.trigger("registries.compare")),
        )  # fmt: skip
        self.begin = EmptyState(
            "registry", "Choose a registry",
            "Nothing is contacted before you press it. The local store has the images of this "
            "machine.", self,
            action=("Add registry…", lambda: shell.actions.trigger("registries.add")),
        )  # fmt: skip
        self._blank = QWidget(self)
        self.pages, self.right = QStackedWidget(self), QStackedWidget(self)
        self.setProperty("help_topic", "registries")
        self.setAccessibleName("Registries")
        self.setFocusProxy(self.hosts)

    def lay_out(self) -> None:
        """Put everything where it belongs; once."""
        for page in (self.begin, self.empty, self.table):
            self.pages.addWidget(page)
        for side in (self._blank, self.nothing, self.details, self.several, self.comparison):
            self.right.addWidget(side)
        settings = self.shell.settings
        panes = Panes(self._places_pane(), self._tags_pane(), self.right, settings, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(panes, 1)
        column.addWidget(self.transfers)
        self.hosts.menu_wanted.connect(self._host_menu)
        self.table.menu_wanted.connect(self._tag_menu)

    def explain(self, title: str, hint: str = "") -> None:
        """Say why there are no tags to see, and what to do."""
        self.empty.explain(title, hint)
        self.pages.setCurrentWidget(self.empty)
        self.right.setCurrentWidget(self._blank)

    def show_begin(self) -> None:
        """Nothing is entered yet."""
        self.pages.setCurrentWidget(self.begin)
        self.right.setCurrentWidget(self._blank)

    def _places_pane(self) -> QWidget:
        pane = QWidget(self)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(1))
        head.addWidget(heading("Registries", pane, scale=1.05), 1)
        for id in ("login", "add"):
            head.addWidget(self._button(id))
        column.addLayout(head)
        column.addWidget(HalvesPane(self.hosts, self.repositories, pane), 1)
        return pane

    def _tags_pane(self) -> QWidget:
        pane = QWidget(self)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(1))
        head.setSpacing(theme.space(1))
        head.addWidget(self.name, 1)
        head.addWidget(self.place_name, 1)
        for id, words in (("open", "Open"), ("pull", "Pull")):
            head.addWidget(self._button(id, words))
        for id in ("push", "compare", "refresh"):
            head.addWidget(self._button(id))
        head.addWidget(self._more())
        column.addLayout(head)
        line = QHBoxLayout()
        line.setContentsMargins(theme.space(3), 0, theme.space(2), theme.space(2))
        line.setSpacing(theme.space(3))
        self.filter.setMaximumWidth(theme.space(60))
        line.addWidget(self.filter, 1)
        line.addWidget(self.counted, 2)
        column.addLayout(line)
        column.addWidget(self.pages, 1)
        return pane

    def _more(self) -> QWidget:
        more = IconButton("more", "More", self)
        more.clicked.connect(lambda: self._tag_menu(more.mapToGlobal(more.rect().bottomLeft())))
        return more

    def _button(self, name: str, words: str = "") -> QToolButton:
        action = self.shell.actions.action(f"registries.{name}")
        button = QToolButton(self)
        if words:
            action.setIconText(words)
        button.setDefaultAction(action)
        button.setAutoRaise(not words)
        button.setAccessibleName(self.shell.actions.spec(f"registries.{name}").title)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly
        )
        return button

    def _host_menu(self, at: QPoint) -> None:
        menus.context_menu(self, self.shell.actions, HOST_MENU).popup(at)

    def _tag_menu(self, at: QPoint) -> None:
        menus.context_menu(self, self.shell.actions, TAG_MENU).popup(at)
