"""What the browser does with what is read: lists, rows, details, and failures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from explorer.errors import ExplorerError
from explorer.oci import Descriptor, Digest, Reference
from explorer.transfer.browsing import Look, Part
from explorer.ui import text
from explorer.ui.banner import Action, Kind
from explorer.ui.registries.facts import RowFacts
from explorer.ui.registries.hostlist import title_of
from explorer.ui.registries.reader import needs_login
from explorer.ui.registries.session import Standing
from explorer.ui.registries.tagmodel import HEADS, TAG

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser


class Listener(QObject):
    """Hears the reader and the session of a browser, and shows what they say."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser)
        self._browser = browser
        reader = browser.reader
        reader.repositories.connect(self._repositories)
        reader.unlisted.connect(self._unlisted)
        reader.tags.connect(self._tags)
        reader.row.connect(self._row)
        reader.rows_read.connect(self._rows_read)
        reader.looked.connect(self._looked)
        reader.part.connect(self._part)
        reader.referrers.connect(self._referrers)
        reader.failed.connect(self._failed)
        browser.session.state_changed.connect(self._state_changed)
        browser.table.seen.connect(self._rows_wanted)
        browser.details.platform_wanted.connect(self._platform_wanted)

    # -- hosts --------------------------------------------------------------------------------

    def _repositories(self, host: str, names: Sequence[str], complete: bool) -> None:
        browser = self._browser
        if host != browser.place:
            return
        if names or not complete:
            browser.repositories.show_names(names, "Search, or type a repository")
        else:
            browser.repositories.explain(
                "It has no repositories", "Push an image here: type a name, or use Push."
            )

    def _unlisted(self, host: str, error: ExplorerError) -> None:
        if host != self._browser.place:
            return
        self._show_typed(error.why)
        if needs_login(error):
            self._ask_login(f"{title_of(host)} lists its repositories to those it knows", error)

    def _show_typed(self, why: str) -> None:
        """List what the user has typed: the registry tells nothing."""
        host, repositories = self._browser.host, self._browser.repositories
        if host is None:
            return
        if host.repositories:
            repositories.show_names(host.repositories, "Type a repository")
        else:
            words = f"{text.capitalised(why)}. " if why else ""
            repositories.explain(
                "Not listed here", f"{words}Type the repository you want, and press Enter."
            )

    def _state_changed(self, host: str) -> None:
        browser = self._browser
        browser.shell.actions.refresh()
        if host != browser.place:
            return
        state = browser.session.state(host)
        if state.standing is Standing.AWAY:
            self._is_away(host, state.why)
        elif state.standing is Standing.LOCKED:
            self._show_typed("it tells nothing to those it does not know")
            self._ask_login(f"{title_of(host)} wants to know who asks", None)
        elif state.standing is Standing.READY and self._hides_repositories():
            self._show_typed("Docker Hub does not list its repositories")

    def _hides_repositories(self) -> bool:
        host = self._browser.host
        return host is not None and not host.lists_repositories

    def _is_away(self, host: str, why: str) -> None:
        browser = self._browser
        browser.repositories.explain("It cannot be reached", f"{text.capitalised(why)}.")
        browser.explain("Nothing to show", "The message above says why.")
        browser.banners.show_message(
            Kind.ERROR,
            f"{title_of(host)} cannot be reached",
            why,
            "Check the name, the port and the connection. Settings allow plain HTTP or another "
            "authority.",
            action=("Try again", lambda: browser.enter_place(host)),
        )

    def _ask_login(self, what: str, error: ExplorerError | None) -> None:
        browser = self._browser
        browser.banners.show_message(
            Kind.WARN,
            what,
            error.why if error is not None else "",
            "Where the secret is kept, the dialog says.",
            action=("Log in…", lambda: browser.shell.actions.trigger("registries.login")),
        )

    def _failed(self, title: str, error: ExplorerError) -> None:
        browser = self._browser
        if browser.is_listing:
            browser.is_listing = False
            browser.explain("Its tags could not be listed", "The message above says why.")
        self.show_error(title, error, ("Try again", browser.look_again))

    def show_error(self, title: str, error: BaseException, again: Action | None) -> None:
        """Show a failure; where the registry only wants to know who asks, offer to log in."""
        if isinstance(error, ExplorerError) and needs_login(error):
            self._ask_login(text.capitalised(error.what), error)
        else:
            self._browser.banners.show_error(title, error, action=again)

    # -- tags ---------------------------------------------------------------------------------

    def _tags(self, repository: Reference, names: Sequence[str], complete: bool) -> None:
        browser = self._browser
        if repository != browser.repository:
            return
        browser.is_listing = not complete
        browser.model.show(names, head=HEADS[TAG])
        if names:
            if not browser.chosen():
                browser.right.setCurrentWidget(browser.nothing)
            browser.pages.setCurrentWidget(browser.table)
            if complete:
                browser.choose_wanted()
        elif complete:
            browser.explain("No tags", "It has none, or only content that is found by digest.")
        browser.count()
        browser.shell.actions.refresh()

    def _rows_wanted(self, names: Sequence[str]) -> None:
        browser = self._browser
        if browser.repository is None:
            return
        if browser.counts_reading():
            names = [name for name in names if browser.model.facts_of(name).digest is None]
        if names:
            browser.reader.read_rows(browser.repository, names, shown=False)

    def _row(self, repository: Reference, name: str, facts: RowFacts) -> None:
        if repository == self._browser.repository:
            self._browser.model.note(name, facts)
            self._browser.count()

    def _rows_read(self) -> None:
        model = self._browser.model
        if model.is_sorted_by_what_is_read and model.count_known == model.count_all:
            model.sort_again()
        self._browser.shell.actions.refresh()

    # -- details ------------------------------------------------------------------------------

    def _looked(self, reference: Reference, look: Look) -> None:
        browser, name = self._browser, reference.tag
        here = browser.repository
        if here is None or reference.repository != here.repository:
            return
        browser.looks[name] = look
        browser.model.note(name, RowFacts.of_look(look))
        if browser.chosen() == [name]:
            browser.details.show_look(reference, look, browser.reader.parts)
            browser.shell.actions.refresh()

    def _part(self, look: Look, part: Part) -> None:
        details = self._browser.details
        details.show_parts(look, self._browser.reader.parts)
        current = details.platforms.currentItem()
        chosen = current.data(0, Qt.ItemDataRole.UserRole) if current is not None else None
        if str(part.descriptor.digest) == chosen:
            details.show_part(part)

    def _platform_wanted(self, image: Descriptor) -> None:
        browser = self._browser
        names = browser.chosen()
        reference = browser.reference_of(names[0]) if len(names) == 1 else None
        look = browser.looks.get(names[0]) if reference is not None else None
        if browser.is_local:
            browser.show_stored_platform(names, image)
        if reference is None or look is None:
            return
        if look.part is not None and look.part.descriptor.digest == image.digest:
            browser.details.show_part(look.part)
        else:
            browser.reader.read_platform(reference, look, image)

    def _referrers(self, digest: Digest, found: object) -> None:
        details = self._browser.details
        name = details.name_shown
        if name is None or name.digest != digest:
            return
        if isinstance(found, ExplorerError):
            details.show_referrers(None, f"What refers to it is not known: {found.why}")
        elif isinstance(found, tuple):
            details.show_referrers(found)
