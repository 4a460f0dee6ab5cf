"""What a build left: opened in the explorer, saved, handed to an engine; and all it printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from explorer.build.runs import BuildHistory
from explorer.errors import ExplorerError
from explorer.ui.saving.choice import Subject, name_of
from explorer.ui.saving.saver import Saver
from explorer.ui.saving.work import EngineName

if TYPE_CHECKING:
    from explorer.ui.build.page import BuildPage


class Results:
    """The images of the store that one page's builds made, by their digests."""

    def __init__(self, page: BuildPage, history: BuildHistory) -> None:
        self._page, self._history = page, history
        self.saver = Saver(page, page.shell.settings)

    def open(self, digest: str) -> None:
        """Open an image in the explorer."""
        self._page.shell.open_paths([f"store:{digest}"])

    def save(self, digest: str) -> None:
        """Ask how and where to save an image, and do so."""
        self.saver.ask(self._subject(digest))

    def load(self, engine: EngineName, digest: str) -> None:
        """Hand an image to an engine."""
        self.saver.load_into(engine, self._subject(digest))

    def open_whole(self, name: str) -> None:
        """Open all that a step printed, in the program that the system has for text."""
        try:
            path = self._history.whole_output(name)
        except ExplorerError as error:
            self._page.banners.show_error("The whole output", error)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _subject(self, digest: str) -> Subject:
        """A result by the name that its folder gives it."""
        name = name_of(self._page.path.resolve().parent.name)
        return Subject(f"store:{digest}", name.familiar, (name,), file=name.path.rpartition("/")[2])
