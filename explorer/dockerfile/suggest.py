"""The word that somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Final

_TOO_FAR: Final = 3
_LONGEST: Final = 128
_MOST_OPTIONS: Final = 500
_MOST_SUGGESTIONS: Final = 50


class Suggester:
    """Suggests for the first mistakes of a file only; a file full of them gains nothing."""

    def __init__(self) -> None:
        self._left = _MOST_SUGGESTIONS

    def __call__(self, word: str, known: Iterable[str]) -> str:
        """As :func:`suggest`, or ``""`` where enough was suggested."""
        self._left -= 1
        return suggest(word, known) if self._left >= 0 else ""


def suggest(word: str, known: Iterable[str], *, ignore_case: bool = False) -> str:
    """The known word that is at most two edits away; ``""`` where there is none.

    Only the first 500 known words are looked at. Nor is there a suggestion where the word itself
    is known. With ``ignore_case`` it comes in the case that the word has.
    """
    if len(word) > _LONGEST:
        return ""
    wanted = word.lower() if ignore_case else word
    best, least = "", _TOO_FAR
    for option in islice(known, _MOST_OPTIONS):
        candidate = option.lower() if ignore_case else option
        if candidate == wanted:
            return ""
        if abs(len(candidate) - len(wanted)) < least:
            edits = _edits(wanted, candidate)
            if edits < least:
                best, least = candidate, edits
    return _in_case_of(best, word) if ignore_case else best


def did_you_mean(
    message: str, word: str, known: Iterable[str], *, ignore_case: bool = False
) -> str:
    """The message, with a suggestion where there is one."""
    match = suggest(word, known, ignore_case=ignore_case)
    return f"{message} (did you mean {match}?)" if match else message


def _in_case_of(word: str, model: str) -> str:
    if model == model.lower():
        return word.lower()
    return word.upper() if model == model.upper() else word


@lru_cache(maxsize=1 << 14)
def _edits(one: str, other: str) -> int:
    """The Levenshtein distance, as far as it matters; typing asks for the same ones again."""
    if len(set(one).difference(other)) >= _TOO_FAR:
        return _TOO_FAR
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
        if min(row) >= _TOO_FAR:
            return _TOO_FAR
    return row[-1]
