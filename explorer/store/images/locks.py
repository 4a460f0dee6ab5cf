"""Locks between processes, on files: released by the system when a process dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.progress import Job

_RETRY = 0.02  # seconds between two tries

if sys.platform == "win32":
    import msvcrt

    def _try(fd: int, *, shared: bool) -> bool:
        # Windows has no shared lock at hand: readers of one kind wait for each other.
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(fd: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(path: Path, *, shared: bool = False, job: Job | None = None) -> Iterator[None]:
    """Hold a lock file; waits for it, and stops waiting when ``job`` is cancelled.

    Raises ``OSError`` where the file cannot be made, :class:`explorer.errors.Cancelled`.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        while not _try(fd, shared=shared):
            (job or _PATIENT).check()
            time.sleep(_RETRY)
        yield
    finally:
        os.close(fd)


def try_lock(fd: int) -> bool:
    """Take an open file for this process alone, if nobody else has it."""
    return _try(fd, shared=False)


def share_lock(fd: int) -> None:
    """Take an open file together with others; waits for whoever has it alone."""
    while not _try(fd, shared=True):
        time.sleep(_RETRY)


_PATIENT = Job()
