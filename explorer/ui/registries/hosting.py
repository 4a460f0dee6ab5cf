"""Adding registries, logging in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui import dialogs
from explorer.ui.banner import Kind
from explorer.ui.registries.choice import Choice
from explorer.ui.registries.hostdialog import HostDialog
from explorer.ui.registries.hostlist import LOCAL, title_of
from explorer.ui.registries.logindialog import LoginDialog

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser


class Hosting:
    """What can be done with the registries of a browser."""

    def __init__(self, browser: Browser, choice: Choice) -> None:
        self._browser, self._choice = browser, choice
        self._session = browser.session

    async def add(self) -> None:
        """Ask for a registry, and put it into the list."""
        browser = self._browser
        dialog = HostDialog(self._session, browser.shell.settings, browser)
        if await dialogs.finished(dialog) and dialog.added is not None:
            browser.hosts.choose(dialog.added.name)
            browser.hosts.setFocus()

    async def change(self) -> None:
        """Ask how a registry may be spoken to."""
        browser = self._browser
        host = self._session.host(self._choice.registry())
        if host is not None:
            dialog = HostDialog(self._session, browser.shell.settings, browser, host=host)
            if await dialogs.finished(dialog) and browser.place == host.name:
                browser.enter_place(host.name)

    async def remove(self) -> None:
        """Take a registry from the list."""
        name = self._choice.registry()
        await self._session.remove(name)
        if self._browser.place == name:
            self._browser.enter_place(LOCAL)

    async def log_in(self) -> None:
        """Ask for a name and a secret."""
        browser, host = self._browser, self._choice.registry()
        dialog = LoginDialog(self._session, host, browser)
        if await dialogs.finished(dialog):
            if browser.place == host and browser.repository is not None:
                await self._session.contact(host)
                browser.banners.clear()
                browser.look_again()
            else:
                browser.enter_place(host)
            browser.banners.show_message(
                Kind.GOOD, f"Logged in to {title_of(host)}", f"the secret is in {dialog.kept_in}"
            )

    async def log_out(self) -> None:
        """Forget the secret for a registry."""
        browser, host = self._browser, self._choice.registry()
        places = await self._session.log_out(host)
        if browser.place == host:
            browser.leave_place()
        gone = ", ".join(places)
        browser.banners.show_message(
            Kind.GOOD,
            f"Logged out of {title_of(host)}",
            f"the secret is gone from {gone}" if gone else "no secret was kept for it",
        )
