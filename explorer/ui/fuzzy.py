"""Fuzzy matching for the palette: the letters typed, in order, anywhere in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

_RUN, _WORD_START, _GAP = 8, 10, 1


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text fits (higher is better), and the positions that matched."""

    score: int
    positions: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Return how ``query`` is found in ``text``, ignoring case and blanks, or ``None``.

    Letters in a run and at the start of words weigh more; gaps weigh less the later they come.
    """
    wanted = query.casefold().replace(" ", "")
    # Positions must be those of `text`, so a letter that folds to two is left as it is.
    folded = "".join(c if len(c.casefold()) != 1 else c.casefold() for c in text)
    starts = [i for i, c in enumerate(folded) if c == wanted[:1]]
    if not wanted:
        return Match(0, ())
    found = (_from(wanted, folded, text, start) for start in starts[:16])
    return max((m for m in found if m), key=lambda m: m.score, default=None)


def rank(query: str, items: Iterable[T], text: Callable[[T], str]) -> Sequence[tuple[T, Match]]:
    """Return the items that match, best first; equal ones stay in their order."""
    found = [(item, m) for item in items if (m := match(query, text(item))) is not None]
    return sorted(found, key=lambda pair: -pair[1].score)


def _from(wanted: str, folded: str, text: str, start: int) -> Match | None:
    # A leap to the start of a word may leave the rest of the letters behind: then plainly in order.
    positions = _follow(wanted, folded, text, start) or _follow(wanted, folded, "", start)
    return Match(_score(text, positions), tuple(positions)) if positions else None


def _follow(wanted: str, folded: str, text: str, start: int) -> list[int]:
    positions = [start]
    for letter in wanted[1:]:
        at = _next(letter, folded, text, positions[-1])
        if at < 0:
            return []
        positions.append(at)
    return positions


def _next(letter: str, folded: str, text: str, last: int) -> int:
    """Prefer the very next letter, then the start of a later word, then the first anywhere."""
    at = first = folded.find(letter, last + 1)
    if first == last + 1 or not text:
        return first
    while at >= 0:
        if _starts_word(text, at):
            return at
        at = folded.find(letter, at + 1)
    return first


def _score(text: str, positions: list[int]) -> int:
    score = sum(_WORD_START for at in positions if _starts_word(text, at))
    for before, at in pairwise(positions):
        score += _RUN if at == before + 1 else -_GAP * min(at - before, 8)
    return score - positions[0] // 2 - len(text) // 16


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum() or (text[at].isupper() and text[at - 1].islower())
