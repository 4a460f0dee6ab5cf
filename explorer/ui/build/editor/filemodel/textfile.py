"""Reading and writing a Dockerfile: every byte that was not changed is the byte that was there."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from explorer.dockerfile.gotext import decode, encode
from explorer.errors import LimitExceeded, NotFound, Refused, StorageFull, UsageError
from explorer.ui.build.editor.filemodel.lineends import LineEnds
from explorer.ui.text import size

MAX_BYTES: Final = 64 << 20
"""The largest file that is opened for editing."""
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another without reading it."""

    modified: int
    size: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        """The stamp of what ``stat`` found."""
        return cls(found.st_mtime_ns, found.st_size, found.st_ino)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as text, and all it takes to write it back.

    ``text`` has line feeds and no byte order mark; bytes that are no UTF-8 are surrogates.
    ``digest`` is that of the bytes, ``stamp`` ``None`` for a file that is not there yet.
    """

    text: str = ""
    bom: bool = False
    ends: LineEnds = field(default_factory=LineEnds)
    stamp: Stamp | None = None
    digest: bytes = b""
    writable: bool = True

    @classmethod
    def of(cls, data: bytes, stamp: Stamp | None = None, *, writable: bool = True) -> Self:
        """Read bytes."""
        raw = decode(data)
        bom = raw.startswith(_BOM)
        text, ends = LineEnds.split(raw[1:] if bom else raw)
        return cls(text, bom, ends, stamp, sha256(data).digest(), writable)

    def encoded(self, text: str) -> bytes:
        """The bytes of a text that was this file's, perhaps changed since."""
        return encode((_BOM if self.bom else "") + self.ends.join(text))


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file, ``None`` where there is none."""
    try:
        return Stamp.of(path.stat())
    except OSError:
        return None


def read(path: Path) -> TextFile:
    """Read a file.

    Raises :class:`NotFound`, :class:`UsageError` for what is no file, :class:`LimitExceeded`, and
    :class:`Refused` where it cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{path.name} is not a file", hint="Choose a Dockerfile")
        if found.st_size > MAX_BYTES:
            raise _too_large(path, found.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is not there", why=str(path)) from error
    except OSError as error:
        raise Refused(f"{path.name} cannot be read", why=error.strerror or str(error)) from error
    if len(data) > MAX_BYTES:
        raise _too_large(path, len(data))
    writable = bool(found.st_mode & 0o222) and os.access(path, os.W_OK)
    return TextFile.of(data, Stamp.of(found), writable=writable)


def write(path: Path, data: bytes) -> Stamp:
    """Write a file whole or not at all, with the mode and the owner it had; links stay links.

    Raises :class:`Refused` or :class:`StorageFull`.
    """
    target = Path(os.path.realpath(path))
    try:
        if _must_stay(target) or not os.access(target.parent, os.W_OK):
            return _overwrite(target, data)
        return _replace(target, data)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"{path.name} is not saved", why="the disk is full") from error
        raise Refused(
            f"{path.name} is not saved",
            why=error.strerror or str(error),
            hint="Save it under another name; what you wrote is kept",
        ) from error


def _must_stay(target: Path) -> bool:
    """Whether other names lead to the same file: they must see the change."""
    with contextlib.suppress(OSError):
        return target.stat().st_nlink > 1
    return False


def _overwrite(target: Path, data: bytes) -> Stamp:
    with target.open("r+b" if target.exists() else "xb") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
        return Stamp.of(os.fstat(file.fileno()))


def _replace(target: Path, data: bytes) -> Stamp:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _take_over(target, file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            stamp = Stamp.of(os.fstat(file.fileno()))
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return stamp


def _take_over(target: Path, handle: int) -> None:
    """Give a new file the mode and the owner of the one whose place it takes."""
    if sys.platform == "win32":
        return
    try:
        before = target.stat()
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    with contextlib.suppress(OSError):
        os.fchown(handle, before.st_uid, before.st_gid)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _too_large(path: Path, length: int) -> LimitExceeded:
    return LimitExceeded(
        f"{path.name} is too large to edit",
        why=f"it has {size(length)}, and {size(MAX_BYTES)} is the most",
    )
