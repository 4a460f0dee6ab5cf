"""How long the event loop was away: the longest time the window could not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer


class LagMeter:
    """Ticks every ``interval`` milliseconds and remembers how late the ticks came.

    Use as a context manager around what is measured; all is in seconds. The computer may be busy
    with something else: ``cpu`` is the clock of the processor time of this process, and
    ``computed`` is how long at the most it was itself computing while the loop was away.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        interval: int = 2,
        clock: Callable[[], float] = time.perf_counter,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self.lags: list[float] = []
        self.computed = 0.0
        self._cpu = cpu
        self._last_cpu = 0.0
        self._clock = clock
        self._last = 0.0
        self._interval = interval / 1000
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self.tick)

    @property
    def longest(self) -> float:
        """The longest absence in seconds."""
        return max(self.lags, default=0.0)

    def percentile(self, percent: float) -> float:
        """Return the absence that ``percent`` of all ticks stayed under, in seconds."""
        ordered = sorted(self.lags)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0

    def start(self) -> None:
        """Begin to measure."""
        self.lags.clear()
        self.computed = 0.0
        self._last, self._last_cpu = self._clock(), self._cpu()
        self._timer.start()

    def stop(self) -> float:
        """Take the last measure, even where no tick came any more; return the longest."""
        if self._timer.isActive():
            self._timer.stop()
            self.tick()
        return self.longest

    def tick(self) -> None:
        """Note how late this tick is."""
        now, cpu = self._clock(), self._cpu()
        self.lags.append(max(0.0, now - self._last - self._interval))
        self.computed = max(self.computed, min(self.lags[-1], cpu - self._last_cpu))
        self._last, self._last_cpu = now, cpu

    def __enter__(self) -> LagMeter:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
