"""Tar archives written in one pass, the same bytes for the same content."""

from __future__ import annotations

import contextlib
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from explorer.errors import ExplorerError, Refused, StorageFull
from explorer.store.folder import lacks_room

_BLOCK = 512


class ArchiveWriter:
    """Members one after the other: owned by root, of one time, in the order they are given."""

    def __init__(self, out: IO[bytes], mtime: int) -> None:
        self._out = out
        self._mtime = mtime
        self._folders: set[str] = set()
        self.size = 0

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """A file of ``size`` bytes; the folders above it come first."""
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            self._folder("/".join(parts[:depth]))
        self._header(name, size, tarfile.REGTYPE, 0o644)
        written = 0
        for chunk in chunks:
            self._write(chunk)
            written += len(chunk)
        if written != size:
            raise ValueError(f"{name} has {written} bytes, not {size}")
        self._write(bytes(-size % _BLOCK))

    def finish(self) -> None:
        """The end of the archive."""
        self._write(bytes(2 * _BLOCK))

    def _folder(self, name: str) -> None:
        if name not in self._folders:
            self._folders.add(name)
            self._header(name + "/", 0, tarfile.DIRTYPE, 0o755)

    def _header(self, name: str, size: int, kind: bytes, mode: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.type, member.mode, member.mtime = size, kind, mode, self._mtime
        self._write(member.tobuf(tarfile.PAX_FORMAT))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self.size += len(data)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name when it is whole, and not at all otherwise.

    Raises :class:`StorageFull` where there is no room, :class:`Refused` where none may be made.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _cannot_write(path, error) from error
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, error: OSError) -> ExplorerError:
    if lacks_room(error):
        return StorageFull(
            f"There is no room for {path.name}",
            why=f"the disk that holds {path.parent} is full",
            hint="Free some space, or save it elsewhere",
        )
    reason = error.strerror or str(error)
    return Refused(f"{path} cannot be written", why=reason, hint="Name another place")
