"""What the user can do with the version in view: save it, open it elsewhere, copy what names it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from explorer.ui import dialogs, icons
from explorer.ui.inspect import outside
from explorer.ui.inspect.subject import Subject
from explorer.ui.settings import Settings
from explorer.ui.tasks import Operation, spawn


class Handling(QObject):
    """Does it for the subject that was set last; failures go to the banners around ``owner``."""

    done = Signal(str)
    """Something is done, in a few words."""

    def __init__(self, owner: QWidget, settings: Settings) -> None:
        super().__init__(owner)
        self._owner, self._settings = owner, settings
        self._aside: tempfile.TemporaryDirectory[str] | None = None
        self.subject: Subject | None = None

    def fill(self, menu: QMenu) -> None:
        """Fill a menu with what can be done."""
        menu.clear()
        subject = self.subject
        if subject is None:
            return
        is_file = subject.is_file
        for icon, words, does, possible in (
            ("save", "Save as…", self.save, is_file),
            ("open-external", "Open with the system's program", self.open_outside, is_file),
            ("", "", None, True),
            ("copy", "Copy path", self.copy_path, True),
            ("copy", "Copy digest of the content", self.copy_digest, is_file),
            ("terminal", "Copy equivalent command", self.copy_command, True),
        ):
            if does is None:
                menu.addSeparator()
                continue
            action = menu.addAction(icons.icon(icon), words)
            action.setEnabled(possible)
            action.triggered.connect(does)

    def save(self) -> None:
        """Ask where, and write the content there."""
        subject = self.subject
        if subject is not None and subject.is_file:
            spawn(self._owner, f"Saving {subject.name}", self._save(subject))

    async def _save(self, subject: Subject) -> None:
        chosen = await dialogs.ask_save(self._owner, self._settings, "Save as", subject.name)
        if chosen:
            self.save_to(subject, Path(chosen))

    def save_to(self, subject: Subject, destination: Path) -> None:
        """Write the content of a version to a file."""
        Operation(self._owner, f"Saving {subject.name}").work(
            lambda job: outside.save(subject.content(), destination, job)
        ).success(lambda _size: self.done.emit(f"Saved as {destination.name}")).start()

    def open_outside(self) -> None:
        """Copy the content aside and let the system's program for it show it; nothing is run."""
        subject = self.subject
        if subject is None or not subject.is_file:
            return
        folder = self._folder()
        Operation(self._owner, f"Opening {subject.name}").work(
            lambda job: outside.copy_for_opening(subject.content(), subject.name, folder, job)
        ).success(self._hand_over).start()

    def copy_path(self) -> None:
        """Copy the path inside the image."""
        if self.subject is not None:
            self._copy(self.subject.shown_path, "Path copied")

    def copy_command(self) -> None:
        """Copy the command line that gives the same."""
        if self.subject is not None:
            self._copy(self.subject.command(), "Command copied")

    def copy_digest(self) -> None:
        """Hash the content and copy its digest."""
        subject = self.subject
        if subject is None or not subject.is_file:
            return
        Operation(self._owner, f"Hashing {subject.name}").work(
            lambda job: outside.sha256(subject.content(), job)
        ).success(lambda digest: self._copy(digest, "Digest copied")).replacing("digest").start()

    def _copy(self, words: str, said: str) -> None:
        QGuiApplication.clipboard().setText(words)
        self.done.emit(said)

    def _folder(self) -> Path:
        # Deleted when the application ends; until then another program may have the file open.
        if self._aside is None:
            self._aside = tempfile.TemporaryDirectory(
                prefix="layerscope-", ignore_cleanup_errors=True
            )
        return Path(self._aside.name)

    def _hand_over(self, place: Path) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
            self.done.emit(f"Opened a copy of {place.name}")
        else:
            self.done.emit(f"No program of the system opens {place.name}")
