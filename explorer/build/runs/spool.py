"""All that the steps of one build print, on disk: a file for each, written on a thread."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from pathlib import Path
from queue import SimpleQueue
from tempfile import mkdtemp
from typing import BinaryIO, Final

from explorer.build.engines.scratch import is_alive
from explorer.build.runs.sgr import plain_lines

_MOST_WAITING: Final = 64 << 20
"""Bytes that wait for the disk; of more, some are left out and counted."""
_PREFIX: Final = "output-"


class Spool:
    """Takes what is printed from any thread, without waiting for the disk.

    The files are plain text: no colours, and of a line that was written over its last version.
    Where the disk is full they end early; a build does not fail for that.
    """

    def __init__(self, folder: Path) -> None:
        self._parent = folder
        self._queue: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._waiting = 0
        self._lost = 0
        self._files: dict[str, _File] = {}
        self._folder: Path | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def put(self, step: str, data: bytes) -> None:
        """Write what a step printed, in a moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="output", daemon=True)
            self._thread.start()
        if self._waiting > _MOST_WAITING:
            self._lost += len(data)
            return
        self._waiting += len(data)
        self._queue.put((step, data))

    def close(self) -> dict[str, Path]:
        """Write what is left, and give the file of each step; blocks until all is written."""
        with self._lock:
            if self._thread is None:
                return {}
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        return {step: file.path for step, file in self._files.items() if file.close()}

    def remove(self) -> None:
        """Delete the files."""
        self.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(self._parent)
            self._folder = Path(mkdtemp(dir=self._parent, prefix=f"{_PREFIX}{os.getpid()}-"))
        while (item := self._queue.get()) is not None:
            step, data = item
            self._waiting -= len(data)
            if self._folder is None:
                continue
            if step not in self._files:
                self._files[step] = _File(self._folder / f"{len(self._files)}.txt")
            self._files[step].write(data)
        for file in self._files.values():
            file.finish(self._lost)


def _sweep(parent: Path) -> None:
    """Delete what processes that ended in the middle of a build have left."""
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


class _File:
    """Whole lines, as plain text."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open = b""
        self._out: BinaryIO | None = None
        with contextlib.suppress(OSError):
            self._out = path.open("wb")

    def write(self, data: bytes) -> None:
        *lines, self._open = (self._open + data).split(b"\n")
        if lines:
            self._put(plain_lines([*lines, b""]))
        if len(self._open) > _MOST_WAITING:
            self._open = b""  # no program prints such a line for anybody to read

    def finish(self, lost: int) -> None:
        self._put(plain_lines([self._open]))
        if lost:
            self._put(f"\n[{lost:,} bytes of the build's output came too fast to be kept]\n")

    def close(self) -> bool:
        """Whether there is a file."""
        if self._out is None:
            return False
        with contextlib.suppress(OSError):
            self._out.close()
        return True

    def _put(self, words: str) -> None:
        if self._out is not None:
            with contextlib.suppress(OSError):
                self._out.write(words.encode("utf-8", "replace"))
