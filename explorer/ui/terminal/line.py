"""Cells of one line of a screen. No Qt here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final

from explorer.build.runs.sgr import PLAIN, Style

_MOST_MARKS: Final = 4
"""Combining characters that a cell takes."""
_ZERO: Final = {"Mn", "Me", "Cf"}


@lru_cache(maxsize=4096)
def width_of(char: str) -> int:
    """Cells that a character takes: 0 for one that is put upon another, 2 for a wide one."""
    if unicodedata.category(char) in _ZERO and char != "\u00ad":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Line:
    """``chars`` and ``styles`` as far as anything was written; behind that it is blank.

    A wide character is followed by an empty one. ``wraps`` tells that the next line continues it.
    """

    __slots__ = ("chars", "styles", "wraps")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.styles: list[Style] = []
        self.wraps = False

    def put(self, at: int, text: str, style: Style) -> None:
        """Write characters of one cell each over what is there."""
        self._reach(at)
        end = at + len(text)
        self._part_wide(at)
        self._part_wide(end)
        self.chars[at:end] = text
        self.styles[at:end] = [style] * len(text)

    def put_wide(self, at: int, char: str, style: Style) -> None:
        """Write one character of two cells."""
        self.put(at, f"{char} ", style)
        self.chars[at + 1] = ""

    def mark(self, at: int, char: str) -> None:
        """Put a combining character upon a cell."""
        if 0 < at < len(self.chars) and not self.chars[at]:
            at -= 1
        if at < len(self.chars) and len(self.chars[at]) <= _MOST_MARKS:
            self.chars[at] += char

    def erase(self, start: int, end: int, style: Style) -> None:
        """Blank some cells, in the ground of a style."""
        if style.ground is None and end >= len(self.chars):
            if start < len(self.chars):
                self._part_wide(start)
                del self.chars[start:], self.styles[start:]
            return
        self.put(start, " " * (end - start), Style(ground=style.ground))

    def insert(self, at: int, count: int, columns: int, style: Style) -> None:
        """Move what is at a place and behind it to the right; what leaves the screen is lost."""
        if at < len(self.chars):
            self._part_wide(at)
            self.chars[at:at] = " " * count
            self.styles[at:at] = [Style(ground=style.ground)] * count
            del self.chars[columns:], self.styles[columns:]

    def delete(self, at: int, count: int) -> None:
        """Take cells away; what is behind moves to the left."""
        if at < len(self.chars):
            self._part_wide(at)
            self._part_wide(at + count)
            del self.chars[at : at + count], self.styles[at : at + count]

    def runs(self) -> Iterator[tuple[int, list[str], Style]]:
        """Cells of one style side by side, with the place of the first."""
        at = 0
        for style, group in groupby(self.styles):
            count = sum(1 for _ in group)
            yield at, self.chars[at : at + count], style
            at += count

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The characters of some cells."""
        return "".join(self.chars[start:end])

    def _reach(self, at: int) -> None:
        lacking = at - len(self.chars)
        if lacking > 0:
            self.chars += " " * lacking
            self.styles += [PLAIN] * lacking

    def _part_wide(self, at: int) -> None:
        """Blank a wide character that a change at a place would halve."""
        if 0 < at < len(self.chars) and not self.chars[at]:
            self.chars[at - 1] = self.chars[at] = " "
