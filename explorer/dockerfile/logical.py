"""Logical lines: an instruction's physical lines joined at their continuations.

A line continues where its last character but blanks is the escape character, and the one before
that is not. Inside a continued line, comment lines and empty lines vanish.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.source import Span


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """The joined text, and where its characters come from.

    ``starts[i]`` is where piece i begins in the joined text, ``shifts[i]`` what to add there for
    its place in the source. ``has_empty_continuation`` tells that an empty line was skipped.
    """

    text: str
    starts: tuple[int, ...] = field(repr=False)
    shifts: tuple[int, ...] = field(repr=False)
    has_empty_continuation: bool = False

    @classmethod
    def join(cls, source: str, escape: str) -> LogicalLine:
        """Join the physical lines of one instruction."""
        pieces: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        length = at = 0
        skipped_empty = False
        for line in source.split("\n"):
            content = line.lstrip(SPACE)
            if not pieces or content[:1] not in ("", "#"):
                indent = 0 if pieces else len(line) - len(content)
                piece = _without_continuation(line[indent:], escape)
                pieces.append(piece)
                starts.append(length)
                shifts.append(at + indent - length)
                length += len(piece)
            elif not content:
                skipped_empty = True
            at += len(line) + 1
        return cls("".join(pieces), tuple(starts), tuple(shifts), skipped_empty)

    def source(self, offset: int) -> int:
        """Where the character at an offset of the joined text stands in the source."""
        return offset + self.shifts[bisect_right(self.starts, offset) - 1]

    def span(self, start: int, end: int) -> Span:
        """The source of a part of the joined text, continuations inside it included."""
        first = self.source(start)
        return Span(first, self.source(end - 1) + 1 if end > start else first)

    def pieces(self) -> Iterator[tuple[int, int, int]]:
        """For each piece: its start and end in the joined text, and its start in the source."""
        ends = (*self.starts[1:], len(self.text))
        for start, end, shift in zip(self.starts, ends, self.shifts, strict=True):
            yield start, end, start + shift


def header_end(lines: Sequence[str], first: int, escape: str) -> int:
    """The index after the last physical line of the instruction that begins at ``first``."""
    at = first
    open_ended = _continued(lines[at], escape) >= 0
    while open_ended and at + 1 < len(lines):
        at += 1
        content = lines[at].lstrip(SPACE)
        if content and content[0] != "#":
            open_ended = _continued(content, escape) >= 0
    return at + 1


def is_continued(source: str, escape: str) -> bool:
    """Whether what follows the lines of an instruction would still belong to it."""
    lines = source.split("\n")
    while len(lines) > 1 and lines[-1].lstrip(SPACE)[:1] in ("", "#"):
        lines.pop()
    return _continued(lines[-1], escape) >= 0


def _without_continuation(line: str, escape: str) -> str:
    end = _continued(line, escape)
    return line.rstrip("\r") if end < 0 else line[:end]


def _continued(line: str, escape: str) -> int:
    """Where the escape character stands that continues the line, or -1."""
    trimmed = line.rstrip("\r").rstrip(" \t")
    if not trimmed.endswith(escape) or trimmed.endswith(escape * 2):
        return -1
    return len(trimmed) - 1
