"""One opened Dockerfile: its text goes in, what it means comes out, shortly after each keystroke.

::

    set_text(text)        the text is another one
    set_options(options)  target, arguments, platform, contexts
    set_line(line)        the caret is on another line
    context, bases        the folder on disk changed, an image was found
        |
        v  on one thread at a time; the newest counts, what is stale is dropped
    read(Reading)         parsed, checked, the graph drawn up
    looked(View)          the filesystem as it will be at the caret
    planned(Plan)         what stays cached, what runs, and why

Nothing is run and nothing is fetched for any of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.build.context.hashing import HashMemo
from explorer.build.plan.model import Plan
from explorer.build.preview import Preview
from explorer.dockerfile.stages.model import Program
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.ui.build.foresight import Foresight, View, here_at
from explorer.ui.build.options import Options
from explorer.ui.build.reading import Reader
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.surround.bases import BaseKeeper, names_in
from explorer.ui.build.surround.keeper import ContextKeeper
from explorer.ui.build.world import World
from explorer.ui.tasks import Operation, Running, loop_runs, run_in_thread

_AT_ONCE: Final = 0.03
"""Seconds that reading may take for the preview to be shown together with it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What is to be known about; two are the same only if all of it is."""

    text: str
    options: Options
    world: World
    line: int

    def same_text(self, other: _Wanted | None) -> bool:
        """Whether only the line may be another."""
        return (
            other is not None
            and (self.text is other.text or self.text == other.text)
            and self.options == other.options
            and self.world is other.world
        )

    def same(self, other: _Wanted | None) -> bool:
        """Whether nothing is another."""
        return other is not None and self.line == other.line and self.same_text(other)


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
        self._running: Running | None = None
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
        return self._running is None and self._wanted.same(self._done)

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

    def close(self) -> None:
        """Stop all work."""
        self.context.stop()
        self.bases.stop()
        if self._running is not None:
            self._running.cancel()

    def _follow_options(self) -> None:
        if self.options.context:
            self.context.show_folder(Path(self.options.context), self._dockerfile)
        self.bases.show_contexts(self.options)

    def _world_changed(self) -> None:
        world = World(self.context.context, self.bases.known, self._hashes)
        self._want(replace(self._wanted, world=world))

    # -- the work -----------------------------------------------------------------------------

    def _want(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        if self._running is None and loop_runs() and not wanted.same(self._done):
            self._running = (
                Operation(self, f"Understanding {self._name}")
                .work(self._work)
                .finished(self._rest)
                .quiet()
                .start()
            )

    def _rest(self) -> None:
        self._running = None
        if self._wanted.same(self._done):
            self.settled.emit()
        else:
            self._want(self._wanted)

    async def _work(self, job: Job) -> None:
        while not (wanted := self._wanted).same(self._done):
            # Set first: what fails is not tried again and again.
            before, self._done = self._done, wanted
            if wanted.same_text(before):
                await self._look(wanted, job)
            elif await self._read(wanted, job):
                await self._plan(wanted, job)
            else:
                self._done = before

    async def _read(self, wanted: _Wanted, job: Job) -> bool:
        """Read the text and look at the line; tell whether it is still what is wanted."""
        reading, view = await run_in_thread(self._read_and_look, wanted, job)
        if not wanted.same_text(self._wanted):
            return False
        self.reading = reading
        self.read.emit(reading)
        if view is not None:
            self._take(wanted, view)
        else:
            await self._look(wanted, job)
        self.bases.want(names_in(reading.program))
        return wanted.same_text(self._wanted)

    def _read_and_look(self, wanted: _Wanted, job: Job) -> tuple[Reading, View | None]:
        """On a thread. A large text is shown before anything is looked at."""
        begun = time.monotonic()
        reading = self._reader.read(wanted.text, wanted.options, wanted.world)
        if time.monotonic() - begun > _AT_ONCE:
            return reading, None
        return reading, self._foresight.look(reading, wanted.world, wanted.line, job)

    async def _look(self, wanted: _Wanted, job: Job) -> None:
        reading = self.reading
        if reading is None or not wanted.same_text(self._wanted):
            return
        view = await run_in_thread(self._foresight.look, reading, wanted.world, wanted.line, job)
        if wanted.same_text(self._wanted):
            self._take(wanted, view)

    def _take(self, wanted: _Wanted, view: View) -> None:
        assert self.reading is not None
        if _same_place(self.reading, wanted.line, self._wanted.line):
            self.view = view
            self.looked.emit(view)

    async def _plan(self, wanted: _Wanted, job: Job) -> None:
        reading = self.reading
        if reading is None or not wanted.same_text(self._wanted):
            return
        dockerfile = str(self._dockerfile or "")
        plan = await run_in_thread(self._foresight.plan, reading, wanted.world, dockerfile, job)
        if wanted.same_text(self._wanted):
            self.plan = plan
            self.planned.emit(plan)


def _same_place(reading: Reading, one: int, other: int) -> bool:
    """Whether two lines belong to the same step."""
    first, second = here_at(reading, one), here_at(reading, other)
    if first is None or second is None:
        return first is second
    return (first.stage.index, first.index) == (second.stage.index, second.index)
