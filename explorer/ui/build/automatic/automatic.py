"""The automatic mode on a page: its line below the preview, its actions, its question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.ui import dialogs
from explorer.ui.build.automatic.bar import AutomaticBar, TrustQuestion
from explorer.ui.build.automatic.commands import AUTOMATIC
from explorer.ui.build.automatic.folders import TrustedFoldersDialog
from explorer.ui.build.automatic.runs import AutomaticRuns
from explorer.ui.build.automatic.trust import TrustedFolders
from explorer.ui.tasks import spawn

if TYPE_CHECKING:
    from explorer.ui.build.page import BuildPage


class Automatic(QObject):
    """Ties the runs to what is seen of them."""

    def __init__(self, page: BuildPage) -> None:
        super().__init__(page)
        self._page = page
        actions = page.shell.actions
        actions.declare(*AUTOMATIC)
        self.runs = AutomaticRuns(page, TrustedFolders(page.shell.settings))
        self.bar = AutomaticBar(
            actions.action("build.automatic"), actions.action("build.trusted-folders"), page
        )
        self.question = TrustQuestion(page)
        for widget in (self.bar, self.question):
            widget.setProperty("help_topic", "automatic")
        page.body.insertWidget(page.body.indexOf(page.bench), self.question)
        page.bench.preview.add_footer(self.bar)
        actions.bind("build.automatic", page, self.toggle, checked=lambda: self.runs.is_on)
        actions.bind("build.trusted-folders", page, self._list_folders)
        self._connect()
        self._show()

    def toggle(self) -> None:
        """Switch it on or off; the first time in a folder, ask."""
        runs = self.runs
        if runs.is_trusted:
            runs.switch(on=not runs.is_on)
            self._tell_all()
        elif not self.question.isHidden():
            self.decline()
        else:
            self.question.ask(self._page.path.parent)
        self._show()

    def trust(self) -> None:
        """Trust the folder, and begin."""
        self.question.hide()
        self.runs.trust()
        self._page.editor.setFocus()
        self._tell_all()

    def decline(self) -> None:
        """Leave all as it is."""
        self.question.hide()
        self._page.editor.setFocus()
        self._show()

    def revoke(self, folder: Path | None = None) -> None:
        """Trust a folder no more; this one without a name."""
        self.runs.trusted.revoke(folder or self._page.path.parent)
        self._tell_all()

    def show_output(self) -> None:
        """Show the steps of the last run among the builds."""
        if self.runs.build is not None:
            page = self._page
            page.console.show_build(self.runs.build)
            page.bench.show_tab(page.console.view)

    async def aclose(self) -> None:
        """Stop, and wait until nothing of it is left."""
        self.runs.close()
        await self.runs.ended()

    def _list_folders(self) -> None:
        spawn(self._page, "Trusted folders", self._ask_folders())

    async def _ask_folders(self) -> None:
        dialog = TrustedFoldersDialog(self.runs.trusted, self._page)
        dialog.revoked.connect(self.revoke)
        await dialogs.finished(dialog)

    def _tell_all(self) -> None:
        """Other Dockerfiles of the folder may be open, too."""
        for runs in self._page.window().findChildren(AutomaticRuns):
            runs.follow()
        self._show()

    def _show(self) -> None:
        runs = self.runs
        self.bar.show_status(runs.status, trusted=runs.is_trusted, has_run=runs.build is not None)
        self._page.shell.actions.refresh()

    def _connect(self) -> None:
        bar, page = self.bar, self._page
        self.runs.changed.connect(self._show)
        self.question.trusted.connect(self.trust)
        self.question.declined.connect(self.decline)
        bar.output_wanted.connect(self.show_output)
        bar.line_wanted.connect(lambda line: page.show_line(line, enter=True))
        bar.revoked.connect(self.revoke)
