"""Damaged variants of a file: cut short, bits flipped, blocks lost, doubled, swapped.

The same arguments give the same variants on every machine.
"""

import random
from collections.abc import Callable, Iterator
from itertools import count as numbers
from itertools import islice
from pathlib import Path
from typing import Final

BLOCK: Final = 512

Damage = Callable[[bytes, random.Random], tuple[str, bytes]]


def variants(source: bytes | Path, count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """``count`` damaged forms of ``source``, each with a name that says what was done.

    First the plain truncations (nothing, one byte, around each of the first
    blocks, the middle, before the end), then damage at random places.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    return islice(_all(data, seed), count)


def truncations(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The data cut where readers look for something."""
    size = len(data)
    cuts = [0, 1, 2, 10, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK, size // 2]
    cuts += [size - 2 * BLOCK, size - BLOCK, size - 51, size - 8, size - 1]
    for cut in sorted({cut for cut in cuts if 0 <= cut < size}):
        yield f"cut to {cut} bytes", data[:cut]


def _all(data: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    yield from truncations(data)
    if not data:
        return
    kinds: tuple[Damage, ...] = (
        _flip, _flip_header, _cut, _zero, _noise, _double, _drop, _swap, _extreme_digits,
    )  # fmt: skip
    for number in numbers():
        chance = random.Random(f"{seed}/{number}")
        name, spoiled = kinds[number % len(kinds)](data, chance)
        if spoiled != data:
            yield f"{number}: {name}", spoiled


def _flip(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at, bit = chance.randrange(len(data)), chance.randrange(8)
    return f"bit {bit} of byte {at} flipped", _with(data, at, bytes([data[at] ^ 1 << bit]))


def _flip_header(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """A flipped bit early in a block, where tar and gzip keep their numbers."""
    at = min(_block(data, chance) + chance.randrange(160), len(data) - 1)
    bit = chance.randrange(8)
    return f"bit {bit} of byte {at} flipped", _with(data, at, bytes([data[at] ^ 1 << bit]))


def _cut(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data))
    return f"cut to {at} bytes", data[:at]


def _zero(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = _block(data, chance)
    return f"block at {at} zeroed", _with(data, at, bytes(len(data[at : at + BLOCK])))


def _noise(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 4, 12, 100)), len(data) - at)
    return f"{length} bytes of noise at {at}", _with(data, at, chance.randbytes(length))


def _double(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = _block(data, chance)
    return f"block at {at} doubled", data[: at + BLOCK] + data[at:]


def _drop(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = _block(data, chance)
    return f"block at {at} lost", data[:at] + data[at + BLOCK :]


def _swap(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    first, second = sorted((_block(data, chance), _block(data, chance)))
    one, two = data[first : first + BLOCK], data[second : second + BLOCK]
    if first == second or len(one) != len(two):
        return "nothing", data
    swapped = _with(_with(data, first, two), second, one)
    return f"blocks at {first} and {second} swapped", swapped


def _extreme_digits(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Digits made the largest, where a length may stand."""
    at = _block(data, chance) + chance.choice((100, 124, 136, 0))
    digits = data[at : at + 12]
    return f"digits at {at} made 7", _with(
        data, at, bytes(55 if 48 <= d < 56 else d for d in digits)
    )


def _block(data: bytes, chance: random.Random) -> int:
    return chance.randrange((len(data) + BLOCK - 1) // BLOCK) * BLOCK


def _with(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]
