"""Filling in a snippet: Tab goes from place to place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor

from explorer.dockerfile.services.snippets import SnippetText
from explorer.ui import theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.decorations import Decoration, Decorations
from explorer.ui.build.editor.mirror import Change
from explorer.ui.build.editor.units import Units


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    start: int
    end: int


class SnippetSession(QObject):
    """One snippet is filled in at a time; leaving it, Escape or its last place ends it."""

    def __init__(self, view: CodeView, decorations: Decorations) -> None:
        super().__init__(view)
        self._view, self._decorations = view, decorations
        self._places: list[_Place] = []
        self._current = -1
        self._moving = False
        decorations.add(self._decorate)
        view.mirror.changed.connect(self._follow)
        view.cursorPositionChanged.connect(self._check)

    @property
    def is_active(self) -> bool:
        """Whether a snippet is being filled in."""
        return bool(self._places)

    def insert(self, start: int, end: int, source: str) -> None:
        """Insert a snippet in place of what stands between two Qt positions."""
        self.end()
        cursor = QTextCursor(self._view.document())
        cursor.setPosition(start)
        block = cursor.block().text()
        blank = block[: len(block) - len(block.lstrip(" \t"))]
        # Further lines begin where the first one does.
        shown = self._view.mirror.shown(source)
        snippet = SnippetText.parse(shown.replace("\n", f"\n{blank}"))
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(snippet.text)
        units = Units.of(snippet.text)
        self._places = [
            _Place(stop.number, start + units.units(stop.start), start + units.units(stop.end))
            for stop in snippet.stops
        ]
        self._go(0)

    def handle(self, event: QKeyEvent) -> bool:
        """Tab and Shift+Tab go on and back, Escape ends."""
        if not self.is_active:
            return False
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self._go(self._current + 1)
        elif event.key() == Qt.Key.Key_Backtab and self._current > 0:
            self._go(self._current - 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            return False
        return True

    def end(self) -> None:
        """Go on without it."""
        if self._places:
            self._places, self._current = [], -1
            self._decorations.refresh()

    def _go(self, index: int) -> None:
        if self._current >= 0:
            self._repeat(self._places[self._current])
            left = self._places[self._current].number
            while 0 <= index < len(self._places) and self._places[index].number == left:
                index += 1 if index > self._current else -1
        if not 0 <= index < len(self._places):
            self.end()
            return
        self._current = index
        place = self._places[index]
        cursor = self._view.textCursor()
        cursor.setPosition(place.start)
        cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
        self._moving = True
        self._view.setTextCursor(cursor)
        self._view.ensureCursorVisible()
        self._moving = False
        if place.number == 0:
            self.end()
        self._decorations.refresh()

    def _repeat(self, filled: _Place) -> None:
        """Write what was filled in at the other places of the same number."""
        cursor = QTextCursor(self._view.document())
        cursor.setPosition(filled.start)
        cursor.setPosition(filled.end, QTextCursor.MoveMode.KeepAnchor)
        text = cursor.selectedText()
        for index, place in enumerate(self._places):
            if place.number == filled.number and index != self._current:
                cursor.setPosition(place.start)
                cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
                if cursor.selectedText() != text:
                    cursor.insertText(text)

    def _follow(self, change: Change) -> None:
        self._places = [self._moved(place, change) for place in self._places]

    def _moved(self, place: _Place, change: Change) -> _Place:
        inside = place.start <= change.position and change.position + change.removed <= place.end
        if inside and place is self._current_place:
            return replace(place, end=place.end + change.added - change.removed)
        return replace(place, start=change.moved(place.start), end=change.moved(place.end))

    @property
    def _current_place(self) -> _Place | None:
        return self._places[self._current] if 0 <= self._current < len(self._places) else None

    def _check(self) -> None:
        if not self._places or self._moving:
            return
        caret = self._view.textCursor().position()
        first = min(place.start for place in self._places)
        last = max(place.end for place in self._places)
        if not first <= caret <= last:
            self.end()

    def _decorate(self, _start: int, _end: int) -> Iterator[Decoration]:
        look = QTextCharFormat()
        look.setBackground(theme.colors().accent_soft)
        for place in self._places:
            if place.end > place.start:
                yield Decoration(place.start, place.end, look)
