"""Content of files: slices of one pool that compresses about as well as real images do."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_SIZE = 16 << 20
_WORDS = 4000
_NOISE = 0.12  # what is compressed already: pictures, fonts, archives
_PIECES = (1 << 12, 1 << 17)
_SPREAD = 1.9


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a file: ``size`` bytes of the pool, from ``start`` on, round and round."""

    start: int = 0
    size: int = 0

    def chunks(self) -> Iterator[memoryview]:
        """The bytes, without a copy."""
        whole, at, left = pool(), self.start, self.size
        while left:
            piece = whole[at : at + left]
            yield piece
            left -= len(piece)
            at = 0


@cache
def pool() -> memoryview:
    """Sixteen megabytes of prose, of tables of numbers, and of noise, in pieces."""
    rnd = random.Random("content")
    words = [word(rnd).encode() for _ in range(_WORDS)]
    made = bytearray()
    while len(made) < _SIZE:
        size = rnd.randint(*_PIECES)
        if rnd.random() < _NOISE:
            made += rnd.randbytes(size)
        elif rnd.random() < 0.6:
            made += b" ".join(rnd.choices(words, k=size // 8))
        else:  # machine code and tables: short runs that come again and again
            runs = [rnd.randbytes(rnd.randint(3, 12)) + bytes(rnd.randint(0, 9)) for _ in range(99)]
            made += b"".join(rnd.choices(runs, k=size // 12))
    return memoryview(bytes(made[:_SIZE]))


def word(rnd: random.Random) -> str:
    """A word that can be spoken, of two to four syllables."""
    return "".join(
        rnd.choice("bcdfghklmnprstvz") + rnd.choice("aeiou") + rnd.choice(("", "", "n", "r", "s"))
        for _ in range(rnd.randint(2, 4))
    )


def size_of(rnd: random.Random, mean: float) -> int:
    """A size in bytes as files have it: most are small, a few are a hundred times the mean."""
    return max(1, int(rnd.lognormvariate(math.log(mean) - _SPREAD**2 / 2, _SPREAD)))


def slice_of(rnd: random.Random, size: int) -> Body:
    """``size`` bytes from anywhere in the pool."""
    return Body(rnd.randrange(_SIZE), size)
