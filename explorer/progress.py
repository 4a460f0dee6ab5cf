"""Progress and cancellation, as every long operation takes them.

A long operation accepts a :class:`Job` and calls :meth:`Job.advance` at least every 50 ms of work.
The caller cancels from any thread; the operation then raises
:class:`explorer.errors.Cancelled` at its next step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from explorer.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation is: ``done`` of ``total`` bytes (``None`` while unknown)."""

    what: str
    done: int
    total: int | None


class Job:
    """One cancellable operation: bytes done are added up over all threads that work on it.

    ``listener`` is called from the working threads, with every advance; who shows it coalesces.
    """

    def __init__(self, what: str = "", listener: Callable[[Progress], None] | None = None) -> None:
        self.what = what
        self._listener = listener
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._done = 0
        self._total: int | None = None

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the operation to stop; safe from any thread, any number of times."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise :class:`Cancelled` if the user said stop."""
        if self._cancelled.is_set():
            raise Cancelled

    def expect(self, total: int) -> None:
        """Add ``total`` bytes to what is to be done."""
        with self._lock:
            self._total = (self._total or 0) + total
        self._tell()

    def advance(self, count: int) -> None:
        """Say that ``count`` more bytes are done; raises :class:`Cancelled` as :meth:`check`."""
        self.check()
        with self._lock:
            self._done += count
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(Progress(self.what, self._done, self._total))
