"""rpm's Berkeley DB (until rpm 4.15): a hash table ``Packages`` from a number to a header.

The page layout is that of Berkeley DB's hash access method, versions 8 to 10 (src/dbinc/db_page.h):
pages of one size, a header of 26 bytes each; values too large for a page, as headers are, in chains
of overflow pages. The byte order is the writer's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HASH_MAGIC = 0x00061561
_META, _HASH_UNSORTED, _HASH, _OVERFLOW = 8, 2, 13, 7
_OFF_PAGE = 3
_PAGE_HEADER = 26


def berkeley_headers(data: bytes) -> Iterator[bytes]:
    """The headers of all packages. Raises ``ValueError``."""
    order, size = _layout(data)
    fresh = bytearray(b"\1") * (len(data) // size)  # pages that no chain has used yet
    for start in range(size, len(data) - size + 1, size):
        if data[start + 25] not in (_HASH, _HASH_UNSORTED):
            continue
        for place in _large_values(data, start, size, order):
            first, length = struct.unpack_from(f"{order}II", data, place + 4)
            yield _chain(data, first, length, size, order, fresh)


def _layout(data: bytes) -> tuple[str, int]:
    """The byte order, as :mod:`struct` writes it, and the size of a page."""
    for order in "<>":
        if len(data) < 512:
            break
        magic, _, size = struct.unpack_from(f"{order}III", data, 12)
        if magic == _HASH_MAGIC and data[25] == _META and 512 <= size <= 65536:
            if data[24]:
                raise ValueError("it is encrypted")
            if not size & (size - 1):
                return order, size
    raise ValueError("it is no Berkeley DB hash table")


def _large_values(data: bytes, start: int, size: int, order: str) -> Iterator[int]:
    """Where the values of a hash page stand that lie on pages of their own."""
    (count,) = struct.unpack_from(f"{order}H", data, start + 20)
    count = min(count, (size - _PAGE_HEADER) // 2)
    offsets = struct.unpack_from(f"{order}{count}H", data, start + _PAGE_HEADER)
    for offset in offsets[1::2]:  # keys and values take turns
        if _PAGE_HEADER <= offset <= size - 12 and data[start + offset] == _OFF_PAGE:
            yield start + offset


def _chain(data: bytes, number: int, length: int, size: int, order: str, fresh: bytearray) -> bytes:
    """The bytes of a chain of overflow pages; fewer than ``length`` if it breaks off.

    A page belongs to one chain: in a file where chains cross, or go in circles, they end there.
    """
    parts: list[bytes] = []
    while length > 0 and 0 < number < len(fresh) and fresh[number]:
        fresh[number] = 0
        start = number * size
        if data[start + 25] != _OVERFLOW:
            break
        following, used = struct.unpack_from(f"{order}I2xH", data, start + 16)
        part = data[start + _PAGE_HEADER : start + _PAGE_HEADER + min(used, length)]
        if not part:
            break
        parts.append(part)
        length -= len(part)
        number = following
    return b"".join(parts)
