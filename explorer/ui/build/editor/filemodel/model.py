"""One open file: loaded, changed, saved, changed by others. All reading and writing on threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.errors import NotFound
from explorer.progress import Job
from explorer.ui.build.editor.filemodel.textfile import TextFile, read, stamp_of, write
from explorer.ui.build.editor.filemodel.unsaved import Draft, Unsaved
from explorer.ui.build.editor.filemodel.watching import Watcher
from explorer.ui.build.editor.newest import Newest
from explorer.ui.tasks import Operation

_BEHIND_MS: Final = 400
"""How long a change may wait until it is kept aside."""


class Outside(Enum):
    """What others did to the file."""

    CHANGED = "changed"
    REMOVED = "removed"
    APPEARED = "appeared"
    """A file that was not there when writing began."""
    SAME = "same"
    """It was written anew, with the same bytes."""


Seen = tuple[Outside, TextFile | None] | None
"""What was found out about the file; nothing where it is as it was."""


@dataclass(frozen=True, slots=True)
class _Save:
    path: Path
    text: str
    anyway: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """Work to keep aside; without a text, what was kept is forgotten."""

    path: Path
    text: str | None
    caret: int = 0


class FileModel(QObject):
    """Knows the file; whoever owns it knows the text, and tells of its changes."""

    loaded = Signal(object, object)
    """The file was read: a :class:`TextFile`, and a :class:`Draft` or ``None``."""
    failed = Signal(str, object)
    """What was tried, and the error."""
    saved = Signal(object)  # a str of Qt's would lose what is no UTF-8
    """This text is on disk now."""
    outside = Signal(object, object)
    """Others did this: an :class:`Outside`, and the new :class:`TextFile` or ``None``."""
    renamed = Signal(object)
    """The path is another one."""

    def __init__(self, parent: QObject, unsaved: Unsaved | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.file = TextFile()
        self._unsaved = unsaved or Unsaved()
        self._watcher = Watcher(self)
        self._watcher.stirred.connect(self.look)
        self._keeper = Newest(
            self, "Keeping unsaved work", self._keep, lambda *_: None, delay=_BEHIND_MS
        )
        self._saver = Newest(self, "Saving", self._write, self._written, failed=self._not_written)
        self._looker = Newest(
            self, "Looking at the file", self._look, self._seen, failed=lambda *_: None
        )

    # -- opening ------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a file; :attr:`loaded` or :attr:`failed` follows."""
        self.path = path
        title = f"Opening {path.name}"
        unsaved = self._unsaved

        def work(_job: Job) -> tuple[TextFile, Draft | None]:
            draft = unsaved.find(path)
            try:
                return read(path), draft
            except NotFound:
                if draft is None:
                    raise
                return TextFile(), draft  # it was never saved, and is not lost

        def loaded(result: tuple[TextFile, Draft | None]) -> None:
            self.file, draft = result
            if draft is not None and draft.data == self.file.encoded(self.file.text):
                draft = None
            self.loaded.emit(self.file, draft)
            self._watcher.watch(path)

        Operation(self, title).work(work).success(loaded).failure(
            lambda error: self.failed.emit(title, error)
        ).start()

    def begin(self, path: Path) -> None:
        """Begin a file that is not there yet."""
        self.path, self.file = path, TextFile()
        self._watcher.watch(path)

    # -- saving -------------------------------------------------------------------------------

    def save(self, text: str, *, anyway: bool = False) -> None:
        """Write the text; :attr:`saved`, :attr:`outside` or :attr:`failed` follows.

        A file that others changed since is only overwritten ``anyway``.
        """
        if self.path is not None:
            self._saver.ask(_Save(self.path, text, anyway))

    def save_as(self, path: Path, text: str) -> None:
        """Write the text to another file, and go on with that one."""
        self._saver.ask(_Save(path, text, anyway=True))

    def _write(self, save: _Save, _job: Job) -> TextFile | None:
        # Not before now: an earlier run may have made it another one.
        known = self.file
        if not save.anyway and stamp_of(save.path) != known.stamp and _differs(save.path, known):
            return None
        data = known.encoded(save.text)
        return TextFile.of(data, write(save.path, data))

    def _written(self, save: _Save, written: TextFile | None) -> None:
        if written is None:
            self.look()
            return
        self.file = written
        if self.path != save.path:
            self.forget()
            self.path = save.path
            self.renamed.emit(save.path)
        self._watcher.watch(save.path)
        self.saved.emit(save.text)

    def _not_written(self, save: _Save, error: BaseException) -> None:
        self.failed.emit(f"Saving {save.path.name}", error)

    # -- unsaved work -------------------------------------------------------------------------

    def keep(self, text: str, caret: int) -> None:
        """Keep unsaved work aside, soon."""
        if self.path is not None:
            self._keeper.ask(_Kept(self.path, text, caret))

    def forget(self) -> None:
        """There is no unsaved work any more."""
        if self.path is not None:
            self._keeper.ask(_Kept(self.path, None))

    def keep_now(self, text: str, caret: int) -> None:
        """Keep unsaved work aside before this returns: the window closes. Raises ``OSError``."""
        if self.path is not None:
            self._keeper.forget()
            self._keep(_Kept(self.path, text, caret), Job())

    def _keep(self, kept: _Kept, _job: Job) -> None:
        if kept.text is None:
            self._unsaved.drop(kept.path)
            return
        file = self.file
        data = file.encoded(kept.text)
        self._unsaved.keep(Draft(kept.path, data, datetime.now(UTC), file.digest, kept.caret))

    # -- others -------------------------------------------------------------------------------

    def look(self) -> None:
        """Find out whether others did something to the file."""
        if self.path is not None:
            self._looker.ask((self.path, self.file))

    def accept(self, file: TextFile) -> None:
        """Take what is on disk for the file that one's own text began with."""
        self.file = file

    def _look(
        self, asked: tuple[Path, TextFile], _job: Job
    ) -> tuple[Outside, TextFile | None] | None:
        path, known = asked
        there = stamp_of(path)
        if there == known.stamp:
            return None
        if there is None:
            return Outside.REMOVED, None
        new = read(path)
        if new.digest == known.digest:
            return Outside.SAME, new
        return (Outside.CHANGED if known.stamp else Outside.APPEARED), new

    def _seen(self, asked: tuple[Path, TextFile], found: Seen) -> None:
        if found is not None and not self._saver.is_busy and asked == (self.path, self.file):
            self.outside.emit(*found)


def _differs(path: Path, known: TextFile) -> bool:
    """Whether the bytes on disk are others than those known."""
    try:
        return read(path).digest != known.digest
    except NotFound:
        return False
