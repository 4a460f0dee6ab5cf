"""A plan as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from explorer.build.files.mishap import Mishap
from explorer.build.plan.changes import KeyChange
from explorer.build.plan.keys import Key
from explorer.build.plan.listing import Listing
from explorer.build.plan.records import StepRecord
from explorer.dockerfile.stages.model import Origin


class Cache(Enum):
    """What becomes of a step."""

    HIT = "hit"
    """Its result is kept, or it has none: nothing runs."""
    MISS = "miss"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Adds:
    """What a step adds to the image: ``size`` in bytes of ``files``.

    ``is_exact`` tells what is certain from what a build before made.
    """

    files: int
    size: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step. ``stage`` and ``index`` are those of the program, ``line`` counts from 1.

    ``layer`` tells whether it leaves one. ``because`` says in plain words why it is no hit,
    ``changes`` which parts of its key are others than in the last build.
    ``key`` is made by where files come from, ``content_key`` by what they hold, where that can be
    told and is another one. ``record`` is what it hits, ``last`` the same step in the last build;
    ``seconds`` what it took then. ``listings`` are the files it copies, for the record. ``twin`` is
    a step before it that is the very same: it runs once for both.
    """

    stage: int
    index: int
    line: int
    instruction: str
    text: str
    layer: bool
    cache: Cache
    because: tuple[str, ...] = ()
    changes: tuple[KeyChange, ...] = ()
    key: Key | None = None
    content_key: Key | None = None
    state: str | None = None
    adds: Adds | None = None
    record: StepRecord | None = None
    last: StepRecord | None = None
    mishaps: tuple[Mishap, ...] = ()
    listings: tuple[Listing, ...] = field(default=(), repr=False)
    twin: tuple[int, int] | None = None

    @property
    def seconds(self) -> float | None:
        """What it took the last time it ran."""
        known = self.record or self.last
        return None if known is None else known.seconds


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage. ``used`` tells whether the target needs it.

    ``needs`` are the indexes of the stages it waits for, ``wave`` how many of them, one after
    another, at the most. ``digest`` is that of the base image, where it is resolved; ``state`` is
    what stands for the files it ends with.
    """

    index: int
    title: str
    line: int
    origin: Origin
    digest: str | None
    needs: tuple[int, ...]
    used: bool
    wave: int
    steps: tuple[StepPlan, ...]
    state: str | None
    problem: str = ""

    @property
    def cache(self) -> Cache:
        """The worst of its steps."""
        found = {step.cache for step in self.steps}
        if Cache.MISS in found:
            return Cache.MISS
        return Cache.UNKNOWN if Cache.UNKNOWN in found or self.state is None else Cache.HIT


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would do.

    ``waves`` are the used stages that can be built side by side, one wave after another;
    ``critical`` is the chain of stages that takes longest. ``first_break`` is the first step in
    the file that the target needs and that is no hit.
    """

    stages: tuple[StagePlan, ...]
    target: int | None
    waves: tuple[tuple[int, ...], ...]
    critical: tuple[int, ...]

    @property
    def steps(self) -> tuple[StepPlan, ...]:
        """All steps of all stages, in order."""
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def first_break(self) -> StepPlan | None:
        """Where the chain breaks: the first step the target needs that is no hit."""
        broken = (
            step
            for stage in self.stages
            if stage.used
            for step in stage.steps
            if step.cache is not Cache.HIT
        )
        return next(broken, None)

    def step(self, stage: int, index: int) -> StepPlan | None:
        """The plan of a step of the program."""
        if not 0 <= stage < len(self.stages):
            return None
        return next((step for step in self.stages[stage].steps if step.index == index), None)

    def count(self, cache: Cache) -> int:
        """How many steps that the target needs, and that leave a layer, are so."""
        used = {stage.index for stage in self.stages if stage.used}
        return sum(s.cache is cache and s.layer and s.stage in used for s in self.steps)
