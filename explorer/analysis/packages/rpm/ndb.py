"""rpm's own database, "ndb" (SUSE): a file ``Packages.db`` of slots and blobs.

As lib/backend/ndb/rpmpkg.c of rpm lays it out: little-endian; a header of 32 bytes, then slots of
16 bytes that fill whole pages, then blobs at multiples of 16 bytes, each with a header of 16 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PAGE = 4096
_SLOTS_MOST = 1 << 20


def ndb_headers(data: bytes) -> Iterator[bytes]:
    """The headers of all packages. Raises ``ValueError``."""
    if len(data) < 32 or data[:4] != b"RpmP":
        raise ValueError("it is no database of rpm")
    version, _, pages = struct.unpack_from("<III", data, 4)
    end = pages * _PAGE
    if version or not 0 < end <= min(len(data), 16 * _SLOTS_MOST):
        raise ValueError("it is damaged, or of a version that is not known")
    left = len(data)
    for magic, number, block, count in struct.iter_unpack("<4sIII", data[32:end]):
        if magic != b"Slot" or not number:
            continue
        start = block * 16
        if start + 16 > len(data):
            continue
        blob, owner, _, length = struct.unpack_from("<4sIII", data, start)
        if blob == b"BlbS" and owner == number and length <= count * 16:
            left -= length
            if left < 0:
                raise ValueError("it is damaged: its packages overlap")
            yield data[start + 16 : start + 16 + length]
