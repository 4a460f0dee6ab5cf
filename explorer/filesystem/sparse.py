"""Sparse files in tars: GNU's old format, and PAX 0.0, 0.1 and 1.0 (GNU tar manual, "Sparse")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import DamagedImage
from explorer.filesystem.feed import Feed
from explorer.filesystem.index import SparseMap
from explorer.filesystem.tarheader import (
    BLOCK,
    LARGEST,
    SPECIAL_LIMIT,
    number,
    parse_sparse_runs,
    pax_number,
)


@dataclass(frozen=True, slots=True)
class SparseFile:
    """The map, the logical size, and the bytes the entry takes in the tar after its header."""

    map: SparseMap
    size: int
    taken: int


def read_gnu_sparse(feed: Feed, header: bytes, body: int, stored: int) -> SparseFile:
    """An entry of type ``S``; its map may go on in blocks that the size field does not count.

    Raises :class:`DamagedImage`.
    """
    logical = number(header[483:495])
    values = _gnu_pairs(header[386:482])
    extended, at = header[482], body
    while extended:
        block = bytes(feed.window(at)[:BLOCK])
        if len(block) < BLOCK or at - body > SPECIAL_LIMIT:
            raise _endless()
        values += _gnu_pairs(block[:504])
        extended = block[504]
        at += BLOCK
    found = _checked(values, at, logical, stored)
    return SparseFile(found, logical, stored + at - body)


def read_pax_sparse(
    feed: Feed, pax: Mapping[bytes, bytes], body: int, stored: int
) -> SparseFile | None:
    """A regular file whose PAX records make it sparse; None if they do not.

    Raises :class:`DamagedImage`.
    """
    logical = pax_number(pax, b"GNU.sparse.realsize")
    if logical is None:
        logical = pax_number(pax, b"GNU.sparse.size")
    if logical is None:
        return None
    if pax.get(b"GNU.sparse.major") == b"1":
        values, data = _map_before_data(feed, body, stored)
    else:
        text = pax.get(b"GNU.sparse.map", b"")
        values, data = [_decimal(part) for part in text.split(b",") if part], body
    return SparseFile(_checked(values, data, logical, stored - (data - body)), logical, stored)


def _map_before_data(feed: Feed, body: int, stored: int) -> tuple[list[int], int]:
    """PAX 1.0: decimal numbers, a line each, padded to a block, and then the data."""
    limit = min(stored, SPECIAL_LIMIT)
    text = bytes(feed.window(body, limit)[:limit])
    values: list[int] = []
    at = 0
    wanted = 1
    while len(values) < wanted:
        line_end = text.find(b"\n", at, at + 20)
        if line_end < 0:
            raise _endless()
        values.append(_decimal(text[at:line_end]))
        wanted = 1 + 2 * values[0]
        at = line_end + 1
    return values[1:], body + (at + BLOCK - 1) // BLOCK * BLOCK


def _checked(values: list[int], data: int, logical: int, stored: int) -> SparseMap:
    if not 0 <= logical <= LARGEST:
        raise DamagedImage("A sparse map is malformed", why=f"a file of {logical} bytes")
    return SparseMap(data, parse_sparse_runs(values, logical, stored))


def _gnu_pairs(area: bytes) -> list[int]:
    values: list[int] = []
    for at in range(0, len(area) - 23, 24):
        if area[at] == 0:
            break
        values += (number(area[at : at + 12]), number(area[at + 12 : at + 24]))
    return values


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 18:
        raise DamagedImage("A sparse map is malformed", why=f"{text[:20]!r} is no number")
    return int(text)


def _endless() -> DamagedImage:
    return DamagedImage("A sparse map is malformed", why="it has no end")
