"""Work that is asked for again and again, of which only the newest counts.

One run at a time: on a thread that still works on what is outdated by now, a second one would
only take the interpreter from the window.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer

from explorer.progress import Job
from explorer.ui.tasks import Operation, loop_runs

_SHORT_MS: Final = 15
_LONGEST_PAUSE_MS: Final = 2000

log = logging.getLogger(__name__)

A = TypeVar("A")
R = TypeVar("R")


class Newest(QObject, Generic[A, R]):
    """Runs ``work(argument, job)`` on a thread and gives ``done(argument, result)``.

    What is asked for within ``delay`` milliseconds, or while a run is under way, costs one run
    more. Where no event loop runs, the work is done at once.
    """

    def __init__(
        self,
        owner: QObject,
        title: str,
        work: Callable[[A, Job], R],
        done: Callable[[A, R], object],
        *,
        delay: int = 0,
        failed: Callable[[A, BaseException], object] | None = None,
    ) -> None:
        super().__init__(owner)
        self._owner, self._title = owner, title
        self._work, self._done, self._failed = work, done, failed
        self._wanted: list[A] = []
        self._busy = False
        self._delay = delay
        self._began = 0.0
        self._timer = QTimer(self, singleShot=True, interval=delay)
        self._timer.timeout.connect(self._start)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to come."""
        return self._busy or bool(self._wanted)

    def ask(self, argument: A) -> None:
        """Ask for a run with ``argument``; an earlier one that has not begun is forgotten."""
        self._wanted = [argument]
        if self._busy:
            return
        if not loop_runs():
            self._run_now()
        elif not self._timer.isActive():
            self._timer.start()

    def forget(self) -> None:
        """Ask for nothing any more."""
        self._wanted.clear()

    def _run_now(self) -> None:
        argument = self._wanted.pop()
        self._done(argument, self._work(argument, Job()))

    def _start(self) -> None:
        if self._busy or not self._wanted or not loop_runs():
            return
        argument = self._wanted.pop()
        self._busy = True
        self._began = time.perf_counter()

        def work(job: Job) -> R:
            return self._work(argument, job)

        def succeeded(result: R) -> None:
            self._done(argument, result)

        operation = Operation(self._owner, self._title).work(work).success(succeeded)
        failed = self._failed
        if failed is not None:
            operation.failure(lambda error: failed(argument, error))
        operation.finished(self._finished).quiet().start()

    def _finished(self) -> None:
        self._busy = False
        if not shiboken6.isValid(self):
            return
        # Work that takes long leaves the interpreter to the window for twice that time.
        took = (time.perf_counter() - self._began) * 1000
        pause = min(int(took) * 2, _LONGEST_PAUSE_MS) if took > _SHORT_MS else 0
        self._timer.setInterval(max(self._delay, pause))
        if self._wanted:
            self._timer.start()


def log_failure(title: str) -> Callable[[object, BaseException], None]:
    """What to do with a failure that is no business of who writes: it is logged."""
    return lambda _asked, error: log.error("%s failed", title, exc_info=error)
