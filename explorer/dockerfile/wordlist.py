"""Splitting text into words at white space that nothing protects."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.gotext import SPACE

_SPACES: Final = re.compile(f"[{SPACE}]+")


def split_words(text: str) -> tuple[str, ...]:
    """The text split at white space."""
    return tuple(word for word in _SPACES.split(text) if word)


class WordList:
    """Words in the making."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._open: list[str] = []

    def add(self, text: str) -> None:
        """Add text whose white space ends words."""
        head, *rest = _SPACES.split(text)
        self.add_raw(head)
        for part in rest:
            self._end()
            self.add_raw(part)

    def add_raw(self, text: str) -> None:
        """Add text that stays in one word."""
        if text:
            self._open.append(text)

    def finished(self) -> tuple[str, ...]:
        """All words; an empty one is none."""
        self._end()
        return tuple(self._done)

    def _end(self) -> None:
        if self._open:
            self._done.append("".join(self._open))
            self._open.clear()
