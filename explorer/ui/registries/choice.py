"""What the actions of the browser are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.oci import Reference
from explorer.store.images import StoredImage
from explorer.transfer.browsing import Look
from explorer.ui.registries.hostlist import LOCAL
from explorer.ui.registries.session import Standing

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser


class Choice:
    """The chosen rows and the place with the focus, as they are when somebody asks."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def one(self) -> str | None:
        """The one name that is chosen."""
        names = self._browser.chosen()
        return names[0] if len(names) == 1 else None

    def remote(self) -> Reference | None:
        """What is chosen in a registry."""
        name = self.one()
        return self._browser.reference_of(name) if name is not None else None

    def stored(self) -> StoredImage | None:
        """What is chosen in the local store."""
        name = self.one()
        return self._browser.stored(name) if name is not None else None

    def registry(self) -> str:
        """The registry with the focus in the list, else the one that is shown; empty for none."""
        if self._browser.hosts.hasFocus():
            return self._browser.hosts.current_host() or LOCAL
        return self._browser.place or LOCAL

    def at_registry(self) -> bool:
        """Whether a registry is meant."""
        return bool(self.registry())

    def is_somebody(self) -> bool:
        """Whether somebody is logged in to the registry that is meant, or may be."""
        state = self._browser.session.state(self.registry())
        return self.at_registry() and (
            state.login.is_somebody or state.standing is not Standing.READY
        )

    def look(self) -> Look | None:
        """What is known of the one that is chosen."""
        name = self.one()
        return self._browser.looks.get(name) if name is not None else None

    def has_platforms(self) -> bool:
        """Whether what is chosen is an index."""
        found = self.look()
        return found is not None and found.index is not None and self.remote() is not None

    def can_push(self) -> bool:
        """Whether there is something to push, or somewhere to."""
        return self._browser.host is not None or self.stored() is not None

    def can_compare(self) -> bool:
        """Whether two tags are chosen."""
        return not self._browser.is_local and len(self._browser.chosen()) == 2

    def has_unread(self) -> bool:
        """Whether something of the tags is still to be read."""
        browser = self._browser
        return (
            browser.repository is not None and browser.model.count_known < browser.model.count_all
        )

    def pinned(self) -> str | None:
        """Name and digest of what is chosen."""
        stored, remote, name = self.stored(), self.remote(), self.one()
        if stored is not None:
            if stored.reference is None:
                return str(stored.digest)
            return f"{stored.reference.repository}@{stored.digest}"
        digest = self._browser.model.facts_of(name).digest if name is not None else None
        if remote is None or digest is None:
            return None
        return f"{remote.repository}@{digest}"
