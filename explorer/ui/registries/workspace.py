"""The registries as a workspace of the window."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.progress import Job
from explorer.ui.banner import BannerStack
from explorer.ui.imports import Imports
from explorer.ui.page import Page
from explorer.ui.registries.commands import SPECS
from explorer.ui.shell import Shell, Workspace
from explorer.ui.tasks import Operation, loop_runs

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser

_NEEDS: Final = ("explorer.ui.registries.browser", "humanize")


def registries() -> Workspace:
    """Return the workspace that browses registries and the local store."""
    return Workspace(
        id="registries",
        title="Registries",
        icon="registry",
        help="Browse registries; look inside, pull, push",
        open=_open,
        home=Home,
        accepts=lambda _location: False,
        specs=SPECS,
        needs=_NEEDS,
    )


class Home(QWidget):
    """The browser, made once its modules are imported, which takes longer than the window may."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self.banners = BannerStack(self)
        self.browser: Browser | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.banners)
        self.setAccessibleName("Registries")
        if loop_runs():
            (Operation(self, "Making the browser of registries").work(self._make).quiet().start())

    async def _make(self, _job: Job) -> None:
        await Imports(_NEEDS, self).wait()
        from explorer.ui.registries.browser import Browser

        browser = Browser(self._shell, self)
        await asyncio.sleep(0)  # the window has its turn between the two halves
        browser.build()
        self._layout.addWidget(browser, 1)
        self.browser = browser
        self.setFocusProxy(browser)
        if self.isVisible():
            browser.setFocus()


def _open(shell: Shell, location: str) -> Page:
    raise AssertionError(f"no location is for this workspace: {location}")
