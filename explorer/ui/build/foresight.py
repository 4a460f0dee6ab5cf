"""What a build would do and leave behind, worked out on a thread. No Qt here."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import Final

from explorer.build.plan.cached import is_stored
from explorer.build.plan.model import Plan
from explorer.build.plan.planning import Planner
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.surroundings import Surroundings
from explorer.build.preview import LayerShelf, Preview, Previewer
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.errors import ExplorerError
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.world import World

_MOST_STAGES: Final = 48
"""Up to so many stages, plans compare what is copied from them file by file."""


@dataclass(frozen=True, slots=True, eq=False)
class Here:
    """Where the caret is: a stage and its step, ``None`` on the FROM itself.

    ``is_end`` tells that it is before all stages, and what the target ends with stands for it.
    """

    stage: Stage
    step: Step | None
    is_end: bool = False

    @property
    def index(self) -> int:
        """The step's number as previews count: what ONBUILD triggers do belongs to the FROM."""
        if self.step is not None:
            return self.step.index
        return sum(step.trigger is not None for step in self.stage.steps) - 1

    @property
    def line(self) -> int:
        """The line of the instruction."""
        return self.step.line if self.step is not None else self.stage.instruction.line

    @property
    def text(self) -> str:
        """The instruction on one line."""
        source = self.step.instruction if self.step is not None else self.stage.instruction
        return " ".join(source.text.split())


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What there is to see at a line; ``here`` is ``None`` where there is no stage at all."""

    here: Here | None = None
    preview: Preview | None = None
    error: str = ""


class Foresight:
    """Keeps what it worked out for the next keystroke. Safe from any thread."""

    def __init__(self, caches: Caches | None = None, records: BuildRecords | None = None) -> None:
        caches = caches or Caches.at()
        store = ImageStore.at()
        self._previewer = Previewer(caches)
        self._shelf = LayerShelf(store, caches)
        self._kept = partial(is_stored, store.layout)
        self._records = records
        self._planner: Planner | None = None
        self._planned: tuple[Program, Plan] | None = None
        self._lock = threading.Lock()

    def plan(self, reading: Reading, world: World, dockerfile: str, job: Job) -> Plan:
        """What each step of all stages would do. Files of the context are read for it."""
        with self._lock:
            job.check()
            plan = self._plan(reading, world, dockerfile, job)
            self._planned = (reading.program, plan)
            return plan

    def _plan(self, reading: Reading, world: World, dockerfile: str, job: Job) -> Plan:
        around = self._surroundings(reading, world, job)
        if self._planner is None:
            self._records = self._records or BuildRecords.at()
            self._planner = Planner(around, self._records, self._kept)
        else:
            self._planner.records.refresh()
        return self._planner.around(around).plan(reading.program, dockerfile, job)

    def look(self, reading: Reading, world: World, line: int, job: Job) -> View:
        """The filesystem and the settings as of a line."""
        here = here_at(reading, line) or end_of(reading.program)
        if here is None:
            return View()
        try:
            preview = self.preview(reading.program, world, here.stage.index, here.index, job)
        except ExplorerError as error:
            return View(here, None, str(error))
        return View(here, preview)

    def preview(
        self, program: Program, world: World, stage: int, step: int | None, job: Job | None = None
    ) -> Preview:
        """A stage after one of its steps, after its last without one. From any thread.

        What its RUNs have left in the store shows once the program is planned.
        """
        at = len(program.stages[stage].steps) - 1 if step is None else step
        planned = self._planned
        kept = self._shelf.of(planned[1]) if planned and planned[0] is program else None
        return self._previewer.preview(
            program, stage, at, world.tree, world.bases, plan=kept, job=job
        )

    def _surroundings(self, reading: Reading, world: World, job: Job) -> Surroundings:
        program = reading.program

        def files_of(stage: int) -> Tree | None:
            if len(program.stages) > _MOST_STAGES:
                return None
            return self._previewer.tree(program, stage, world.tree, world.bases, job=job)

        return Surroundings(context=world.tree, bases=world.bases, stage=files_of)


def end_of(program: Program) -> Here | None:
    """The last step of the target; ``None`` where there is no target."""
    if program.target is None:
        return None
    stage = program.stages[program.target]
    last = stage.steps[-1] if stage.steps else None
    return Here(stage, last if last is not None and last.trigger is None else None, is_end=True)


def here_at(reading: Reading, line: int) -> Here | None:
    """The step that a line belongs to; a blank line belongs to the step above it."""
    found = reading.step_at(line)
    return Here(*found) if found is not None else None
