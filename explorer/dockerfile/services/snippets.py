"""Snippets: texts with places to fill in.

A place is written ``${1:what stands there first}`` or ``$1``; they are visited by number, and
``$0`` is where the caret ends. ``\\$``, ``\\}`` and ``\\\\`` stand for the characters themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\\([$}\\])|\$(\d)|\$\{(\d):((?:\\[$}\\]|[^}\\])*)\}")
_ESCAPED: Final = re.compile(r"\\([$}\\])")


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to fill in: its number, and where it stands in the snippet's text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SnippetText:
    """The text to insert and the places in it, in the order in which they are visited."""

    text: str
    stops: tuple[Stop, ...]

    @classmethod
    def parse(cls, source: str) -> SnippetText:
        """Read the notation; any text gives a snippet. Without ``$0`` the caret ends last."""
        parts: list[str] = []
        stops: list[Stop] = []
        at = length = 0
        for found in _PLACE.finditer(source):
            literal, plain, number, default = found.groups()
            before = source[at : found.start()]
            shown = literal or _ESCAPED.sub(r"\1", default or "")
            start = length + len(before)
            if literal is None:
                stops.append(Stop(int(plain or number), start, start + len(shown)))
            parts += (before, shown)
            length, at = start + len(shown), found.end()
        text = "".join(parts) + source[at:]
        if not any(stop.number == 0 for stop in stops):
            stops.append(Stop(0, len(text), len(text)))
        return cls(text, tuple(sorted(stops, key=lambda stop: stop.number or 10)))


def literal(text: str) -> str:
    """A text in which nothing is a place to fill in."""
    return re.sub(r"([$}\\])", r"\\\1", text)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet; ``keyword`` is the instruction that it begins with."""

    name: str
    keyword: str
    body: str
    description: str


SNIPPETS: Final = (
    Snippet("from-as", "FROM", "FROM ${1:image}:${2:tag} AS ${3:name}\n$0", "A named stage"),
)
"""All snippets."""
