"""The cache folder: bounded, shared by processes, and never trusted.

Everything in it can be deleted at any time. Files appear whole (written aside, then renamed), carry
a checksum, and are dropped where they are damaged or of another version.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import platformdirs

from explorer.errors import StorageFull

_SHARE = 16  # by this share of the limit a folder may grow over it
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def cache_root() -> Path:
    """Where the cache lives: ``LAYERSCOPE_CACHE_DIR``, or the user's cache directory."""
    named = os.environ.get("LAYERSCOPE_CACHE_DIR")
    return (
        Path(named) if named else Path(platformdirs.user_cache_dir("layerscope", appauthor=False))
    )


class CacheFolder:
    """Files by key, at most ``limit`` bytes of them; the least recently used go first."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.limit = limit
        self._since = limit  # bytes written since the last look at all that is there

    def file(self, key: str) -> Path:
        """Where a key's file is, or would be."""
        return self.path / key

    def touch(self, key: str) -> None:
        """Note that a file was used."""
        with contextlib.suppress(OSError):
            os.utime(self.file(key))

    def drop(self, key: str) -> None:
        """Delete a file, if it is there."""
        with contextlib.suppress(OSError):
            self.file(key).unlink()

    def write(self, key: str, fill: Callable[[BinaryIO], object]) -> Path:
        """Make a file with what ``fill`` writes. On any error nothing is left behind.

        Raises :class:`StorageFull` where there is no room, ``OSError`` where the folder cannot be
        written at all.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".new-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                fill(file)
                self._since += file.tell()
            temporary.replace(self.file(key))
        except BaseException as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            if isinstance(error, OSError) and lacks_room(error):
                raise no_room(self.path) from error
            raise
        # Thousands of small files: to look at all of them for each new one would take seconds.
        if self._since > self.limit // _SHARE:
            self.trim()
        return self.file(key)

    def trim(self) -> None:
        """Delete what is over the limit, and what an interrupted writer left."""
        self._since = 0
        files: list[tuple[float, int, Path]] = []
        with contextlib.suppress(OSError):
            for path in self.path.iterdir():
                with contextlib.suppress(OSError):
                    found = path.stat()
                    files.append((found.st_mtime, found.st_size, path))
        files.sort(reverse=True)
        total = 0
        newest = files[0][0] if files else 0.0
        for used, size, path in files:
            total += size
            abandoned = path.name.startswith(".new-") and newest - used > 3600
            if abandoned or (total > self.limit and not path.name.startswith(".new-")):
                with contextlib.suppress(OSError):
                    path.unlink()


def lacks_room(error: OSError) -> bool:
    """Whether something could not be written because a disk or a quota is full."""
    return error.errno in _NO_ROOM


def cannot_write(path: Path, error: OSError) -> StorageFull:
    """The error for a folder that takes no file, whatever the reason."""
    if lacks_room(error):
        return no_room(path)
    return StorageFull(
        "The cache cannot be written",
        why=f"{path}: {error.strerror or error}",
        hint="Name another folder in LAYERSCOPE_CACHE_DIR",
    )


def no_room(path: Path) -> StorageFull:
    """The error for a full disk."""
    return StorageFull(
        "There is no room for the cache",
        why=f"the disk that holds {path} is full",
        hint="Free some space, or name another folder in LAYERSCOPE_CACHE_DIR",
    )
