"""Threads that compute give way to the window while it has something to do.

Python runs one thread at a time. A repaint hands the interpreter back with every call into Qt, and
with two threads at work each call waits for its turn again: what takes 30 ms alone then takes more
than 100. So the window's thread has a pulse, and where that is late, the others pause at their next
step until it is back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.progress import Job, Progress

_BEAT_MS = 3
_LATE = 0.006  # seconds without a beat, after which the window is taken to be busy
_PATIENCE = 0.03  # seconds; a window that is busy for longer holds up the work no further


class Pulse(QObject):
    """Tells threads whether the window's thread answers; beats from :meth:`start` to :meth:`stop`.

    :meth:`give_way` is for any thread, all else for the window's, in which it is made.
    """

    def __init__(
        self, parent: QObject | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._last: float | None = None
        self._own_thread = threading.get_ident()
        self._beaten = threading.Event()
        self._timer = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)

    @property
    def is_beating(self) -> bool:
        """Whether it was started and not stopped."""
        return self._timer.isActive()

    def start(self) -> None:
        """Beat, as long as threads are at work."""
        if not self.is_beating:
            self.beat()
            self._timer.start()

    def stop(self) -> None:
        """Rest; nobody waits for a pulse that rests."""
        self._timer.stop()
        self._last = None
        self._beaten.set()

    def beat(self) -> None:
        """Say that the window answers."""
        self._last = self._clock()
        self._beaten.set()

    def give_way(self) -> None:
        """Pause the calling thread while the window is busy, but never for long.

        The window's own thread passes: steps of the work that run there wait for nobody.
        """
        if threading.get_ident() == self._own_thread:
            return
        last = self._last
        if last is not None and self._clock() - last > _LATE:
            self._beaten.clear()
            self._beaten.wait(_PATIENCE)


class PoliteJob(Job):
    """A job that calls ``give_way`` with every step of the work."""

    def __init__(
        self, what: str, listener: Callable[[Progress], None], give_way: Callable[[], None]
    ) -> None:
        super().__init__(what, listener)
        self._give_way = give_way

    def check(self) -> None:
        """Raise :class:`explorer.errors.Cancelled` if the user said stop; else let others pass."""
        super().check()
        self._give_way()
