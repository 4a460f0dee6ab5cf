"""The terms of a path pattern: what Go's ``filepath.Match`` reads, and ``**``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

Range: TypeAlias = tuple[str, str]


class BadPatternError(ValueError):
    """A pattern that ``filepath.Match`` refuses."""


class TermKind(Enum):
    """What a term matches."""

    LITERAL = auto()
    ESCAPED = auto()
    """A character after a backslash."""
    ONE = auto()
    """``?``: any character but a slash."""
    STAR = auto()
    """``*``: any number of characters, none a slash."""
    DEEP = auto()
    """``**/``: nothing, or anything that ends with a slash."""
    REST = auto()
    """``**`` at the end: anything."""
    CLASS = auto()
    """``[a-z]``: one of some characters."""


OPEN_TERMS: Final = frozenset({TermKind.STAR, TermKind.DEEP, TermKind.REST})
"""The terms that match as much as they like, or nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """One step of a pattern."""

    kind: TermKind
    char: str = ""
    ranges: tuple[Range, ...] = ()
    negated: bool = False

    def takes(self, char: str) -> bool:
        """Whether a term of one character matches this one."""
        if self.kind is TermKind.ONE:
            return char != "/"
        if self.kind is TermKind.CLASS:
            return any(low <= char <= high for low, high in self.ranges) != self.negated
        return char == self.char


def read_terms(pattern: str) -> tuple[Term, ...]:
    """Cut a pattern into terms.

    Raises:
        BadPatternError: a bracket is empty or not closed, a range is incomplete or runs
            backwards, or a backslash stands at the end.
    """
    return tuple(_Reader(pattern).terms())


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def terms(self) -> Iterator[Term]:
        while char := self._next():
            match char:
                case "*":
                    yield self._star()
                case "?":
                    yield Term(TermKind.ONE)
                case "[":
                    yield self._class()
                case "\\":
                    yield Term(TermKind.ESCAPED, self._required())
                case _:
                    yield Term(TermKind.LITERAL, char)

    def _next(self) -> str:
        char = self._pattern[self._at : self._at + 1]
        self._at += 1
        return char

    def _required(self) -> str:
        char = self._next()
        if not char:
            raise BadPatternError("it ends too soon")
        return char

    def _take(self, char: str) -> bool:
        taken = self._pattern.startswith(char, self._at)
        self._at += taken
        return taken

    def _star(self) -> Term:
        if not self._take("*"):
            return Term(TermKind.STAR)
        self._take("/")
        at_end = self._at >= len(self._pattern)
        return Term(TermKind.REST if at_end else TermKind.DEEP)

    def _class(self) -> Term:
        negated = self._take("^")
        ranges: list[Range] = []
        while not (ranges and self._take("]")):
            low = self._class_member()
            high = self._class_member() if self._take("-") else low
            if high < low:
                raise BadPatternError(f"the range {low}-{high} runs backwards")
            ranges.append((low, high))
        return Term(TermKind.CLASS, ranges=tuple(ranges), negated=negated)

    def _class_member(self) -> str:
        char = self._required()
        if char in "-]":
            raise BadPatternError(f"{char!r} stands where a bracket needs a character")
        return self._required() if char == "\\" else char
