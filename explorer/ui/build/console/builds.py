"""Builds that run in the window: started, followed at a pace that people can see, kept."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from explorer.build.engine import Engine, Health
from explorer.build.events import Event, Failed, Log, Stopped
from explorer.build.request import BuildRequest
from explorer.build.runs import BuildHistory, BuildLog, Inflow, Spool
from explorer.errors import ExplorerError
from explorer.progress import Job
from explorer.ui.tasks import Operation, Running, run_in_thread, tasks

_TICK_MS: Final = 50
"""What happens is shown at most 20 times a second."""
_AT_HAND: Final = 8
"""Builds of a page that can be looked at again without their record."""
_POURING: Final = 0.008
"""Seconds of each tick that go into what was printed."""


class Build(QObject):
    """One build under way, or over."""

    changed = Signal(object)
    """The ids of steps that went on; also when only time passed."""
    ended = Signal()

    def __init__(
        self, log: BuildLog, request: BuildRequest, parent: QObject, spool: Spool | None = None
    ) -> None:
        super().__init__(parent)
        self.log, self.request, self.spool = log, request, spool
        self.number = 1
        """Which of its page's builds it is, counted from 1."""
        self.running: Running | None = None
        self.error: ExplorerError | None = None
        self._inflow = Inflow(spool)
        self._began = time.monotonic()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return self.log.at if self.log.end is not None else time.monotonic() - self._began

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more, and all that it printed is taken in."""
        return self.running is None and not self._inflow

    def tell(self, event: Event) -> None:
        """Take an event of the engine, in the window's loop."""
        at = getattr(event, "at", None)
        if at is not None:
            self._began = min(time.monotonic(), max(self._began, time.monotonic() - at))
        if isinstance(event, Log):
            self._inflow.put(event)
        else:
            self.log.take(event)

    def stop(self) -> None:
        """Stop it, and everything that it runs."""
        if self.running is not None:
            self.running.cancel()

    def finish(self) -> None:
        """It is over, in whatever way; it has ended once all that it printed is taken in."""
        if self.log.end is None:
            self.log.take(Stopped(self.now))
        self.running = None
        self._tick()

    def _tick(self) -> None:
        self._name()
        self._inflow.pour(self.log, _POURING)
        self.changed.emit(self.log.drain())
        if self.is_over and self._timer.isActive():
            self._timer.stop()
            self.ended.emit()

    def _name(self) -> None:
        """Have the list of running work tell how far it is."""
        running, totals = self.running, self.log.totals()
        if running is not None and totals.steps:
            base = running.title.partition(" · ")[0]
            title = f"{base} · {totals.over} of {totals.steps}"
            if title != running.title:
                running.title = title
                tasks().progressed.emit()


class Builds(QObject):
    """Starts builds, any number at the same time; each one that ends is kept in the history."""

    began = Signal(object)
    """A :class:`Build`."""
    ended = Signal(object)
    """A :class:`Build`; its log has its end."""
    kept = Signal()
    """The history has another build."""

    def __init__(self, parent: QObject, history: BuildHistory | None = None) -> None:
        super().__init__(parent)
        self.history = history or BuildHistory.at()
        self.running: list[Build] = []
        self.recent: list[Build] = []
        """Those that run, and the last few that ended; the oldest first."""
        self._count = 0

    def start(self, request: BuildRequest, engine: str, title: str, *, target: str) -> Build:
        """Build with an engine, by its name; ``auto`` leaves the choice to the application.

        ``title`` is how the list of running work calls it, ``target`` how the history does.
        """
        name = "sandbox" if engine == "auto" else engine
        log = BuildLog(str(request.dockerfile), target, name)
        build = Build(log, request, self, self.history.spool())
        build.ended.connect(lambda: self._over(build))
        self._count += 1
        build.number = self._count
        self.running.append(build)
        self._remember(build)

        async def work(job: Job) -> None:
            chosen = await run_in_thread(_chosen, engine)
            build.log.engine = chosen.name
            await chosen.build(request, build.tell)

        build.running = (
            Operation(self, title)
            .work(work)
            .failure(lambda error: self._refused(build, error))
            .finished(lambda: self._finished(build))
            .start()
        )
        self.began.emit(build)
        return build

    def _remember(self, build: Build) -> None:
        """Keep a few at hand; the history has all of them."""
        self.recent.append(build)
        over = [each for each in self.recent if each.is_over]
        for old in over[: max(0, len(self.recent) - _AT_HAND)]:
            self.recent.remove(old)
            old.setParent(None)

    def stop(self) -> None:
        """Stop all of them."""
        for build in list(self.running):
            build.stop()

    async def aclose(self) -> None:
        """Stop all of them, and wait until nothing of them is left."""
        ending = list(self.running)
        waiting = [b.running.task for b in ending if b.running and b.running.task]
        self.stop()
        if waiting:
            await asyncio.wait(waiting)
        for build in ending:
            if build.spool is not None:
                await run_in_thread(build.spool.remove)

    def _refused(self, build: Build, error: BaseException) -> None:
        """The engine does not do it, or could not read what to do."""
        if not isinstance(error, ExplorerError):
            build.tell(Failed(0, "", "The engine failed", str(error)))
            raise error
        build.error = error
        words = f"{error.what}: {error.why}" if error.why else error.what
        if build.log.end is None:
            build.tell(Failed(0, "", words, error.hint, seconds=build.now))

    def _finished(self, build: Build) -> None:
        if not isValid(self):
            return
        if build in self.running:
            self.running.remove(build)
        build.finish()

    def _over(self, build: Build) -> None:
        self.ended.emit(build)
        (
            Operation(self, "Keeping the build")
            .work(lambda _job: self.history.add(build.log, build.spool))
            .success(lambda _summary: self._kept(build))
            .failure(lambda _error: None)  # a full disk is told by whoever needs the room
            .quiet()
            .start()
        )

    def _kept(self, build: Build) -> None:
        build.changed.emit(set(build.log.steps))
        self.kept.emit()


def _chosen(name: str) -> Engine:
    """The engine of a name. On a thread: it reads what was recorded of builds."""
    from explorer.build.engines.choosing import choose

    return asyncio.run(choose(name))


def all_health() -> tuple[Health, ...]:
    """How it stands with every engine. On a thread: it may start programs."""
    from explorer.build.engines.choosing import healths

    return asyncio.run(healths())
