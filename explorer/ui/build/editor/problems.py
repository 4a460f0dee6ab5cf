"""Problems at their places: a wave under the text, a sign in the gutter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCharFormat

from explorer.dockerfile.advice.model import Diagnostic, Level
from explorer.ui import theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.decorations import Decoration, Decorations
from explorer.ui.build.editor.gutter import Sign
from explorer.ui.build.editor.mirror import Change

SIGNS: Final = {
    Level.ERROR: Sign("error", "danger"),
    Level.WARNING: Sign("warning", "warn"),
    Level.INFO: Sign("info", "accent"),
}
_MOST: Final = 5_000
"""Problems that are kept at their places; a file with more has other worries."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem and where it is now: Qt positions, and its line from 0."""

    start: int
    end: int
    line: int
    diagnostic: Diagnostic


class Problems(QObject):
    """The problems that were given last; they move with the text until new ones are there."""

    changed = Signal()

    def __init__(self, view: CodeView, decorations: Decorations) -> None:
        super().__init__(view)
        self._view, self._decorations = view, decorations
        self._marks: list[Mark] = []
        self._worst: dict[int, Level] = {}
        decorations.add(self._underlines)
        view.mirror.changed.connect(self._follow)
        theme.switch().changed.connect(decorations.refresh)

    def show(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show these and no others."""
        marks = [self._mark(each) for each, _ in zip(diagnostics, range(_MOST), strict=False)]
        self._marks = sorted(marks, key=lambda mark: (mark.start, mark.diagnostic.severity.rank))
        self._note_worst()
        self._decorations.refresh()
        self._view.view_changed.emit()
        self.changed.emit()

    def all(self) -> list[Mark]:
        """All of them, by their place."""
        return list(self._marks)

    def at(self, position: int) -> list[Mark]:
        """Those whose text a Qt position lies in."""
        return [
            mark for mark in self._marks if mark.start <= position < max(mark.end, mark.start + 1)
        ]

    def on_line(self, line: int) -> list[Mark]:
        """Those of a line, from 0, the gravest first."""
        found = [mark for mark in self._marks if mark.line == line]
        return sorted(found, key=lambda mark: mark.diagnostic.severity.rank)

    def sign(self, line: int) -> Sign | None:
        """What stands in the gutter beside a line, from 0."""
        worst = self._worst.get(line)
        return None if worst is None else SIGNS[worst]

    def next_from(self, position: int, step: int) -> Mark | None:
        """The next mark after a position, or before it; round the ends of the text."""
        if not self._marks:
            return None
        if step > 0:
            return next((mark for mark in self._marks if mark.start > position), self._marks[0])
        before = (mark for mark in reversed(self._marks) if mark.start < position)
        return next(before, self._marks[-1])

    def _mark(self, diagnostic: Diagnostic) -> Mark:
        start = self._view.position(diagnostic.span.start)
        end = self._view.position(diagnostic.span.end)
        line = self._view.document().findBlock(start).blockNumber()
        return Mark(start, max(end, start), line, diagnostic)

    def _follow(self, change: Change) -> None:
        moved = (self._moved(mark, change) for mark in self._marks)
        self._marks = [mark for mark in moved if mark is not None]
        self._note_worst()

    def _moved(self, mark: Mark, change: Change) -> Mark | None:
        line = change.moved_line(mark.line)
        if line is None:
            return None
        start = change.moved(mark.start)
        return Mark(start, max(start, change.moved(mark.end, sticky=True)), line, mark.diagnostic)

    def _note_worst(self) -> None:
        worst: dict[int, Level] = {}
        for mark in self._marks:
            level = mark.diagnostic.severity
            known = worst.get(mark.line)
            if known is None or level.rank < known.rank:
                worst[mark.line] = level
        self._worst = worst

    def _underlines(self, start: int, end: int) -> Iterator[Decoration]:
        looks = {level: _look(level) for level in Level}
        # The gravest is painted last, on top.
        inside = (mark for mark in self._marks if mark.start < end and mark.end >= start)
        for mark in sorted(inside, key=lambda mark: -mark.diagnostic.severity.rank):
            first, last = self._visible(mark)
            yield Decoration(first, last, looks[mark.diagnostic.severity])

    def _visible(self, mark: Mark) -> tuple[int, int]:
        """The stretch to underline: at least one character wide."""
        if mark.end > mark.start:
            return mark.start, mark.end
        block = self._view.document().findBlock(mark.start)
        at_end = mark.start >= block.position() + block.length() - 1
        if at_end and mark.start > block.position():
            return mark.start - 1, mark.start
        return mark.start, mark.start + 1


def _look(level: Level) -> QTextCharFormat:
    look = QTextCharFormat()
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    dots = QTextCharFormat.UnderlineStyle.DotLine
    look.setUnderlineStyle(dots if level is Level.INFO else wave)
    look.setUnderlineColor(getattr(theme.colors(), SIGNS[level].role))
    return look
