"""A build context as the tar stream that engines take.

Its ignore file is applied here. Files are opened from the context's folder downward and never
through a link; symlinks travel as symlinks. Everything belongs to 0:0, as BuildKit has it.
"""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from typing import Final

from explorer.build.context.context import Context
from explorer.build.context.entries import Entries
from explorer.build.context.opening import open_file
from explorer.errors import Refused
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display
from explorer.progress import Job

_BLOCK: Final = 512
_CHUNK: Final = 1 << 20
_KINDS: Final = {
    EntryType.FILE: tarfile.REGTYPE,
    EntryType.DIR: tarfile.DIRTYPE,
    EntryType.SYMLINK: tarfile.SYMTYPE,
    EntryType.FIFO: tarfile.FIFOTYPE,
}


def context_tar(context: Context | None, extra: Mapping[str, bytes], job: Job) -> Iterator[bytes]:
    """The stream, in large pieces. ``extra`` files come in place of the context's, or besides.

    Raises :class:`Refused` for a
    file that cannot be read, or is not what it was when the context was looked at.
    """
    pending = bytearray()
    for piece in _pieces(context, extra, job):
        pending += piece
        if len(pending) >= _CHUNK:
            yield bytes(pending)
            pending.clear()
    pending += bytes(2 * _BLOCK)
    yield bytes(pending)


def _pieces(context: Context | None, extra: Mapping[str, bytes], job: Job) -> Iterator[bytes]:
    if context is not None:
        replaced = {os.fsencode(name) for name in extra}
        for row in range(1, len(context.entries)):
            job.check()
            path = context.entries.path(row)
            if path not in replaced:
                yield from _entry(context, row, path, replaced)
    for name, data in extra.items():
        yield _header(os.fsencode(name), tarfile.REGTYPE, 0o644, 0, size=len(data))
        yield data
        yield bytes(-len(data) % _BLOCK)


def _entry(context: Context, row: int, path: bytes, replaced: set[bytes]) -> Iterator[bytes]:
    entries = context.entries
    kind = _KINDS.get(EntryType(int(entries.type[row])))
    if kind is None:  # a socket or a device: no engine takes them from a context
        return
    mode, seconds = int(entries.mode[row]), int(entries.mtime[row]) // 10**9
    if kind == tarfile.SYMTYPE:
        yield _header(path, kind, mode, seconds, link=entries.targets[row])
    elif kind != tarfile.REGTYPE:
        yield _header(path, kind, mode, seconds)
    elif (first := _linked_to(entries, row, replaced)) is not None:
        yield _header(path, tarfile.LNKTYPE, mode, seconds, link=first)
    else:
        yield _header(path, kind, mode, seconds, size=int(entries.size[row]))
        yield from _content(context, row, path)


def _linked_to(entries: Entries, row: int, replaced: set[bytes]) -> bytes | None:
    """The name that came before of a file that has several."""
    first = int(entries.first_name[row])
    if first == row or first <= 0:
        return None
    path = entries.path(first)
    return None if path in replaced else path


def _content(context: Context, row: int, path: bytes) -> Iterator[bytes]:
    entries = context.entries
    size, mtime = int(entries.size[row]), int(entries.mtime[row])
    try:
        fd = open_file(context.folder, path)
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error
    try:
        found = os.fstat(fd)
        if (found.st_size, found.st_mtime_ns) != (size, mtime) or not stat.S_ISREG(found.st_mode):
            raise _unreadable(path, "it changed since the build context was looked at")
        left = size
        while left:
            chunk = os.read(fd, min(left, _CHUNK))
            if not chunk:
                raise _unreadable(path, "it became shorter while it was read")
            left -= len(chunk)
            yield chunk
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error
    finally:
        os.close(fd)
    yield bytes(-size % _BLOCK)


def _header(
    path: bytes, kind: bytes, mode: int, seconds: int, *, size: int = 0, link: bytes = b""
) -> bytes:
    member = tarfile.TarInfo(os.fsdecode(path) + ("/" if kind == tarfile.DIRTYPE else ""))
    member.type, member.mode, member.mtime, member.size = kind, mode, max(0, seconds), size
    member.linkname = os.fsdecode(link)
    # GNU's form keeps names as bytes; pax has them in UTF-8 only.
    return member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _unreadable(path: bytes, why: str) -> Refused:
    return Refused(f"{display(path)} in the build context cannot be read", why=why)
