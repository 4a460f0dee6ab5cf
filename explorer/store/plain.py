"""Plain copies of compressed blobs, so that any member can be read without starting over.

A gzip or zstd stream can only be entered at its start. The first time content is wanted from one,
it is decompressed once, in the background, into the cache; a reader waits only until the bytes it
wants are there. Small blobs stay in memory.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from explorer.blobs.access import InMemory, RandomAccess, SharedFile, read_exactly
from explorer.errors import Cancelled, ExplorerError
from explorer.progress import Job
from explorer.store.folder import CacheFolder, no_room

LIMIT = 8 << 30  # bytes on disk
SMALL = 16 << 20  # bytes of plain content that stay in memory
_RESERVE = 256 << 20  # bytes of free disk that are never used

Chunks = Callable[[Job], Iterator[bytes]]


class PlainCache:
    """Plain copies by key (a digest, or the identity of a file)."""

    def __init__(self, root: Path) -> None:
        self._folder = CacheFolder(root / "plain", LIMIT)

    def open(self, key: str, chunks: Chunks) -> RandomAccess:
        """Random access to what ``chunks`` yields.

        Raises what ``chunks`` raises, on opening or at the first read that needs it, and
        :class:`explorer.errors.StorageFull`.
        """
        name = key.replace(":", "-").replace("/", "-") + ".tar"
        kept = self._folder.file(name)
        if kept.is_file():
            self._folder.touch(name)
            return SharedFile(kept)
        job = Job()
        coming = chunks(job)
        head: list[bytes] = []
        length = 0
        for chunk in coming:
            head.append(chunk)
            length += len(chunk)
            if length > SMALL:
                return Spool(self._folder, name, chain(head, coming), job)
        return InMemory(b"".join(head))


class Spool:
    """A plain copy in the making: readable as far as it has come."""

    def __init__(self, folder: CacheFolder, name: str, chunks: Iterator[bytes], job: Job) -> None:
        self._folder, self._name = folder, name
        try:
            folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, path = tempfile.mkstemp(dir=folder.path, prefix=".new-")
        except OSError as error:
            raise no_room(folder.path) from error
        self._fd, self._path = handle, Path(path)
        self._written = 0
        self._done = False
        self._failure: BaseException | None = None
        self._grown = threading.Condition()
        self._lock = threading.Lock()
        self._job = job
        self._worker = threading.Thread(
            target=self._fill, args=(chunks,), name=f"plain {name[:20]}", daemon=True
        )
        self._worker.start()

    @property
    def size(self) -> int:
        """All bytes; waits for the end of the stream."""
        self.finish()
        return self._written

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`; waits until the bytes are there."""
        with self._grown:
            self._grown.wait_for(
                lambda: self._done or self._failure or self._written >= offset + size
            )
            if self._failure is not None and self._written < offset + size:
                raise self._failure
        return read_exactly(self._fd, size, offset, self._lock)

    def finish(self) -> None:
        """Wait until all is there; raises what went wrong."""
        self._worker.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Stop, and leave nothing half-made behind."""
        self._job.cancel()
        self._worker.join()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _fill(self, chunks: Iterator[bytes]) -> None:
        try:
            for chunk in chunks:
                self._job.check()
                self._append(chunk)
            os.replace(self._path, self._folder.file(self._name))  # noqa: PTH105
        except Cancelled as stop:
            self._fail(stop)
        except OSError:
            self._fail(no_room(self._folder.path))
        except ExplorerError as error:
            self._fail(error)
        else:
            self._folder.trim()
        with self._grown:
            self._done = True
            self._grown.notify_all()

    def _append(self, chunk: bytes) -> None:
        if self._written % (64 << 20) < len(chunk):
            free = shutil.disk_usage(self._folder.path).free
            if free < _RESERVE:
                raise no_room(self._folder.path)
        view = memoryview(chunk)
        while view:
            view = view[os.write(self._fd, view) :]
        with self._grown:
            self._written += len(chunk)
            self._grown.notify_all()

    def _fail(self, failure: BaseException) -> None:
        self._path.unlink(missing_ok=True)
        with self._grown:
            self._failure = failure
            self._grown.notify_all()
