"""Garbage collection on the thread of the window only.

Python collects cycles on whichever thread happens to allocate. Widgets are often part of cycles
(a button whose handler refers to the page), and Qt must not destroy them, or stop their timers,
on another thread: that is a crash. So automatic collection is off, and a timer collects here.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500
_REST, _LONGEST = 1.0, 30.0
"""Seconds without a keystroke before older generations are looked through; and the longest that
typing without a rest can put that off."""

_last_key = 0.0


def key_pressed() -> None:
    """Say that somebody types: what takes long waits for a rest."""
    global _last_key
    _last_key = time.monotonic()


class Collector(QObject):
    """Collects each generation when it is due, by Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._put_off = 0.0

    @property
    def is_at_work(self) -> bool:
        """Whether it collects what is due."""
        return self._timer.isActive()

    def start(self) -> None:
        """Take over from automatic collection; what is there now is never looked at again.

        It is not even looked through now: all that a start makes is still in use at its end.
        """
        gc.disable()
        gc.freeze()
        self._timer.start()

    def hold(self, held: bool) -> None:
        """Collect nothing for a while, or go on: an import makes much, and drops little of it."""
        if not held:
            self._timer.start()
        else:
            self._timer.stop()

    def settle(self) -> None:
        """Never look again at what is there now: modules, which stay, are most of it.

        Of the pages that are open then, cycles stay, too: call it when there are none.
        """
        gc.freeze()

    def stop(self) -> None:
        """Give back to automatic collection."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect_if_due(self) -> int:
        """Collect the oldest generation that is due; return how many objects went.

        While somebody types, older generations wait: they can take a tenth of a second.
        """
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [each for each in (2, 1, 0) if counts[each] > thresholds[each] > 0]
        if not due:
            return 0
        if due[0] > 0 and self._somebody_types():
            return 0
        self._put_off = 0.0
        return gc.collect(due[0])

    def _somebody_types(self) -> bool:
        now = time.monotonic()
        if now - _last_key >= _REST:
            return False
        self._put_off = self._put_off or now
        return now - self._put_off < _LONGEST
