"""One operation under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from explorer.progress import Progress
from explorer.ui.courtesy import PoliteJob
from explorer.ui.rates import RateMeter


class Running:
    """One operation under way, as the status line and the job list see it.

    Its threads call ``give_way`` with every step, so that the window can go first.
    """

    def __init__(
        self,
        title: str,
        *,
        quiet: bool,
        listener: Callable[[Progress], None] | None,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self.title = title
        self.quiet = quiet
        self.started = time.monotonic()
        self.progress: Progress | None = None
        self.job = PoliteJob(title, self._note, give_way)
        self.task: asyncio.Task[None] | None = None
        self._listener = listener
        self._latest: Progress | None = None
        self.meter = RateMeter()

    @property
    def cancelled(self) -> bool:
        """Whether the user, or whoever owns it, said stop."""
        return self.job.cancelled

    @property
    def rate(self) -> float | None:
        """Bytes a second, or ``None`` while there is too little to tell."""
        return self.meter.rate

    @property
    def remaining(self) -> float | None:
        """Seconds to go, or ``None`` while nobody can tell."""
        return self.meter.remaining(self.progress.total) if self.progress else None

    @property
    def fraction(self) -> float | None:
        """How much is done, from 0 to 1, or ``None`` while unknown."""
        if self.progress is None or not self.progress.total:
            return None
        return min(1.0, self.progress.done / self.progress.total)

    def cancel(self) -> None:
        """Stop at once: the work is told, and whatever it still returns is dropped."""
        self.job.cancel()
        if self.task is not None:
            self.task.cancel()

    def tick(self) -> bool:
        """Publish the progress noted since the last tick; return whether there was any."""
        latest = self._latest
        if latest is None or latest is self.progress or self.cancelled:
            return False
        self.progress = latest
        self.meter.add(time.monotonic(), latest.done)
        if self._listener is not None:
            self._listener(latest)
        return True

    def _note(self, progress: Progress) -> None:
        # Called from the working threads: one assignment, which needs no lock.
        self._latest = progress
