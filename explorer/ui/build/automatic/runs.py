"""The automatic mode of one page: when to run, when to stop, what it came to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from explorer.build.events import Cached, Done, Event, Failed, Finished, Started
from explorer.build.runs import BuildLog
from explorer.errors import ExplorerError
from explorer.progress import Job
from explorer.ui.build.automatic.deciding import Paused, Run, UpToDate, decide
from explorer.ui.build.automatic.trust import TrustedFolders
from explorer.ui.build.console.builds import Build
from explorer.ui.build.console.failure import Failure
from explorer.ui.tasks import Operation, run_in_thread

if TYPE_CHECKING:
    from explorer.build.engines.sandbox.engine import SandboxEngine
    from explorer.ui.build.page import BuildPage

PAUSE_MS: Final = 800
"""How long nobody types before anything runs."""
_LOOK_MS: Final = 120
"""How long layers that come one after another wait to be shown at once."""


class State(Enum):
    """How it stands with the automatic mode."""

    OFF = "off"
    WAITING = "waiting"
    RUNNING = "running"
    UP_TO_DATE = "up to date"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Status:
    """The state in words: ``why`` it is paused, the ``line`` that runs or is to blame."""

    state: State = State.OFF
    line: int = 0
    why: str = ""

    def __str__(self) -> str:
        match self.state:
            case State.OFF:
                return "Automatic: off"
            case State.WAITING:
                return "Automatic: waits for a pause in typing"
            case State.RUNNING:
                return f"Automatic: running line {self.line}…"
            case State.UP_TO_DATE:
                return "Automatic: up to date"
            case State.PAUSED:
                return f"Automatic: paused because {self.why}"


class AutomaticRuns(QObject):
    """Runs the build up to the caret with the embedded engine, one run at a time.

    Nothing runs in a folder that is not trusted, for a text with errors before the caret, or twice
    for the same key. Typing stops what runs.
    """

    changed = Signal()
    """The status is another one."""

    def __init__(self, page: BuildPage, trusted: TrustedFolders) -> None:
        super().__init__(page)
        self._page = page
        self.trusted = trusted
        self.status = Status()
        self.build: Build | None = None
        """What runs, or ran last."""
        self.count = 0
        """How many runs there were."""
        self._tried: set[str] = set()
        self._failed: dict[str, str] = {}
        self._stopped = ""
        """The key of what the user has stopped among the running work."""
        self._is_stopping = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._evaluate)
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(page.session.look_at_layers)
        self._connect()

    # -- whether at all -----------------------------------------------------------------------

    @property
    def is_trusted(self) -> bool:
        """Whether the folder of the Dockerfile is trusted."""
        return self.trusted.trusts(self._page.path.parent)

    @property
    def is_on(self) -> bool:
        """Whether anything may run by itself; never in a folder that is not trusted."""
        return self.trusted.is_on(self._page.path.parent)

    @property
    def is_running(self) -> bool:
        """Whether something runs."""
        return self.build is not None and self.build.running is not None

    def trust(self) -> None:
        """Trust the folder, and begin."""
        self.trusted.trust(self._page.path.parent)
        self.renew()

    def switch(self, *, on: bool) -> None:
        """Go on, or rest, in a folder that is trusted."""
        self.trusted.switch(self._page.path.parent, on=on)
        self.renew()

    def follow(self) -> None:
        """Trust or the mode may be others, by way of another page."""
        if self.is_on is (self.status.state is State.OFF):
            self.renew()

    def renew(self) -> None:
        """The mode was switched, or the folder is trusted no more."""
        if self.is_on:
            self._tried.clear()
            self._failed.clear()
            self._stopped = ""
            self._show(Status(State.WAITING))
            self._evaluate()
        else:
            self.stop()
            self._pause.stop()
            self._show(Status())

    # -- when ---------------------------------------------------------------------------------

    def text_changed(self) -> None:
        """Somebody types: what runs is for another text."""
        self._stopped = ""
        self.stop()
        self._wait()

    def moved(self) -> None:
        """The caret is elsewhere; what runs may go on, it is of use there, too."""
        if not self.is_running and self.is_on:
            self._pause.start()

    def stop(self) -> None:
        """Stop what runs."""
        if self.build is not None and self.is_running:
            self._is_stopping = True
            self.build.stop()

    def _wait(self) -> None:
        if self.is_on:
            self._pause.start()
            self._show(Status(State.WAITING))

    def _learned(self) -> None:
        """More is known of the text; while somebody types that is of no interest yet."""
        if self.is_on and not self.is_running and not self._pause.isActive():
            self._evaluate()

    def _evaluate(self) -> None:
        page, session = self._page, self._page.session
        reading, plan = session.reading, session.plan
        if not self.is_on or self.is_running or not page.isVisible():
            return
        if reading is None or plan is None or not session.is_settled:
            return  # it is looked at again as soon as all is known
        if reading.text != page.editor.text():
            return
        if page.console.builds.running:
            self._show(Status(State.PAUSED, 0, "a build that you started runs"))
            return
        match decide(reading, plan, page.editor.line, self._failed):
            case UpToDate(line):
                self._show(Status(State.UP_TO_DATE, line))
            case Paused(why, line):
                self._show(Status(State.PAUSED, line, why))
            case Run() as run if run.key == self._stopped:
                self._show(Status(State.PAUSED, run.line, "you stopped it"))
            case Run() as run if run.key in self._tried:
                why = f"what line {run.line} makes could not be kept"
                self._show(Status(State.PAUSED, run.line, why))
            case run:
                self._start(run)

    # -- running ------------------------------------------------------------------------------

    def _start(self, run: Run) -> None:
        page = self._page
        request = replace(
            page.console.request(),
            text=run.text,
            target="",
            stop_after=run.stop_after,
            keep=False,
        )
        log = BuildLog(str(request.dockerfile), f"to line {run.line}", "sandbox")
        if self.build is not None and self.build is not page.console.build:
            self.build.deleteLater()
        build = self.build = Build(log, request, self)
        build.changed.connect(lambda ids: self._went_on(build, ids))
        self.count += 1
        self._is_stopping = False
        self._mark(None)
        self._show(Status(State.RUNNING, run.line))

        async def work(_job: Job) -> None:
            engine = await run_in_thread(_engine)
            await engine.build(request, lambda event: self._tell(build, event))

        build.running = (
            Operation(self, f"Automatic: {page.path.name} to line {run.line}")
            .work(work)
            .failure(lambda error: self._refused(build, error))
            .finished(lambda: self._ended(build, run))
            .start()
        )

    def _went_on(self, build: Build, ids: object) -> None:
        console = self._page.console
        if build is console.build and isinstance(ids, set):
            console.view.renew(ids, build.now)

    def _tell(self, build: Build, event: Event) -> None:
        build.tell(event)
        if build is not self.build or build.running is None or build.running.cancelled:
            return
        match event:
            case Started(step=step) if step in build.log.steps:
                self._show(Status(State.RUNNING, build.log.steps[step].info.line))
            case Finished() | Cached():
                if not self._look.isActive():
                    self._look.start()

    def _refused(self, build: Build, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        build.error = error
        if build.log.end is None:
            words = f"{error.what}: {error.why}" if error.why else error.what
            build.tell(Failed(0, "", words, error.hint))

    def _ended(self, build: Build, run: Run) -> None:
        if not isValid(self):
            return
        build.finish()
        end = build.log.end
        if isinstance(end, Done):
            self._tried.add(run.key)
        elif isinstance(end, Failed):
            self._blame(build, end, run)
            self._mark(Failure.of(build.log))
        elif not self._is_stopping:
            self._stopped = run.key
        if build is self.build:
            self._look.stop()
            self._page.session.look_at_layers()
            self._page.shell.actions.refresh()

    def _blame(self, build: Build, end: Failed, run: Run) -> None:
        """Let what went wrong not run again before something about it is another."""
        failed = build.log.failed_step
        key = run.steps.get(failed.id if failed is not None else end.step)
        for each in (key,) if key else run.steps.values():
            self._failed[each] = end.message

    def _mark(self, failure: Failure | None) -> None:
        """Mark the instruction to blame in the text, or none; the caret stays where it is."""
        console = self._page.console
        if failure != console.failure:
            console.failure = failure
            console.failure_changed.emit()

    # -- composition --------------------------------------------------------------------------

    async def ended(self) -> None:
        """Wait until nothing of the last run is left."""
        running = self.build.running if self.build is not None else None
        if running is not None and running.task is not None:
            await asyncio.wait([running.task])

    def close(self) -> None:
        """Stop everything."""
        self._pause.stop()
        self._look.stop()
        self.stop()

    def _connect(self) -> None:
        page = self._page
        page.editor.text_changed.connect(self.text_changed)
        page.editor.caret_moved.connect(lambda *_place: self.moved())
        page.session.settled.connect(self._learned)
        page.console.builds.began.connect(lambda _build: self._give_way())
        page.console.builds.ended.connect(lambda _build: self._learned())

    def _give_way(self) -> None:
        """A build that the user asked for goes first."""
        self.stop()
        self._learned()

    def _show(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self.changed.emit()


def _engine() -> SandboxEngine:
    """On a thread: it reads what was recorded of builds."""
    from explorer.build.engines.sandbox.engine import SandboxEngine

    return SandboxEngine()
