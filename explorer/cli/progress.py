"""Progress on stderr: bytes, rate and time left, for what takes longer than a moment."""

from __future__ import annotations

import math
import sys
import threading
import time
from types import TracebackType
from typing import TextIO

from explorer.cli import text
from explorer.progress import Progress

_PATIENCE = 0.4  # seconds before anything shows
_BEAT = 0.1


class Meter:
    """Shows the latest progress from a thread of its own, so that work never waits for it.

    rich is imported only if there is something to show. ``patience`` is the seconds before anything
    does; ``shown`` is set once something was.
    """

    def __init__(
        self,
        what: str,
        *,
        colour: bool,
        patience: float = _PATIENCE,
        stream: TextIO | None = None,
    ) -> None:
        self._what, self._colour, self._patience = what, colour, patience
        self._stream = stream or sys.stderr
        self.shown = threading.Event()
        self._latest: Progress | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def tell(self, progress: Progress) -> None:
        """As a :class:`explorer.progress.Job` tells its listener."""
        self._latest = progress

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _show(self) -> None:
        if self._done.wait(self._patience):
            return
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[told]}")
        console = Console(file=self._stream, no_color=not self._colour)
        started = time.monotonic()
        with Bar(*columns, console=console, transient=True, auto_refresh=False) as bar:
            task = bar.add_task(self._what, total=None, told="")
            while True:
                finished = self._done.wait(_BEAT)
                latest = self._latest
                if latest is not None and latest.done:
                    said = told(latest, self._patience + time.monotonic() - started)
                    bar.update(task, completed=latest.done, total=latest.total, told=said)
                bar.refresh()
                self.shown.set()
                if finished:
                    return


def told(progress: Progress, seconds: float) -> str:
    """``41 MB of 187 MB, 205 MB/s, 1 s left``: as far as it is known."""
    rate = progress.done / max(seconds, 0.001)
    speed = f"{text.size(round(rate))}/s"
    if progress.total is None or progress.total < progress.done:
        return f"{text.size(progress.done)}, {speed}"
    left = math.ceil((progress.total - progress.done) / max(rate, 1))
    amount = f"{text.size(progress.done)} of {text.size(progress.total)}"
    return f"{amount}, {speed}, {_span(left)} left"


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
