"""Find and replace in the editor: the bar, the matches, and what they look like."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCharFormat

from explorer.progress import Job
from explorer.ui import theme
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.decorations import Decoration, Decorations
from explorer.ui.build.editor.findbar import FindBar
from explorer.ui.build.editor.finding import Found, Query, find, replacements
from explorer.ui.build.editor.folding import Folding
from explorer.ui.build.editor.newest import Newest

_INSTANT = 256 << 10
"""Characters that are looked through within a keystroke."""


class Search(QObject):
    """Connects a :class:`FindBar` with the text."""

    def __init__(
        self, view: CodeView, bar: FindBar, decorations: Decorations, folding: Folding
    ) -> None:
        super().__init__(view)
        self._view, self._bar, self._folding = view, bar, folding
        self._decorations = decorations
        self._found = Found()
        self._origin = 0
        self._jump = False
        self._newest = Newest(self, "Finding", self._look, self._take, delay=0)
        decorations.add(self._decorate)
        bar.query_changed.connect(self._ask_and_jump)
        bar.step_asked.connect(self.step)
        bar.replace_asked.connect(self.replace)
        bar.replace_all_asked.connect(self.replace_all)
        bar.closed.connect(self.close)
        view.mirror.changed.connect(self._renew)
        view.cursorPositionChanged.connect(self._tell)

    @property
    def matches(self) -> int:
        """How many were found."""
        return len(self._found.places)

    def open(self, *, replacing: bool = False) -> None:
        """Show the bar; what is selected on one line is looked for."""
        cursor = self._view.textCursor()
        self._origin = cursor.selectionStart()
        selected = cursor.selectedText()
        one_line = selected if "\u2029" not in selected and len(selected) < 200 else ""
        self._bar.ask(one_line, replacing=replacing and not self._view.isReadOnly())

    def close(self) -> None:
        """Hide the bar, and go on writing where the match is."""
        self._bar.hide()
        self._newest.forget()
        self._found = Found()
        self._decorations.refresh()
        self._view.setFocus()

    def step(self, by: int) -> None:
        """Go to the next match or the previous one; round the ends of the text."""
        if not self._bar.isVisible() and not self._bar.needle.text():
            self.open()
            return
        places = self._found.places
        if not places and not self._bar.isVisible():
            self._found = find(self._view.mirror.text, self._bar.query)
            places = self._found.places
        if not places:
            return
        cursor = self._view.textCursor()
        if by > 0:
            at = self._view.offset(cursor.selectionEnd())
            index = bisect_left(places, (at, -1))
            if cursor.hasSelection() is False and index and places[index - 1][0] == at:
                index += 1
        else:
            index = bisect_left(places, (self._view.offset(cursor.selectionStart()), -1)) - 1
        self._show(places[index % len(places)])

    def replace(self) -> None:
        """Replace the match that is selected, and go to the next one."""
        current = self._current()
        if current is None:
            self.step(1)
            return
        place = self._found.places[current]
        if self._make([place]):
            self._found = find(self._view.mirror.text, self._bar.query)
            self.step(1)

    def replace_all(self) -> None:
        """Replace every match, as one step to undo."""
        found = find(self._view.mirror.text, self._bar.query)
        if found.places:
            self._make(list(found.places))

    def _make(self, places: list[tuple[int, int]]) -> bool:
        text, query = self._view.mirror.text, self._bar.query
        try:
            made = replacements(text, query, places, self._bar.replacement.text())
        except (re.error, IndexError):
            return False
        edits.apply(self._view, made)
        if len(places) == 1:
            cursor = self._view.textCursor()
            end = places[0][0] + len(made[0].text)
            cursor.setPosition(self._view.position(end))
            self._view.setTextCursor(cursor)
        return True

    # -- looking ------------------------------------------------------------------------------

    def _ask_and_jump(self) -> None:
        self._jump = True
        self._ask()

    def _renew(self) -> None:
        if self._bar.isVisible():
            self._ask()

    def _ask(self) -> None:
        text, query = self._view.mirror.text, self._bar.query
        if len(text) < _INSTANT and not query.regex:
            self._take((text, query), find(text, query))
        else:
            self._newest.ask((text, query))

    def _look(self, asked: tuple[str, Query], job: Job) -> Found:
        return find(*asked, job)

    def _take(self, asked: tuple[str, Query], found: Found) -> None:
        if asked[0] is not self._view.mirror.text or not self._bar.isVisible():
            return
        self._found = found
        if self._jump:
            self._jump = False
            self._jump_from_origin()
        self._decorations.refresh()
        self._tell()

    def _jump_from_origin(self) -> None:
        """As the query is typed, show the first match from where the search began."""
        places = self._found.places
        if places:
            index = bisect_left(places, (self._view.offset(self._origin), -1))
            self._show(places[index % len(places)])

    def _show(self, place: tuple[int, int]) -> None:
        cursor = self._view.cursor_for(*place)
        self._folding.reveal(cursor.blockNumber())
        self._view.setTextCursor(cursor)
        self._view.ensureCursorVisible()
        self._origin = cursor.selectionStart()
        self._tell()

    def _current(self) -> int | None:
        cursor = self._view.textCursor()
        start = self._view.offset(cursor.selectionStart())
        end = self._view.offset(cursor.selectionEnd())
        index = bisect_left(self._found.places, (start, end))
        places = self._found.places
        return index if index < len(places) and places[index] == (start, end) else None

    def _tell(self) -> None:
        if self._bar.isVisible():
            current = self._current()
            number = 0 if current is None else current + 1
            self._bar.tell(number, len(self._found.places), self._found.more)

    def _decorate(self, start: int, end: int) -> Iterator[Decoration]:
        if not self._found.places or not self._bar.isVisible():
            return
        look = QTextCharFormat()
        look.setBackground(theme.colors().modified_soft)
        low, high = self._view.offset(start), self._view.offset(end)
        places = self._found.places
        for first, last in places[bisect_left(places, (low, -1)) :]:
            if first > high:
                return
            yield Decoration(self._view.position(first), self._view.position(last), look)
