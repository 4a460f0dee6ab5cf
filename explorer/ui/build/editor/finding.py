"""Finding in a text: what is looked for, where it is, what takes its place. No widgets."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.services.edits import TextEdit
from explorer.progress import Job

MOST: Final = 20_000
"""Matches that are looked for; the count then says "20,000+"."""
_CHUNK: Final = 20_000
_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; ``text`` is a regular expression of Python's where ``regex`` is on."""

    text: str
    regex: bool = False
    case: bool = False
    words: bool = False

    def pattern(self) -> re.Pattern[str]:
        """The query as a pattern. Raises ``re.error`` where it is no regular expression."""
        source = self.text if self.regex else re.escape(self.text)
        if self.words:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        flags = re.MULTILINE if self.case else re.MULTILINE | re.IGNORECASE
        return re.compile(source, flags)

    @property
    def problem(self) -> str:
        """Why the query cannot be looked for; empty where it can."""
        try:
            self.pattern()
        except (re.error, OverflowError, RecursionError) as error:
            return str(error)
        return ""


@dataclass(frozen=True, slots=True)
class Found:
    """The matches in order, as start and end; ``more`` where there are others after them."""

    places: tuple[tuple[int, int], ...] = ()
    more: bool = False


def find(text: str, query: Query, job: Job | None = None) -> Found:
    """Look through a text, line by line: a match does not go over the end of a line.

    A pattern that takes too long ends early, between two lines. Raises
    :class:`explorer.errors.Cancelled`.
    """
    if not query.text or query.problem:
        return Found()
    pattern = query.pattern()
    if not query.regex:
        return _found(
            [
                match.span()
                for match, _ in zip(pattern.finditer(text), range(MOST + 1), strict=False)
            ]
        )
    places: list[tuple[int, int]] = []
    deadline = time.monotonic() + _SECONDS
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        # A longer line could keep a pattern that backtracks busy for ever.
        matches = pattern.finditer(text, start, min(end, start + _CHUNK))
        places.extend(match.span() for match in matches if match.end() > match.start())
        if job is not None:
            job.check()
        if len(places) > MOST or time.monotonic() > deadline:
            return Found(tuple(places[:MOST]), True)
        start = end + 1
    return Found(tuple(places))


def replacements(
    text: str, query: Query, places: Sequence[tuple[int, int]], replacement: str
) -> tuple[TextEdit, ...]:
    r"""The edits that replace matches; a regular expression's groups are ``\1`` or ``\g<name>``.

    Raises ``re.error`` where the replacement cannot be read.
    """
    if not query.regex:
        return tuple(TextEdit(start, end, replacement) for start, end in places)
    pattern = query.pattern()
    found = []
    for start, end in places:
        line_end = text.find("\n", start)
        match = pattern.match(text, start, len(text) if line_end < 0 else line_end)
        new = match.expand(replacement) if match else replacement
        found.append(TextEdit(start, end, new))
    return tuple(found)


def _found(places: list[tuple[int, int]]) -> Found:
    return Found(tuple(places[:MOST]), len(places) > MOST)
