"""The browser of registries: places at the left, tags in the middle, details at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.errors import ExplorerError, UsageError
from explorer.oci import Descriptor, Digest, Reference
from explorer.progress import Job
from explorer.registry.hosts import Host, Hosts
from explorer.store.images import StoredImage
from explorer.transfer.browsing import Look, Part
from explorer.ui import menus, text, theme
from explorer.ui.banner import BannerStack, Kind
from explorer.ui.registries.actions import BrowserActions
from explorer.ui.registries.commands import HOST_MENU, SPECS, TAG_MENU
from explorer.ui.registries.comparison import ComparisonView
from explorer.ui.registries.details import Details
from explorer.ui.registries.facts import RowFacts
from explorer.ui.registries.hostlist import LOCAL, HostList, title_of
from explorer.ui.registries.localstore import LocalStore, repository_names
from explorer.ui.registries.nameparts import NameLine
from explorer.ui.registries.panes import HalvesPane, Panes
from explorer.ui.registries.reader import Reader, needs_login
from explorer.ui.registries.repolist import RepositoryList
from explorer.ui.registries.session import RegistrySession, Standing
from explorer.ui.registries.tagmodel import HEADS, TAG, TagModel
from explorer.ui.registries.tagtable import TagTable
from explorer.ui.registries.transfercard import Transfers
from explorer.ui.shell import Shell
from explorer.ui.tasks import Operation, spawn
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import heading

_BEGIN: Final = (
    "Choose a registry",
    "Nothing is contacted before you press it. The local store has the images of this machine.",
)


class Browser(QWidget):
    """The whole workspace; ``banners`` take what goes wrong."""

    def __init__(self, shell: Shell, parent: QWidget | None = None, *, hosts: Hosts | None = None):
        super().__init__(parent)
        self.shell = shell
        shell.actions.declare(*SPECS)
        self.session = RegistrySession(self, hosts)
        self.reader = Reader(self.session, self)
        self.local = LocalStore(self)
        self.place: str | None = None
        self.repository: Reference | None = None
        self.looks: dict[str, Look] = {}
        self._wanted_tag = ""
        self._is_listing = False
        self._make_widgets()
        self._lay_out()
        self.actions_ = BrowserActions(self)
        self._connect()
        self.setProperty("help_topic", "registries")
        self.setAccessibleName("Registries")
        self.setFocusProxy(self.hosts)
        self._explain(*_BEGIN)
        self._load()

    def _load(self) -> None:
        async def work(_job: Job) -> None:
            await self.session.load()

        (
            Operation(self, "Reading the list of registries")
            .work(work)
            .failure(self.banners)
            .quiet()
            .start()
        )

    # -- where we are -------------------------------------------------------------------------

    @property
    def is_local(self) -> bool:
        """Whether the local store is shown."""
        return self.place == LOCAL

    @property
    def host(self) -> Host | None:
        """The registry that is shown."""
        return self.session.host(self.place) if self.place else None

    def enter_place(self, name: str) -> None:
        """Look into the local store or a registry: this contacts it."""
        self.banners.clear()
        self.reader.stop()
        self.place, self.repository = name, None
        self.hosts.choose(name)
        self.looks.clear()
        self.model.clear("Image" if name == LOCAL else HEADS[TAG])
        self.filter.clear()
        self._show_name()
        self.repositories.line.clear()
        if name == LOCAL:
            self.repositories.explain("No images yet", "Build, load or pull one.", "Search")
            self._explain("Reading the local store")
            self.local.read()
        else:
            self.repositories.explain("Asking…", f"{title_of(name)} is asked what it has.")
            self._explain("Choose a repository", "Or type one at the left and press Enter.")
            self.reader.read_host(name)
        self.shell.actions.refresh()

    def enter_repository(self, path: str) -> None:
        """List the tags of a repository of the registry in view; of the store, its images."""
        if self.is_local:
            self._show_local(path)
            return
        host = self.host
        if host is None:
            return
        try:
            reference = host.repository(path)
        except UsageError as error:
            self.banners.show_error("Reading the name", error)
            return
        self._enter(reference)

    def enter_typed(self, words: str) -> None:
        """List the tags of a repository that was typed, and choose the tag if one was."""
        if self.is_local:
            self.repositories.model.filter(words)
            return
        host = self.host
        if host is None:
            self.banners.show_message(Kind.INFO, "Choose a registry first", "", "Press one above.")
            return
        try:
            reference = host.repository(words)
        except UsageError as error:
            self.banners.show_error("Reading the name", error)
            return
        self._wanted_tag = "" if "tag" in reference.defaults else reference.tag
        spawn(self, "Keeping the name", self.session.remember(reference))
        self._enter(reference)

    def _enter(self, reference: Reference) -> None:
        self.banners.clear()
        self.reader.stop()
        defaults = tuple(part for part in reference.defaults if part != "tag")
        self.repository = replace(reference, tag="", digest=None, defaults=defaults)
        self.looks.clear()
        self.model.clear(HEADS[TAG])
        self.filter.clear()
        self._show_name()
        self.repositories.choose(reference.path)
        self._is_listing = True
        self._explain("Listing its tags")
        self.reader.read_tags(self.repository)
        self.shell.actions.refresh()

    def leave_place(self) -> None:
        """Show the registry as one that is not contacted: who asks is nobody any more."""
        place = self.place
        self.banners.clear()
        self.reader.stop()
        self.place = self.repository = None
        self.looks.clear()
        self.model.clear(HEADS[TAG])
        self._show_name()
        self.repositories.explain("Not contacted", "Press the registry to look into it again.")
        self._explain(*_BEGIN)
        self._count()
        if place is not None:
            self.hosts.choose(place)
        self.shell.actions.refresh()

    def want_tag(self, tag: str) -> None:
        """Choose a tag as soon as it is listed."""
        self._wanted_tag = tag

    def look_again(self) -> None:
        """Ask anew for what is shown."""
        if self.place is None:
            return
        if self.is_local:
            self.local.read()
        elif self.repository is not None:
            self.reader.read_tags(self.repository)
            self._follow_choice()
        else:
            self.enter_place(self.place)

    # -- what is chosen -----------------------------------------------------------------------

    def chosen(self) -> list[str]:
        """The names of the chosen rows."""
        return self.table.names()

    def reference_of(self, name: str) -> Reference | None:
        """The whole name of a row of a registry."""
        return replace(self.repository, tag=name) if self.repository is not None else None

    def stored(self, name: str) -> StoredImage | None:
        """The image of a row of the local store."""
        return self.local.images.get(name) if self.is_local else None

    def _follow_choice(self) -> None:
        self.shell.actions.refresh()
        names = self.chosen()
        self._count()
        if len(names) != 1:
            if len(names) > 1:
                self._right.setCurrentWidget(self._several)
            else:
                self._right.setCurrentWidget(self._nothing)
            return
        self._right.setCurrentWidget(self.details)
        if self.is_local:
            self._show_stored(names[0])
            return
        reference = self.reference_of(names[0])
        if reference is None:
            return
        known = self.looks.get(names[0])
        if known is not None:
            named = replace(reference, digest=known.descriptor.digest)
            self.details.show_look(named, known, self.reader.parts)
        else:
            self.details.show_name(reference)
        self.reader.read_look(reference)

    def _show_stored(self, name: str) -> None:
        image = self.stored(name)
        if image is not None:
            named = replace(image.reference, digest=image.digest) if image.reference else None
            self.details.show_name(named, image.problem or self._stored_words(image))

    @staticmethod
    def _stored_words(image: StoredImage) -> str:
        platforms = ", ".join(map(str, image.platforms))
        own = text.size(image.unique_size)
        return f"{platforms}. {text.size(image.size)}, of which {own} no other image here needs."

    # -- what was read ------------------------------------------------------------------------

    def _repositories_read(self, host: str, names: Sequence[str], complete: bool) -> None:
        if host != self.place:
            return
        if names or not complete:
            self.repositories.show_names(names, "Search, or type a repository")
        else:
            self.repositories.explain(
                "It has no repositories", "Push an image here: type a name, or use Push."
            )

    def _repositories_untold(self, host: str, error: ExplorerError) -> None:
        if host != self.place:
            return
        self._show_typed(error.why)
        if needs_login(error):
            self._ask_login(f"{title_of(host)} lists its repositories to those it knows", error)

    def _show_typed(self, why: str = "") -> None:
        """List what the user has typed: the registry tells nothing."""
        host = self.host
        if host is None:
            return
        if host.repositories:
            self.repositories.show_names(host.repositories, "Type a repository")
        else:
            words = f"{why[:1].upper()}{why[1:]}. " if why else ""
            self.repositories.explain(
                "Not listed here", f"{words}Type the repository you want, and press Enter."
            )

    def _state_changed(self, host: str) -> None:
        self.shell.actions.refresh()
        if host != self.place:
            return
        state = self.session.state(host)
        if state.standing is Standing.AWAY:
            self.repositories.explain("It cannot be reached", f"{state.why}.".capitalize())
            self.banners.show_message(
                Kind.ERROR,
                f"{title_of(host)} cannot be reached",
                state.why,
                "Check the name, the port and the connection. Settings allow plain HTTP or "
                "another authority.",
                action=("Try again", lambda: self.enter_place(host)),
            )
        elif state.standing is Standing.LOCKED:
            self._show_typed("it tells nothing to those it does not know")
            self._ask_login(f"{title_of(host)} wants to know who asks", None)
        elif state.standing is Standing.READY and self.host and not self.host.lists_repositories:
            self._show_typed("Docker Hub does not list its repositories")

    def _ask_login(self, what: str, error: ExplorerError | None) -> None:
        self.banners.show_message(
            Kind.WARN,
            what,
            error.why if error is not None else "",
            "Where the secret is kept, the dialog says.",
            action=("Log in…", lambda: self.shell.actions.trigger("registries.login")),
        )

    def _tags_read(self, repository: Reference, names: Sequence[str], complete: bool) -> None:
        if repository != self.repository:
            return
        self._is_listing = not complete
        self.model.show(names, head=HEADS[TAG])
        if names:
            self._pages.setCurrentWidget(self._listed)
            if complete:
                self._choose_wanted()
        elif complete:
            self._explain("No tags", "It has none, or only content that is found by digest.")
        self._count()
        self.shell.actions.refresh()

    def _choose_wanted(self) -> None:
        wanted, self._wanted_tag = self._wanted_tag, ""
        if wanted and not self.table.choose(wanted):
            self.banners.show_message(Kind.WARN, f"There is no tag {wanted}", "")
        if self.repositories.line.hasFocus() or self.repositories.view.hasFocus():
            self.table.setFocus()
            if not self.chosen():
                self.table.setCurrentIndex(self.model.index(-1, -1))

    def _rows_wanted(self, names: object) -> None:
        if isinstance(names, list) and names and self.repository is not None:
            wanted = [name for name in names if self.model.facts_of(name).digest is None
                      or not self._counts()]  # fmt: skip
            if wanted:
                self.reader.read_rows(self.repository, wanted, shown=False)

    def _counts(self) -> bool:
        return self.host is not None and self.host.counts_reading

    def _row_read(self, repository: Reference, name: str, facts: RowFacts) -> None:
        if repository == self.repository:
            self.model.note(name, facts)
            self._count()

    def _rows_read(self) -> None:
        if self.model.is_sorted_by_what_is_read and not self.model.unread():
            self.model.sort_again()

    def _looked(self, reference: Reference, look: Look) -> None:
        name = reference.tag
        if self.repository is None or reference.repository != self.repository.repository:
            return
        self.looks[name] = look
        self.model.note(name, RowFacts.of_look(look))
        if self.chosen() == [name]:
            self.details.show_look(reference, look, self.reader.parts)
            self.shell.actions.refresh()

    def _part_read(self, look: Look, part: Part) -> None:
        self.details.show_parts(look, self.reader.parts)
        current = self.details.platforms.currentItem()
        chosen = current.data(0, Qt.ItemDataRole.UserRole) if current is not None else None
        if str(part.descriptor.digest) == chosen:
            self.details.show_part(part)

    def _platform_wanted(self, image: Descriptor) -> None:
        names = self.chosen()
        reference = self.reference_of(names[0]) if len(names) == 1 else None
        look = self.looks.get(names[0]) if reference is not None else None
        if reference is not None and look is not None:
            if look.part is not None and look.part.descriptor.digest == image.digest:
                self.details.show_part(look.part)
            else:
                self.reader.read_platform(reference, look, image)

    def _referrers_read(self, digest: Digest, found: object) -> None:
        name = self.details.name_shown
        if name is None or name.digest != digest:
            return
        if isinstance(found, ExplorerError):
            self.details.show_referrers(None, f"What refers to it is not known: {found.why}")
        elif isinstance(found, tuple):
            self.details.show_referrers(found)

    def _failed(self, title: str, error: ExplorerError) -> None:
        if self._is_listing:
            self._is_listing = False
            self._explain("Its tags could not be listed", "The message above says why.")
        if needs_login(error):
            self._ask_login(f"{error.what[:1].upper()}{error.what[1:]}", error)
            return
        again = ("Try again", self.look_again)
        self.banners.show_error(title, error, action=again)

    def _local_listed(self, images: Mapping[str, StoredImage]) -> None:
        if not self.is_local:
            return
        names = repository_names(images)
        if names:
            self.repositories.show_names(names, "Search")
        self._show_local("")

    def _show_local(self, repository: str) -> None:
        images = {
            name: image
            for name, image in self.local.images.items()
            if not repository
            or (image.reference is not None and image.reference.familiar_name == repository)
        }
        facts = {name: RowFacts.of_stored(image) for name, image in images.items()}
        self.model.show(list(images), facts, head="Image")
        if images:
            self._pages.setCurrentWidget(self._listed)
        else:
            self._explain(
                "The local store is empty",
                "Pull an image from a registry, or build or load one; it appears here.",
            )
        self._count()
        self.shell.actions.refresh()

    # -- in words -----------------------------------------------------------------------------

    def _explain(self, title: str, hint: str = "") -> None:
        self._empty.explain(title, hint)
        self._pages.setCurrentWidget(self._empty)
        self._right.setCurrentWidget(self._nothing)

    def _show_name(self) -> None:
        if self.repository is not None:
            self._title.show_name(self.repository)
        place = self.place
        self._place.setText("" if place is None else title_of(place))
        self._place.setVisible(self.repository is None)
        self._title.setVisible(self.repository is not None)

    def _count(self) -> None:
        model = self.model
        noun = "image" if self.is_local else "tag"
        shown, every = model.rowCount(), model.count_all
        words = text.plural(every, noun)
        if shown != every:
            words = f"{text.count(shown)} of {words}"
        if self._is_listing:
            words += ", more to come"
        if not self.is_local and every:
            read = model.count_known
            words += f" · {text.count(read)} read" if read < every else ""
            if self._counts():
                words += " · Docker Hub counts reading: the rest is read for the tag you choose"
        chosen = len(self.chosen())
        words += f" · {chosen} chosen" if chosen > 1 else ""
        self._counted.setText(words)

    # -- composition --------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.banners = BannerStack(self)
        self.hosts = HostList(self.session, self)
        self.repositories = RepositoryList(self)
        self.model = TagModel(self)
        self.table = TagTable(self.model, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter tags")
        self.filter.setClearButtonEnabled(True)
        self.details = Details(self)
        self.comparison = ComparisonView(self)
        self.transfers = Transfers(self)
        self._title, self._place = NameLine(self), heading("", self, scale=1.05)
        self._counted = ElidedLabel("", self)
        self._empty = EmptyState("registry", "", "", self)
        self._nothing = EmptyState("tag", "Nothing chosen", "Choose one to see what it is.", self)
        self._several = EmptyState(
            "compare", "Several chosen", "Two of them can be compared.", self,
            action=("Compare", lambda: self.shell.actions.trigger("registries.compare")),
        )  # fmt: skip
        self._pages, self._right = QStackedWidget(self), QStackedWidget(self)

    def _connect(self) -> None:
        self.hosts.entered_host.connect(self.enter_place)
        self.repositories.chosen.connect(self.enter_repository)
        self.repositories.typed.connect(self.enter_typed)
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self._to_table)
        self.table.seen.connect(self._rows_wanted)
        self.table.chosen.connect(self._follow_choice)
        self.table.entered_name.connect(lambda _name: self.shell.actions.trigger("registries.open"))
        self.details.platform_wanted.connect(self._platform_wanted)
        self.comparison.closed.connect(self._follow_choice)
        self.comparison.open_wanted.connect(self.actions_.open_reference)
        reader = self.reader
        reader.repositories.connect(self._repositories_read)
        reader.unlisted.connect(self._repositories_untold)
        reader.tags.connect(self._tags_read)
        reader.row.connect(self._row_read)
        reader.rows_read.connect(self._rows_read)
        reader.looked.connect(self._looked)
        reader.part.connect(self._part_read)
        reader.referrers.connect(self._referrers_read)
        reader.failed.connect(self._failed)
        self.local.listed.connect(self._local_listed)
        self.local.failed.connect(self.banners.show_error)
        self.session.state_changed.connect(self._state_changed)
        self.hosts.menu_wanted.connect(self._host_menu)
        self.table.menu_wanted.connect(self._tag_menu)
        self.hosts.selectionModel().currentChanged.connect(lambda *_: self.shell.actions.refresh())

    def _filter(self, words: str) -> None:
        self.model.filter(words)
        self._count()

    def _to_table(self) -> None:
        self.table.setFocus()
        if not self.chosen() and self.model.rowCount():
            self.table.selectRow(0)

    def _host_menu(self, at: QPoint) -> None:
        menus.context_menu(self, self.shell.actions, HOST_MENU).popup(at)

    def _tag_menu(self, at: QPoint) -> None:
        menus.context_menu(self, self.shell.actions, TAG_MENU).popup(at)

    def show_comparison(self) -> None:
        """Bring the comparison into view."""
        self._right.setCurrentWidget(self.comparison)

    def _lay_out(self) -> None:
        self._listed = self.table
        for page in (self._empty, self._listed):
            self._pages.addWidget(page)
        for side in (self._nothing, self.details, self._several, self.comparison):
            self._right.addWidget(side)
        panes = Panes(
            self._places_pane(), self._tags_pane(), self._right, self.shell.settings, self
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(panes, 1)
        column.addWidget(self.transfers)

    def _places_pane(self) -> QWidget:
        pane = QWidget(self)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(1))
        head.addWidget(heading("Registries", pane, scale=1.05), 1)
        for id, icon in (("login", "key"), ("add", "plus")):
            head.addWidget(self._button(f"registries.{id}", icon))
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
        head.addWidget(self._title, 1)
        head.addWidget(self._place, 1)
        for id in ("open", "pull"):
            head.addWidget(self._button(f"registries.{id}", "", words=True))
        for id, icon in (("push", "up"), ("compare", "compare"), ("refresh", "refresh")):
            head.addWidget(self._button(f"registries.{id}", icon))
        more = IconButton("more", "More", self)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.clicked.connect(lambda: self._tag_menu(more.mapToGlobal(more.rect().bottomLeft())))
        head.addWidget(more)
        column.addLayout(head)
        line = QHBoxLayout()
        line.setContentsMargins(theme.space(3), 0, theme.space(2), theme.space(2))
        line.setSpacing(theme.space(3))
        self.filter.setMaximumWidth(theme.space(60))
        line.addWidget(self.filter, 1)
        line.addWidget(self._counted, 2)
        column.addLayout(line)
        column.addWidget(self._pages, 1)
        return pane

    def _button(self, id: str, icon: str, *, words: bool = False) -> QToolButton:
        action = self.shell.actions.action(id)
        if words:
            action.setIconText("Open" if id.endswith("open") else "Pull")
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(not words)
        button.setAccessibleName(self.shell.actions.spec(id).title)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly
        )
        return button
