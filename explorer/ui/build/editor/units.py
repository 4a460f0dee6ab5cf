"""Between offsets in characters, as the language counts, and in UTF-16 units, as Qt counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, Self

ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
"""A character that takes two units."""


@dataclass(frozen=True, slots=True)
class Units:
    """The characters of one text that take two units, by their offsets."""

    wide: tuple[int, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """Find them."""
        return cls(tuple(found.start() for found in ASTRAL.finditer(text)))

    def units(self, offset: int) -> int:
        """The Qt position of an offset in characters."""
        return offset + bisect_left(self.wide, offset) if self.wide else offset

    def characters(self, position: int) -> int:
        """The offset in characters of a Qt position; inside a pair it is that of the pair."""
        if not self.wide:
            return position
        low, high = 0, len(self.wide)
        while low < high:
            middle = (low + high) // 2
            if self.wide[middle] + middle < position:
                low = middle + 1
            else:
                high = middle
        inside = low and self.wide[low - 1] + low - 1 == position - 1
        return position - low if not inside else self.wide[low - 1]


def width(text: str) -> int:
    """The length of a text in units."""
    return len(text) if text.isascii() else len(text) + len(ASTRAL.findall(text))
