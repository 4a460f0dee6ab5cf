"""A plain copy in the making: readable as far as it has come."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from explorer.blobs.access import read_exactly
from explorer.progress import Job
from explorer.store.folder import CacheFolder, cannot_write, no_room

RESERVE = 256 << 20  # bytes of free disk that are never used
_LOOK_EVERY = 64 << 20  # bytes written between two looks at the free space
_MAGIC = b"LSplain\0"
TRAILER = len(_MAGIC) + 8

Chunks = Callable[[Job], Iterator[bytes]]


def trailer(length: int) -> bytes:
    """What stands behind a copy of so many bytes, and only behind a whole one."""
    return _MAGIC + length.to_bytes(8, "big")


class Spool:
    """Writes a stream to a file in the background, and reads it meanwhile.

    Under ``name`` the copy is kept for later; without one it goes with its last reader.
    """

    def __init__(self, folder: CacheFolder, name: str, chunks: Iterator[bytes], job: Job) -> None:
        self._folder, self._name = folder, name
        self._fd = -1
        try:
            folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fd, path = tempfile.mkstemp(dir=folder.path, prefix=".new-")
        except OSError as error:
            raise cannot_write(folder.path, error) from error
        self._path = Path(path)
        if not name:
            self._forget()
        self._written = 0
        self._done = False
        self._failure: Exception | None = None
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
            self._grown.wait_for(lambda: self._done or self._written >= offset + size)
            if self._failure is not None and self._written < offset + size:
                raise self._failure
            there = max(0, min(size, self._written - offset))
        return read_exactly(self._fd, there, offset, self._lock)

    def finish(self) -> None:
        """Wait until all is there; raises what went wrong."""
        self._worker.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Stop, and leave nothing half-made behind."""
        self._job.cancel()
        self._worker.join()
        self._close_file()

    def __del__(self) -> None:
        self._close_file()

    def _close_file(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _fill(self, chunks: Iterator[bytes]) -> None:
        failure: Exception | None = None
        try:
            for chunk in chunks:
                self._job.check()
                self._append(chunk)
            if self._name:
                self._keep()
        except OSError as error:
            failure = cannot_write(self._folder.path, error)
        except Exception as error:  # noqa: BLE001 — whatever it is, the readers wait to hear of it
            failure = error
        if failure is not None:
            self._forget()
        with self._grown:
            self._failure = failure
            self._done = True
            self._grown.notify_all()

    def _append(self, chunk: bytes) -> None:
        if self._written % _LOOK_EVERY < len(chunk):
            free = shutil.disk_usage(self._folder.path).free
            if free < RESERVE:
                raise no_room(self._folder.path)
        self._write(chunk)
        with self._grown:
            self._written += len(chunk)
            self._grown.notify_all()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def _keep(self) -> None:
        self._write(trailer(self._written))
        os.replace(self._path, self._folder.file(self._name))  # noqa: PTH105
        self._folder.trim()

    def _forget(self) -> None:
        # Windows keeps what is open; the next clean-up of the folder takes it.
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
