"""One opened Dockerfile: its text goes in, what it means comes out, shortly after each keystroke.

::

    set_text(text)        the text is another one
    set_options(options)  target, arguments, platform, contexts
    set_line(line)        the caret is on another line
    context, bases        the folder on disk changed, an image was found
        |
        v  on a thread; the newest counts, what is stale is dropped
    read(Reading)         parsed, checked, the graph drawn up
    looked(View)          the filesystem as it will be at the caret
    planned(Plan)         what stays cached, what runs, and why

Nothing is run and nothing is fetched for any of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from explorer.build.context.hashing import HashMemo
from explorer.build.plan.model import Plan
from explorer.build.preview import Preview
from explorer.dockerfile.stages.model import Program
from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.ui.build.foresight import Foresight, View, here_at
from explorer.ui.build.options import Options
from explorer.ui.build.reading import Reader
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.surround.bases import BaseKeeper, names_in
from explorer.ui.build.surround.keeper import ContextKeeper
from explorer.ui.build.world import World
from explorer.ui.tasks import Operation, Running, loop_runs

_PATIENCE_MS: Final = 250
"""How long outdated work may go on before it is left behind."""
_BEHIND_MS: Final = 12
"""How long a reading waits for its preview, so that both are painted at once."""
_PLAN_AFTER_MS: Final = 60
"""How long a plan waits, so that fast typing costs one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What is to be known about; two are the same only if all of it is.

    ``plan`` is the one whose cached layers are to be seen.
    """

    text: str
    options: Options
    world: World
    line: int
    plan: Plan | None = None

    def same_text(self, other: _Wanted | None) -> bool:
        """Whether only the line and the plan may be others."""
        return (
            other is not None
            and (self.text is other.text or self.text == other.text)
            and self.options == other.options
            and self.world is other.world
        )

    def same(self, other: _Wanted | None) -> bool:
        """Whether nothing is another."""
        return (
            other is not None
            and self.line == other.line
            and self.plan is other.plan
            and self.same_text(other)
        )


class BuildSession(QObject):
    """Emits what is known as soon as it is; belongs to the thread of the window."""

    read = Signal(object)
    """A :class:`Reading` of the newest text."""
    looked = Signal(object)
    """A :class:`View` of the line that the caret is on."""
    planned = Signal(object)
    """The :class:`Plan` of the newest text."""
    settled = Signal()
    """Everything asked for is known."""

    def __init__(
        self,
        name: str,
        options: Options,
        parent: QObject | None = None,
        *,
        caches: Caches | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.context = ContextKeeper(self)
        self.bases = BaseKeeper(self, caches=caches)
        self._reader, self._foresight = Reader(), Foresight(caches)
        self._hashes = HashMemo()
        self._wanted = _Wanted("", options, World(hashes=self._hashes), 1)
        self._done: _Wanted | None = None
        self._thinks: _Wanted | None = None
        self._read_for: _Wanted | None = None
        self._planned_for: _Wanted | None = None
        self._running: Running | None = None
        self._planning: Running | None = None
        self._is_read = self._is_closed = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self._offered: tuple[_Wanted, Reading] | None = None
        self._wait = QTimer(self, singleShot=True, interval=_BEHIND_MS)
        self._wait.timeout.connect(self._take_offered)
        self.reading: Reading | None = None
        self.view: View | None = None
        self.plan: Plan | None = None
        self._dockerfile: Path | None = None
        self.context.changed.connect(self._world_changed)
        self.bases.changed.connect(self._world_changed)

    @property
    def options(self) -> Options:
        """What the build is given besides the text."""
        return self._wanted.options

    @property
    def world(self) -> World:
        """What is known of the world around."""
        return self._wanted.world

    @property
    def is_settled(self) -> bool:
        """Whether everything asked for is known."""
        wanted = self._wanted
        is_read = wanted.same(self._done) and wanted.same_text(self._read_for)
        return self._running is None and is_read and wanted.same_text(self._planned_for)

    # -- what goes in -------------------------------------------------------------------------

    def begin(self, dockerfile: Path | None) -> None:
        """Look at the context and the bases from now on."""
        self._dockerfile = dockerfile
        self._follow_options()

    def set_text(self, text: str) -> None:
        """The text is another one."""
        self._want(replace(self._wanted, text=text))

    def set_options(self, options: Options) -> None:
        """The build is given something else."""
        if options != self.options:
            self._want(replace(self._wanted, options=options))
            self._follow_options()

    def set_line(self, line: int) -> None:
        """The caret is on this line, counted from 1."""
        if line != self._wanted.line:
            self._want(replace(self._wanted, line=line))

    def end_of(self, program: Program, world: World, stage: int) -> Preview:
        """A stage as it ends; from any thread. Raises what previews raise."""
        return self._foresight.preview(program, world, stage, None)

    def look_again(self) -> None:
        """Look at the folder and at all bases anew."""
        self.context.look()
        self.bases.look_again()

    def look_at_builds(self) -> None:
        """Think anew: a build has left records and layers."""
        self.bases.look_again()
        self._world_changed()

    def look_at_layers(self) -> None:
        """Think anew: a build has left layers, and nothing else is another."""
        self._world_changed()

    def close(self) -> None:
        """Stop all work."""
        self._is_closed = True
        self._patience.stop()
        self._wait.stop()
        self.context.stop()
        self.bases.stop()
        for running in (self._running, self._planning):
            if running is not None:
                running.cancel()

    def _follow_options(self) -> None:
        if self.options.context:
            self.context.show_folder(Path(self.options.context), self._dockerfile)
        self.bases.show_contexts(self.options)

    def _world_changed(self) -> None:
        world = World(self.context.context, self.bases.known, self._hashes)
        self._want(replace(self._wanted, world=world))

    # -- reading and looking ------------------------------------------------------------------

    def _want(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        running, thinks = self._running, self._thinks
        if running is None:
            self._think()
        elif thinks is not None and not wanted.same_text(thinks):
            running.job.cancel()  # it ends at its next step, and what is wanted now begins
            self._patience.start()

    def _think(self) -> None:
        """Begin with what is wanted now, unless it is known."""
        wanted, before = self._wanted, self._done
        if wanted.same(before) or not loop_runs():
            return
        self._thinks, self._is_read = wanted, wanted.same_text(before)
        loop = asyncio.get_running_loop()

        def tell(answer: Callable[..., None], *found: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended with the window
                loop.call_soon_threadsafe(answer, wanted, *found)

        def work(job: Job) -> None:
            reading = self.reading
            if reading is None or not wanted.same_text(before):
                reading = self._reader.read(wanted.text, wanted.options, wanted.world)
                job.check()
                tell(self._offer, reading)
            view = self._foresight.look(reading, wanted.world, wanted.line, job)
            tell(self._take_view, reading, view)

        running = Operation(self, f"Understanding {self._name}").work(work).quiet().start()
        self._running = running
        assert running.task is not None
        running.task.add_done_callback(
            lambda task: self._rest(running, wanted, task) if isValid(self) else None
        )

    def _rest(self, running: Running, wanted: _Wanted, task: asyncio.Task[None]) -> None:
        if running is not self._running:
            return
        self._running = self._thinks = None
        self._patience.stop()
        if _failed(task) or (not running.cancelled and wanted.same(self._wanted)):
            self._done = wanted  # what fails is not tried again and again
        if not self._is_closed and not task.cancelled():
            self._think()
            self._say_settled()

    def _lose_patience(self) -> None:
        """Leave work behind that does not stop: what is typed now must not wait for it."""
        if self._running is not None and self._is_read:
            running, self._running, self._thinks = self._running, None, None
            running.cancel()
            self._think()

    def _offer(self, wanted: _Wanted, reading: Reading) -> None:
        """A reading is there; most often its preview is only a moment behind."""
        if not self._is_current(wanted):
            return
        self._is_read = True
        self._offered = (wanted, reading)
        self._wait.start()

    def _take_offered(self) -> None:
        """Show the reading without its preview, which takes longer."""
        self._wait.stop()
        if self._offered is not None:
            offered, self._offered = self._offered, None
            self._take_reading(*offered)

    def _take_reading(self, wanted: _Wanted, reading: Reading) -> None:
        if not self._is_current(wanted):
            return
        self.reading, self._read_for = reading, wanted
        self.read.emit(reading)
        self.bases.want(names_in(reading.program))
        self._plan(wanted, reading)

    def _take_view(self, wanted: _Wanted, reading: Reading, view: View) -> None:
        if not self._is_current(wanted):
            return
        self._take_offered()
        self._done = wanted
        if _same_place(reading, wanted.line, self._wanted.line):
            self.view = view
            self.looked.emit(view)

    def _is_current(self, wanted: _Wanted) -> bool:
        """Whether what was found is still of use."""
        return isValid(self) and not self._is_closed and wanted.same_text(self._wanted)

    # -- planning -----------------------------------------------------------------------------

    def _plan(self, wanted: _Wanted, reading: Reading) -> None:
        """Plan beside: the files of a large context take their time to be read."""
        dockerfile = str(self._dockerfile or "")
        self._planning = (
            Operation(self, f"Planning {self._name}")
            .work(lambda job: self._foresight.plan(reading, wanted.world, dockerfile, job))
            .success(lambda plan: self._take_plan(wanted, plan))
            .replacing("plan")
            .after(_PLAN_AFTER_MS)
            .quiet()
            .start()
        )

    def _take_plan(self, wanted: _Wanted, plan: Plan) -> None:
        if self._is_current(wanted):
            self.plan, self._planned_for = plan, wanted
            self.planned.emit(plan)
            if self.view is not None and _shows_more(self.view, plan):
                self._want(replace(self._wanted, plan=plan))
            self._say_settled()

    def _say_settled(self) -> None:
        if self.is_settled:
            self.settled.emit()


def _shows_more(view: View, plan: Plan) -> bool:
    """Whether a RUN that a preview could not show has left a layer that the plan takes again."""
    unknown = view.preview.unknown if view.preview is not None else ()
    steps = (plan.step(each.stage, each.step) for each in unknown)
    return any(step is not None and step.record is not None for step in steps)


def _failed(task: asyncio.Task[None]) -> bool:
    if task.cancelled():
        return False
    error = task.exception()
    return error is not None and not isinstance(error, Cancelled)


def _same_place(reading: Reading, one: int, other: int) -> bool:
    """Whether two lines belong to the same step."""
    first, second = here_at(reading, one), here_at(reading, other)
    if first is None or second is None:
        return first is second
    return (first.stage.index, first.index) == (second.stage.index, second.index)
