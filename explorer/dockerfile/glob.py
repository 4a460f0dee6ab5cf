"""The patterns of ``${v#p}``, ``${v%p}`` and ``${v/p/r}``: ``*``, ``?`` and backslashes.

POSIX shell patterns without bracket expressions, as BuildKit has them. A match takes time
proportional to the value, whatever the pattern: a Dockerfile is not trusted. A line feed is a
character like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Piece: TypeAlias = tuple[str | None, ...]
"""What stands between two stars; ``None`` is any one character."""

_ESCAPABLE: Final = "*?\\"
# Escaped so that they do not end the pattern; the backslash is no part of it.
_UNESCAPED: Final = "}/"


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern, cut at its stars."""

    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, pattern: str) -> Glob:
        """Read a pattern.

        Raises:
            ValueError: a backslash stands before a character that needs none.
        """
        pieces: list[list[str | None]] = [[]]
        for char, special in _characters(pattern):
            if special and char == "*":
                pieces.append([])
            else:
                pieces[-1].append(None if special else char)
        return cls(tuple(map(tuple, pieces)))

    def without_prefix(self, value: str, *, longest: bool) -> str:
        """The value without its shortest or longest beginning that matches."""
        end = self._end(value, 0, longest=longest)
        return value if end is None else value[end:]

    def without_suffix(self, value: str, *, longest: bool) -> str:
        """The value without its shortest or longest end that matches."""
        mirrored = replace(self, pieces=tuple(piece[::-1] for piece in reversed(self.pieces)))
        return mirrored.without_prefix(value[::-1], longest=longest)[::-1]

    def replaced(self, value: str, replacement: str, *, every: bool) -> str:
        """The value with the first match, or every match, replaced; matches are the longest."""
        out: list[str] = []
        done = 0
        for start, end in self._matches(value):
            out += (value[done:start], replacement)
            done = end
            if not every:
                break
        return "".join(out) + value[done:]

    def _matches(self, value: str) -> Iterator[tuple[int, int]]:
        at, previous = 0, -1
        while (start := _find(self.pieces[0], value, at)) >= 0:
            end = self._end(value, start, longest=True)
            if end is None:
                return  # what does not follow here follows at no later place either
            if end > start or start != previous:
                yield start, end
            previous = end
            at = max(end, start + 1)

    def _end(self, value: str, start: int, *, longest: bool) -> int | None:
        """Where a match from ``start`` ends.

        Each piece is taken where it first occurs; the last one, for the longest match, where it
        occurs last. No other choice matches more, so nothing is ever tried twice.
        """
        head, *rest = self.pieces
        end = start + len(head)
        if _find(head, value, start, end) != start:
            return None
        for index, piece in enumerate(rest):
            is_last = longest and index == len(rest) - 1
            at = _find_last(piece, value, end) if is_last else _find(piece, value, end)
            if at < 0:
                return None
            end = at + len(piece)
        return end


def _find(piece: Piece, value: str, at: int, end: int | None = None) -> int:
    """As ``str.find``."""
    end = len(value) if end is None else end
    literal = _literal(piece)
    if literal is not None:
        return value.find(literal, at, end)
    found = _compile(piece).search(value, at, end)
    return found.start() if found else -1


def _find_last(piece: Piece, value: str, after: int) -> int:
    """As ``str.rfind``."""
    literal = _literal(piece)
    if literal is not None:
        return value.rfind(literal, after)
    pattern = _compile(piece)
    places = range(len(value) - len(piece), after - 1, -1)
    return next((at for at in places if pattern.match(value, at)), -1)


def _literal(piece: Piece) -> str | None:
    return None if None in piece else "".join(char for char in piece if char is not None)


def _compile(piece: Piece) -> re.Pattern[str]:
    return re.compile("".join("." if c is None else re.escape(c) for c in piece), re.DOTALL)


def _characters(pattern: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it is a wildcard."""
    rest = iter(pattern)
    for char in rest:
        if char != "\\":
            yield char, char in "*?"
            continue
        escaped = next(rest, "")
        if escaped not in (*_ESCAPABLE, *_UNESCAPED):
            raise ValueError(f"invalid escape '\\{escaped}'")
        yield escaped, False
