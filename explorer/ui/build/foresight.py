"""What a build would do and leave behind, worked out on a thread. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.build.bases import Base, Resolved, Unresolved
from explorer.build.plan.model import Plan
from explorer.build.plan.planning import Planner
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.surroundings import Surroundings
from explorer.build.preview import Preview, Previewer
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.errors import ExplorerError
from explorer.oci.platform import Platform
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.surround.bases import KnownBases
from explorer.ui.build.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Here:
    """Where the caret is: a stage and its step, ``None`` on the FROM itself."""

    stage: Stage
    step: Step | None

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
    """What there is to see at a line; ``here`` is ``None`` before the first FROM."""

    here: Here | None = None
    preview: Preview | None = None
    error: str = ""


class Foresight:
    """Keeps what it worked out for the next keystroke. Plans on one thread at a time."""

    def __init__(self, caches: Caches | None = None, records: BuildRecords | None = None) -> None:
        self._previewer = Previewer(caches or Caches.at())
        self._records = records
        self._planner: Planner | None = None

    def plan(self, reading: Reading, world: World, dockerfile: str, job: Job) -> Plan:
        """What each step of all stages would do. Files of the context are read for it."""
        around = self._surroundings(reading, world, job)
        if self._planner is None:
            self._records = self._records or BuildRecords.at()
            self._planner = Planner(around, self._records)
        else:
            self._planner.records.refresh()
        return self._planner.around(around).plan(reading.program, dockerfile, job)

    def look(self, reading: Reading, world: World, line: int, job: Job) -> View:
        """The filesystem and the settings as of a line."""
        here = here_at(reading, line)
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
        """A stage after one of its steps, after its last without one. From any thread."""
        last = len(program.stages[stage].steps) - 1
        return self._previewer.preview(
            program, stage, last if step is None else step, world.tree, world.bases, job=job
        )

    def _surroundings(self, reading: Reading, world: World, job: Job) -> Surroundings:
        program, options = reading.program, reading.options
        named = {context.name for context in options.contexts}

        def files_of(stage: int) -> Tree | None:
            preview = self.preview(program, world, stage, None, job)
            if preview.unknown or isinstance(preview.base, Unresolved):
                return None
            return Base(
                f"stage {program.stages[stage].title}", preview.image, id(preview.image)
            ).tree()

        found = {name: each for (name, _), each in world.bases.found.items() if name in named}
        return Surroundings(
            context=world.tree,
            contexts=_folders(found),
            context_images=_digests(found),
            bases=_Digests(world.bases),
            stage=files_of,
        )


@dataclass(frozen=True, slots=True)
class _Digests:
    """Known bases as plans ask for them."""

    known: KnownBases

    def digest(self, name: str, platform: Platform) -> str | None:
        """The digest of an image, else its ID; ``None`` where it is not here."""
        found = self.known.resolve(name, platform)
        return _digest(found) if isinstance(found, Base) else None

    def tree(self, name: str, platform: Platform) -> Tree | None:
        """The files of an image."""
        found = self.known.resolve(name, platform)
        return found.tree() if isinstance(found, Base) else None


def _digest(base: Base) -> str:
    image = base.image.image
    return str(image.digest or image.image_id)


def _folders(found: Mapping[str, Resolved]) -> dict[str, Tree]:
    return {name: each for name, each in found.items() if not isinstance(each, Base | Unresolved)}


def _digests(found: Mapping[str, Resolved]) -> dict[str, str]:
    return {name: _digest(each) for name, each in found.items() if isinstance(each, Base)}


def here_at(reading: Reading, line: int) -> Here | None:
    """The step that a line belongs to; a blank line belongs to the step above it."""
    found = reading.step_at(line)
    return Here(*found) if found is not None else None
