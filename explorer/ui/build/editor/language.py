"""The document of the editor's text: parsed and coloured on a thread, shortly after each change.

What a keystroke needs at once (what Enter inserts, which bracket to close) is asked of an
:class:`Excerpt`: a small text is parsed on the spot, of a large one the lines around.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.folding import Fold, folds
from explorer.progress import Job
from explorer.ui.build.editor.lexing import Colours, Lexer
from explorer.ui.build.editor.mirror import Change, Mirror
from explorer.ui.build.editor.newest import Newest, log_failure

_SMALL: Final = 16 << 10
"""Characters that are parsed within a keystroke: about two milliseconds."""
_DELAY_MS: Final = 12
_TITLE: Final = "Reading the Dockerfile"
_LINES_AROUND: Final = 40
_MOST_FOLDED: Final = 20_000
"""Lines of a file that can be folded: nobody reads a larger one by folding."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A document of the text around a place, or of all of it; ``start`` is where it begins."""

    document: Document
    start: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a thread makes of a text."""

    document: Document
    colours: Colours
    folds: tuple[Fold, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    version: int


class Language(QObject):
    """Follows a :class:`Mirror`."""

    parsed = Signal()
    """There is a new :attr:`reading`: of the text as it is, or was a moment ago."""

    def __init__(self, mirror: Mirror, parent: QObject) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self.reading = Reading(Document.parse(""), [], ())
        self.since: list[Change] = []
        self.version = 0
        self._exact = self.reading.document
        self._lexer = Lexer()
        self._newest = Newest(
            self, _TITLE, self._read, self._take, delay=_DELAY_MS, failed=log_failure(_TITLE)
        )

    def begin(self) -> None:
        """Follow the text from now on: after all those who move what they know along with it."""
        self._mirror.changed.connect(self._changed)

    @property
    def document(self) -> Document:
        """The document parsed last."""
        return self.reading.document

    @property
    def is_current(self) -> bool:
        """Whether :attr:`document` is that of the text as it stands."""
        return self.version == self._mirror.version

    def exact(self) -> Document:
        """The document of the text as it stands, parsed now if need be: take care with size."""
        if self._exact.text is not self._mirror.text:
            self._exact = self.document if self.is_current else Document.parse(self._mirror.text)
        return self._exact

    def excerpt(self, offset: int) -> Excerpt:
        """What stands around an offset, in time for a keystroke."""
        text = self._mirror.text
        if len(text) <= _SMALL or self.is_current:
            return Excerpt(self.exact(), 0)
        start, end = offset, offset
        for _ in range(_LINES_AROUND):
            start = max(0, text.rfind("\n", max(0, start - _SMALL), max(0, start - 1)) + 1)
            end = text.find("\n", end + 1, end + _SMALL)
            if end < 0:
                end = min(len(text), offset + _SMALL)
                break
        # Which character continues a line is said at the beginning of the file only.
        head = f"# escape={self.document.escape}\n"
        return Excerpt(Document.parse(head + text[start:end]), start - len(head))

    def _changed(self, change: Change) -> None:
        self.since.append(change)
        self._newest.ask(_Asked(self._mirror.text, self._mirror.version))

    def _read(self, asked: _Asked, job: Job) -> Reading:
        document = Document.parse(asked.text)
        job.check()
        found = folds(document) if len(document.lines.starts) <= _MOST_FOLDED else ()
        return Reading(document, self._lexer.lines(document, job), found)

    def _take(self, asked: _Asked, reading: Reading) -> None:
        self.reading = reading
        self.version = asked.version
        newer = self._mirror.version - asked.version
        self.since = self.since[len(self.since) - newer :] if newer else []
        self.parsed.emit()
