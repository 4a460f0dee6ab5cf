"""How fast an operation goes, and how long it still takes."""

from __future__ import annotations

from collections import deque


class RateMeter:
    """Speed over the last ``window`` seconds, so that a stall shows and a burst does not."""

    def __init__(self, window: float = 3.0) -> None:
        self._window = window
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """Note that ``done`` bytes in all were done at ``now`` (seconds)."""
        self._samples.append((now, done))
        # One sample older than the window stays: it is where the window begins.
        while len(self._samples) > 2 and self._samples[1][0] <= now - self._window:
            self._samples.popleft()

    @property
    def rate(self) -> float | None:
        """Bytes a second, or ``None`` while there is too little to tell."""
        if len(self._samples) < 2:
            return None
        (first, before), (last, after) = self._samples[0], self._samples[-1]
        # Half a second is the least that gives a figure worth reading.
        return (after - before) / (last - first) if last - first >= 0.5 else None

    def remaining(self, total: int | None) -> float | None:
        """Return the seconds until ``total``, or ``None`` while nobody can tell."""
        rate = self.rate
        if total is None or not rate:
            return None
        return max(0, total - self._samples[-1][1]) / rate
