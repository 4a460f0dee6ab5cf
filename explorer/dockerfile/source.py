"""Places in a text: offsets, spans, and lines with columns.

Everything in this package is placed by offsets into the text, counted in characters (code
points) from 0. Lines and columns are for people and for editors, and both count from 1; a line
ends with a line feed and with nothing else, as in BuildKit.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A line and a column in it, both from 1, the column in characters."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters from ``start`` up to, and without, ``end``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a text begin: between offsets and positions, both ways."""

    length: int
    starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Lines:
        """Find the lines of a text."""
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        return cls(len(text), tuple(starts))

    def position(self, offset: int) -> Position:
        """The line and column of an offset; what lies outside the text is drawn to its ends."""
        offset = min(max(offset, 0), self.length)
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset of a position; a column past the end of its line is its last one."""
        line = min(max(position.line, 1), len(self.starts))
        last = self.starts[line] - 1 if line < len(self.starts) else self.length
        return max(self.starts[line - 1], min(self.starts[line - 1] + position.column - 1, last))
