"""Saves the image of a page, or hands it to an engine; the page tells what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from explorer.ui import dialogs, text
from explorer.ui.saving.choice import SaveChoice, Subject
from explorer.ui.saving.dialog import SaveDialog
from explorer.ui.saving.work import TITLES, EngineName, give, write
from explorer.ui.tasks import Operation, Running, spawn

if TYPE_CHECKING:
    from explorer.ui.page import Page
    from explorer.ui.settings import Settings

_SAID_MS: Final = 8000


class Saver(QObject):
    """Everything that takes an image of one page elsewhere on this computer."""

    def __init__(self, page: Page, settings: Settings) -> None:
        super().__init__(page)
        self._page, self._settings = page, settings
        self.dialog: SaveDialog | None = None
        """The dialog, while it is open."""

    def ask(self, subject: Subject) -> None:
        """Ask how and where to save, and do so."""
        if self.dialog is None:
            spawn(self._page, f"Saving {subject.title}", self._ask(subject))

    async def _ask(self, subject: Subject) -> None:
        self.dialog = dialog = SaveDialog(subject, self._settings, self._page)
        try:
            if await dialogs.finished(dialog):
                self.write(subject, dialog.choice())
        finally:
            self.dialog = None

    def write(self, subject: Subject, choice: SaveChoice) -> Running:
        """Save as chosen; the list of running work shows how far it is, and cancels."""
        name = Path(choice.path).name
        return (
            Operation(self._page, f"Saving {name}")
            .work(lambda job: write(subject, choice, job))
            .success(lambda saved: self._say(f"{choice.path} is saved: {text.size(saved.bytes)}"))
            .failure(self._page.banners)
            .start()
        )

    def load_into(self, engine: EngineName, subject: Subject) -> Running:
        """Hand an image to an engine, as ``docker load`` would."""
        title = TITLES[engine]
        return (
            Operation(self._page, f"Loading {subject.title} into {title}")
            .work(lambda job: give(engine, subject, job))
            .success(lambda name: self._say(f"{title} has it now as {name}"))
            .failure(self._page.banners)
            .start()
        )

    def _say(self, words: str) -> None:
        window = self._page.window()
        if isinstance(window, QMainWindow):
            window.statusBar().showMessage(words, _SAID_MS)


def engine_titles() -> tuple[tuple[EngineName, str], ...]:
    """The engines that take images, by name and title."""
    return tuple(TITLES.items())
