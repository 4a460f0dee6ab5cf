"""The argument that is being typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.words import split_quoted

_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)("?)')


@dataclass(frozen=True, slots=True)
class Typed:
    """Arguments up to the caret.

    They begin at ``rest``. ``words`` are those that are complete, ``start`` is where the one at
    the caret begins, behind its quote in a JSON array. Where the caret stands between the strings
    of an array, ``start`` is the caret.
    """

    rest: int
    words: tuple[str, ...]
    start: int
    is_json: bool = False

    @classmethod
    def read(cls, text: str, rest: int, escape: str) -> Typed:
        """Read the joined text of an instruction from ``rest`` to its end."""
        if text.startswith("[", rest):
            return cls._array(text, rest)
        words = split_quoted(text[rest:], rest, escape)
        if not words or words[-1].end < len(text.rstrip(SPACE)):
            return cls(rest, tuple(word.value for word in words), len(text))
        if text[-1] in SPACE and words[-1].end < len(text):
            return cls(rest, tuple(word.value for word in words), len(text))
        return cls(rest, tuple(word.value for word in words[:-1]), words[-1].start)

    @classmethod
    def _array(cls, text: str, rest: int) -> Typed:
        words: list[str] = []
        for found in _STRING.finditer(text, rest + 1):
            if not found[2]:
                return cls(rest, tuple(words), found.start(1), is_json=True)
            words.append(found[1])
        return cls(rest, tuple(words), len(text), is_json=True)
