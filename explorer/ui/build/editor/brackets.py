"""The bracket beside the caret and the one that belongs to it; other places of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCharFormat

from explorer.dockerfile.services import pairs
from explorer.ui import theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.decorations import Decoration, Decorations
from explorer.ui.build.editor.language import Language

_DELAY_MS = 60


class Brackets(QObject):
    """Marks both brackets of a pair once the caret rests."""

    def __init__(self, view: CodeView, language: Language, decorations: Decorations) -> None:
        super().__init__(view)
        self._view, self._language, self._decorations = view, language, decorations
        self._found: tuple[tuple[int, int], ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self.renew)
        decorations.add(self._decorate)
        view.cursorPositionChanged.connect(self._wait)

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Start and end of both brackets in Qt positions; empty where the caret is at none."""
        return self._found

    def renew(self) -> None:
        """Look for the pair now."""
        offset = self._view.offset(self._view.textCursor().position())
        excerpt = self._language.excerpt(offset)
        pair = pairs.matching(excerpt.document, offset - excerpt.start)
        found = tuple(
            (self._view.position(span.start + excerpt.start),
             self._view.position(span.end + excerpt.start))
            for span in pair or ()
        )  # fmt: skip
        if found != self._found:
            self._found = found
            self._decorations.refresh()

    def _wait(self) -> None:
        if self._found:
            self._found = ()
            self._decorations.refresh()
        self._timer.start()

    def _decorate(self, _start: int, _end: int) -> Iterator[Decoration]:
        look = QTextCharFormat()
        look.setBackground(theme.colors().selection)
        look.setForeground(theme.colors().text)
        for start, end in self._found:
            yield Decoration(start, end, look)
