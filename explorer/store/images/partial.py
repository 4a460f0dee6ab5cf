"""Blobs that are still on their way: what came of one stays when its way breaks off.

They lie in ``.partial`` of the store, each under its digest and none under a name that a reader of
the layout looks at. Whoever wants the blob next goes on from there. What nobody comes back for is
dropped after a week, or when the store is cleared.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from explorer.errors import DigestMismatch, StorageFull
from explorer.oci import Descriptor
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.store.images.locks import try_lock

_FOLDER: Final = ".partial"
_KEPT: Final = 7 * 24 * 3600.0  # seconds
_TRIES: Final = 10
_PIECE: Final = 1 << 20
_HINT: Final = 8 << 20


class PartialBlob:
    """A blob that grows, from where an earlier attempt left it; use it in a ``with``.

    ``resumed`` is how many bytes were there. Left by an error it keeps what came, unless that is
    known to be wrong or there is no room. A blob that another process is fetching is fetched
    beside it, and not kept.
    """

    def __init__(self, layout: Layout, descriptor: Descriptor) -> None:
        self._layout, self._descriptor = layout, descriptor
        self._hasher = descriptor.digest.hasher()
        self.size = self._unhinted = 0
        folder = layout.root / _FOLDER
        try:
            self._path, self._fd, self._own = _opened(folder, descriptor)
            self._read_what_is_there()
        except OSError as error:
            raise cannot_write(folder, error) from error
        self.resumed = self.size

    def _read_what_is_there(self) -> None:
        if os.fstat(self._fd).st_size > self._descriptor.size:
            os.ftruncate(self._fd, 0)
        while piece := os.read(self._fd, _PIECE):
            self._hasher.update(piece)
            self.size += len(piece)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes; raises :class:`StorageFull` where there is no room."""
        self._hasher.update(data)
        view = memoryview(data)
        try:
            while view:
                written = os.write(self._fd, view)
                view, self.size = view[written:], self.size + written
        except OSError as error:
            raise cannot_write(self._path.parent, error) from error
        if self.size - self._unhinted >= _HINT:
            self._begin_flushing()

    def _begin_flushing(self) -> None:
        """Have the system write what is new, so that there is less to wait for at the end."""
        if hasattr(os, "posix_fadvise"):
            start, self._unhinted = self._unhinted, self.size
            with contextlib.suppress(OSError):
                os.posix_fadvise(self._fd, start, self.size - start, os.POSIX_FADV_DONTNEED)

    def finish(self, what: str) -> None:
        """Flush the blob to the disk and give it its name; ``what`` names it in the message.

        Raises :class:`DigestMismatch`; nothing of it is kept then.
        """
        try:
            self._descriptor.digest.verify_hasher(self._hasher, what)
        except DigestMismatch:
            self._drop()
            raise
        try:
            os.fsync(self._fd)
            self._path.chmod(0o644)
            if os.name == "nt":  # which renames no open file
                self._close()
            self._layout.settle(self._path, self._descriptor.digest)
        except OSError as error:
            raise cannot_write(self._path.parent, error) from error
        self._close()

    def _drop(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._close()

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            with contextlib.suppress(OSError):
                self._path.parent.rmdir()  # while others have blobs in it, it stays

    def __enter__(self) -> PartialBlob:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        full = kind is not None and issubclass(kind, StorageFull)
        if full or not self._own or not self.size:
            self._drop()
        self._close()


def forget_partials(layout: Layout, *, older: float = _KEPT) -> int:
    """Drop what nobody has added to for ``older`` seconds; returns how many bytes that were."""
    size, before = 0, time.time() - older
    with contextlib.suppress(OSError):
        for path in (layout.root / _FOLDER).iterdir():
            with contextlib.suppress(OSError):
                fd = os.open(path, os.O_RDWR)
                try:
                    found = os.fstat(fd)
                    if found.st_mtime <= before and try_lock(fd):
                        path.unlink()
                        size += found.st_size
                finally:
                    os.close(fd)
    return size


def _opened(folder: Path, descriptor: Descriptor) -> tuple[Path, int, bool]:
    """The file of a blob, locked; one of its own where another process has that."""
    path = folder / f"{descriptor.digest.algorithm}-{descriptor.digest.encoded}"
    fd = _made(folder, path)
    try:
        if try_lock(fd) and _is_still(path, fd):
            return path, fd, True
    except OSError:
        os.close(fd)
        raise
    os.close(fd)
    own = folder / f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}"
    fd = _made(folder, own)
    try_lock(fd)
    return own, fd, False


def _made(folder: Path, path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    for _ in range(_TRIES):  # whoever had the last file in it took the folder away
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(path, flags, 0o600)
    return os.open(path, flags, 0o600)


def _is_still(path: Path, fd: int) -> bool:
    """Whether a path is an open file; whoever had it before may have given it its final name."""
    try:
        found, held = path.stat(), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)
