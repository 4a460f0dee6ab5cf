"""Random access to bytes that do not change while we read them."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from explorer.errors import DamagedImage, ExplorerError, NotFound, Refused

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class RandomAccess(Protocol):
    """Bytes that can be read anywhere."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from ``offset`` on; fewer than ``size`` only at the end."""


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells whether a file is still the one that was looked at."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    def __str__(self) -> str:
        return f"{self.device:x}-{self.inode:x}-{self.size:x}-{self.mtime_ns:x}"


class SharedFile:
    """An open file, read by offset from any number of threads.

    It is held open: replacing or deleting the path does not disturb a reader. Shrinking it does,
    and raises :class:`DamagedImage`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1
        try:
            # A FIFO or a device would block, or never end. Looked at before, for opening a device
            # can do things; and after, for what lies there may have been exchanged.
            _must_be_a_file(path, path.stat())
            self._fd = os.open(path, _READ)
            found = os.fstat(self._fd)
        except OSError as error:
            raise _cannot_open(path, error) from error
        _must_be_a_file(path, found)
        self.identity = FileIdentity(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        self._size = found.st_size
        self._lock = threading.Lock()  # for systems whose reads share one position

    @property
    def size(self) -> int:
        """Bytes in the file when it was opened."""
        return self._size

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        # Called for every header that is not near the one before: each step shows.
        wanted = min(size, self._size - offset)
        if wanted <= 0:
            return b""
        try:
            data = read_exactly(self._fd, wanted, offset, self._lock)
        except OSError as error:
            raise Refused(f"{self.path.name} cannot be read", why=error.strerror or "") from error
        if len(data) < wanted:
            raise DamagedImage(
                f"{self.path.name} changed while it was open",
                why=f"it ended before byte {offset + wanted:,}",
                hint="Open it again",
            )
        return data

    def close(self) -> None:
        """Close the file; reading it afterwards fails."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()


def _must_be_a_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise DamagedImage(
            f"{path.name} is no image",
            why="it is not a regular file",
            hint="Name a file made by docker save, or a folder with an OCI layout",
        )


def read_exactly(fd: int, size: int, offset: int, lock: threading.Lock) -> bytes:
    """Bytes of an open file from ``offset`` on; fewer than ``size`` only at its end.

    ``lock`` guards the position where the system (Windows) cannot read without moving it.
    """
    data = _read_once(fd, size, offset, lock)
    while data and len(data) < size:
        more = _read_once(fd, size - len(data), offset + len(data), lock)
        if not more:
            break
        data += more
    return data


def _read_once(fd: int, size: int, offset: int, lock: threading.Lock) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(fd, size, offset)
    with lock:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, size)


def _cannot_open(path: Path, error: OSError) -> ExplorerError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotFound(f"No file {path}", hint="Check the path")
    reason = error.strerror or str(error)
    return Refused(f"{path} cannot be opened", why=reason, hint="Check its permissions")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of something that can be read anywhere."""

    whole: RandomAccess
    start: int
    size: int

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        wanted = min(size, self.size - offset)
        return self.whole.read_at(self.start + offset, wanted) if wanted > 0 else b""


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes at hand."""

    data: bytes

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        return self.data[offset : offset + size]


def chunks_of(access: RandomAccess, size: int = 1 << 20) -> Iterator[bytes]:
    """All bytes, in order, ``size`` at a time."""
    offset = 0
    while data := access.read_at(offset, size):
        yield data
        offset += len(data)
