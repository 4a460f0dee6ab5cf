"""Writing a layer: entries as a tar, the same bytes for the same entries.

OCI image specification, layer.md: PAX headers where a name, a number or an attribute needs one,
whiteouts as empty files, opaque directories as ``.wh..wh..opq``.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator

from explorer.filesystem.entry import OPAQUE_NAME, WHITEOUT_PREFIX, Entry, EntryType

_BLOCK = 512
_KINDS = {
    EntryType.FILE: tarfile.REGTYPE,
    EntryType.DIR: tarfile.DIRTYPE,
    EntryType.SYMLINK: tarfile.SYMTYPE,
    EntryType.HARDLINK: tarfile.LNKTYPE,
    EntryType.CHAR: tarfile.CHRTYPE,
    EntryType.BLOCK: tarfile.BLKTYPE,
    EntryType.FIFO: tarfile.FIFOTYPE,
    EntryType.WHITEOUT: tarfile.REGTYPE,
    EntryType.OPAQUE: tarfile.REGTYPE,
}
END = bytes(2 * _BLOCK)
"""What closes a tar."""


def member(entry: Entry, content: Iterable[bytes] = ()) -> Iterator[bytes]:
    """One entry as tar blocks; ``content`` are the ``entry.size`` bytes of a regular file.

    Times are cut to seconds, as every builder writes them. Raises ValueError where the content
    has another length.
    """
    yield header(entry)
    if entry.type is not EntryType.FILE:
        return
    written = 0
    for chunk in content:
        written += len(chunk)
        yield chunk
    if written != entry.size:
        raise ValueError(f"{entry.path!r} has {written} bytes, not {entry.size}")
    yield bytes(-entry.size % _BLOCK)


def header(entry: Entry) -> bytes:
    """The header blocks of one entry."""
    info = tarfile.TarInfo(_text(_name(entry)))
    info.type = _KINDS[entry.type]
    info.mode, info.uid, info.gid = entry.mode, entry.uid, entry.gid
    info.mtime = entry.mtime_ns // 1_000_000_000
    info.size = entry.size if entry.type is EntryType.FILE else 0
    if entry.link is not None:
        target = entry.link
        info.linkname = _text(target.lstrip(b"/") if entry.type is EntryType.HARDLINK else target)
    if entry.device is not None:
        info.devmajor, info.devminor = entry.device
    info.pax_headers = {
        f"SCHILY.xattr.{_text(name)}": _text(value) for name, value in sorted(entry.xattrs.items())
    }
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _name(entry: Entry) -> bytes:
    path = entry.path.lstrip(b"/")
    if entry.type is EntryType.WHITEOUT:
        folder, slash, name = path.rpartition(b"/")
        return folder + slash + WHITEOUT_PREFIX + name
    if entry.type is EntryType.OPAQUE:
        return path + b"/" + OPAQUE_NAME if path else OPAQUE_NAME
    return path or b"./"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
