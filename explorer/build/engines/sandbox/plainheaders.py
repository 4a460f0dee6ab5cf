"""Headers of plain files in a tar, the same bytes as :func:`explorer.filesystem.layertar.header`.

A layer has one for each of its files, and nearly all need none of what that takes care of.
"""

from __future__ import annotations

from typing import Final

from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.layertar import header

BLOCK: Final = 512
_NAME: Final = 100  # bytes
_MOST_ID: Final = 0o7777777
_MOST_SIZE: Final = 0o77777777777
_CHECKSUM: Final = 8 * 0x20
_REST: Final = header(Entry(b"/a", EntryType.FILE))[156:]
"""What follows the checksum: in all of them the same."""
_SUM: Final = _CHECKSUM + sum(_REST)


def plain_header(entry: Entry) -> bytes | None:
    """The header of a regular file; ``None`` where it takes more than one block."""
    name = entry.path.lstrip(b"/")
    seconds = entry.mtime_ns // 1_000_000_000
    if (
        entry.xattrs
        or not name.isascii()
        or not 0 < len(name) <= _NAME
        or max(entry.uid, entry.gid) > _MOST_ID
        or max(entry.size, seconds) > _MOST_SIZE
        or seconds < 0
    ):
        return None
    head = b"%s%07o\0%07o\0%07o\0%011o\0%011o\0" % (
        name.ljust(_NAME, b"\0"), entry.mode & 0o7777, entry.uid, entry.gid, entry.size, seconds,
    )  # fmt: skip
    return b"%s%06o\0 %s" % (head, sum(head) + _SUM, _REST)
