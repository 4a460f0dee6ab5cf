"""The sample's pictures, painted in code and written as PNG (ISO/IEC 15948)."""

import zlib
from collections.abc import Callable
from functools import cache
from typing import Final

Colour = tuple[int, int, int]
Painter = Callable[[int, int], Colour]

SKY_TOP: Final = (38, 70, 110)
SKY_LOW: Final = (247, 189, 128)
SUN: Final = (255, 238, 196)
SEA_FAR: Final = (64, 122, 148)
SEA_NEAR: Final = (14, 44, 66)
PIER: Final = (36, 30, 40)


def png(width: int, height: int, paint: Painter) -> bytes:
    """A picture of 8-bit red, green and blue; ``paint`` gives the colour at x, y."""
    rows = b"".join(
        b"\0" + b"".join(bytes(paint(x, y)) for x in range(width)) for y in range(height)
    )
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    header = _chunk(b"IHDR", size + b"\x08\x02\x00\x00\x00")
    body = _chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + header + body + _chunk(b"IEND", b"")


@cache
def harbour(width: int, height: int) -> bytes:
    """A low sun over the sea, with a pier and the light on the water."""
    horizon = height * 11 // 20
    sun_x, sun_y, radius = width * 2 // 3, horizon - height // 12, height // 7

    def paint(x: int, y: int) -> Colour:
        if _on_pier(x, y, width, height, horizon):
            return PIER
        if y < horizon:
            if (x - sun_x) ** 2 + (y - sun_y) ** 2 < radius**2:
                return SUN
            return _mix(SKY_TOP, SKY_LOW, y * 256 // horizon)
        depth = (y - horizon) * 256 // (height - horizon)
        water = _mix(SEA_FAR, SEA_NEAR, depth)
        reach = radius * (160 - depth) // 200
        shimmer = (y * 5 + (x * x // 97)) % 7 < 3
        near_sun = abs(x - sun_x) < reach + (y * 13 % 11)
        return _mix(water, SUN, 150 - depth // 2) if shimmer and near_sun else water

    return png(width, height, paint)


@cache
def icon(size: int) -> bytes:
    """Two waves on a round-cornered square."""
    corner = size // 5

    def paint(x: int, y: int) -> Colour:
        edge_x = min(x, size - 1 - x)
        edge_y = min(y, size - 1 - y)
        if edge_x < corner and edge_y < corner:
            away = (corner - edge_x) ** 2 + (corner - edge_y) ** 2
            if away > corner**2:
                return 243, 247, 248
        for base, colour in ((70, SUN), (45, SKY_LOW)):
            crest = size * base // 100 + _wave(x * 400 // size) * size // 1600
            if crest <= y < crest + max(2, size // 10):
                return colour
        return _mix(SEA_FAR, SEA_NEAR, y * 256 // size)

    return png(size, size, paint)


def _on_pier(x: int, y: int, width: int, height: int, horizon: int) -> bool:
    if x > width * 2 // 5:
        return False
    deck = horizon + height // 14
    if deck <= y < deck + height // 40:
        return True
    post = x * 40 // width % 5 == 0
    lamp = width * 3 // 8 <= x < width * 3 // 8 + max(2, width // 120)
    return (deck <= y < deck + height // 5 and post) or (deck - height // 4 <= y < deck and lamp)


def _wave(phase: int) -> int:
    """From -100 to 100 and back every 200 steps, without the mathematics of the machine."""
    step = phase % 200 - 100
    return (100 - abs(step) * 2) * (150 - abs(100 - abs(step) * 2) // 2) // 100


def _mix(one: Colour, other: Colour, share: int) -> Colour:
    """``share`` of 256 parts of ``other``."""
    red, green, blue = (a + (b - a) * share // 256 for a, b in zip(one, other, strict=True))
    return red, green, blue


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + checksum
