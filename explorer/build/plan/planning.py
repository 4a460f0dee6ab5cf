"""Planning: a key for each step, whether it is known, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from explorer.build.plan.aligning import aligned, text_of
from explorer.build.plan.changes import KeyChange
from explorer.build.plan.contents import Contents
from explorer.build.plan.explaining import LOST, NEVER, Explainer
from explorer.build.plan.keys import Key, PartKind, below_of, digest_of, sources_of
from explorer.build.plan.making import Below, Making
from explorer.build.plan.model import Adds, Cache, Plan, StagePlan, StepPlan
from explorer.build.plan.order import critical_chain, waves
from explorer.build.plan.origins import Chain, Origins
from explorer.build.plan.picking import Picker
from explorer.build.plan.records import BuildRecords, StepRecord
from explorer.build.plan.steps import KeyMaker, leaves_layer
from explorer.build.plan.surroundings import Surroundings
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.progress import Job

Keys: TypeAlias = tuple[Key | None, Key | None]
"""The key by where files come from, and the one by content."""
Kept: TypeAlias = Callable[[StepRecord], bool]
"""Whether what a record speaks of is still there."""


def plan(
    program: Program,
    surroundings: Surroundings,
    records: BuildRecords,
    dockerfile: str = "",
    job: Job | None = None,
) -> Plan:
    """What building a Dockerfile would do, all its stages, the unused ones too.

    ``dockerfile`` is its absolute path, under which the last build is looked up. Reads the files
    that COPY and ADD name unless their content is known. Raises only
    :class:`explorer.errors.Cancelled`; what cannot be told is ``unknown`` in the plan.
    """
    return Planner(surroundings, records).plan(program, dockerfile, job)


class Planner:
    """Plans again and again in the same surroundings; remembers what it read and compared."""

    def __init__(
        self, surroundings: Surroundings, records: BuildRecords, kept: Kept | None = None
    ) -> None:
        self.surroundings = surroundings
        self.records = records
        self.kept = kept or _always
        self.picker = Picker(Contents())
        self.explainer = Explainer(records)

    def plan(self, program: Program, dockerfile: str = "", job: Job | None = None) -> Plan:
        """See :func:`plan`."""
        return _Planning(self, program, dockerfile, job or Job()).run()

    def around(self, surroundings: Surroundings) -> Planner:
        """Plan in other surroundings from now on."""
        self.surroundings = surroundings
        return self


class _Planning:
    def __init__(self, planner: Planner, program: Program, dockerfile: str, job: Job) -> None:
        self._planner = planner
        self._program = program
        self._dockerfile = dockerfile
        self._job = job
        self._done: list[StagePlan] = []
        around, contents = planner.surroundings, planner.picker.contents
        platform = program.inputs.platform
        self._origins = Origins(around, self._done, platform, contents, job)
        self._maker = KeyMaker(self._origins.given, planner.picker, job, around.remote)
        self._first: dict[str, StepPlan] = {}
        """The steps that run in this build, by the digests of their keys."""
        self._running: set[str] = set()
        """The stages that run again, by what they are called in parts of keys."""
        self._waves = waves(program)

    def run(self) -> Plan:
        for stage in self._program.stages:
            self._job.check()
            done = self._stage(stage)
            self._done.append(done)
            if done.cache is Cache.MISS:
                self._running.add(f"stage {done.title}")
        stages = tuple(self._done)
        used = [stage for stage in stages if stage.used]
        height = max((stage.wave for stage in used), default=-1) + 1
        side_by_side = tuple(
            tuple(stage.index for stage in used if stage.wave == wave) for wave in range(height)
        )
        critical = critical_chain(stages, self._program.target)
        return Plan(stages, self._program.target, side_by_side, critical)

    # -- stages ---------------------------------------------------------------------------------

    def _stage(self, stage: Stage) -> StagePlan:
        chain, digest = self._origins.base(stage)
        problem = "" if chain.below.state is not None else chain.why
        layered = [step for step in stage.steps if leaves_layer(step)]
        records = self._planner.records.last_build(self._dockerfile, stage.title)
        last = aligned(layered, records) if self._dockerfile else {}
        steps = tuple(self._step(stage, step, chain, last) for step in stage.steps)
        needs = {need.origin.stage for need in stage.needs if need.origin.stage is not None}
        return StagePlan(
            index=stage.index,
            title=stage.title,
            line=stage.instruction.line,
            origin=stage.origin,
            digest=digest,
            needs=tuple(sorted(needs)),
            used=stage.index in self._program.reachable,
            wave=self._waves[stage.index],
            steps=steps,
            state=chain.below.state,
            problem=problem,
        )

    # -- steps ----------------------------------------------------------------------------------

    def _step(
        self, stage: Stage, step: Step, chain: Chain, last: Mapping[int, StepRecord]
    ) -> StepPlan:
        if not leaves_layer(step):
            return self._without_layer(stage, step, chain)
        self._job.check()
        making = self._maker.make(stage, step, chain.below)
        keys = making.keys()
        record = self._found(keys)
        if record is None and making.is_shallow:
            making = self._maker.make(stage, step, chain.below, deep=True)
            keys = making.keys()
            record = self._found(keys)
        before = last.get(step.index)
        cache, because, changes = Cache.HIT, tuple[str, ...](), tuple[KeyChange, ...]()
        twin = self._twin(keys) if record is None else None
        if twin is not None:
            because = (f"it is the same as on line {twin.line}, and runs once",)
        elif record is None:
            cache, because, changes = self._verdict(making, keys, before, chain)
        state = None if cache is Cache.UNKNOWN else _state(keys, record)
        result = StepPlan(
            stage=stage.index,
            index=step.index,
            line=step.line,
            instruction=step.instruction.name,
            text=text_of(step),
            layer=True,
            cache=cache,
            because=because,
            changes=changes,
            key=keys[0],
            content_key=keys[1],
            state=state,
            adds=_adds(step, making, record, before),
            record=record,
            last=before,
            mishaps=tuple(making.mishaps),
            listings=tuple(making.listings),
            twin=None if twin is None else (twin.stage, twin.index),
        )
        if cache is Cache.MISS and stage.index in self._program.reachable:
            self._first.update((key.digest, result) for key in keys if key is not None)
        self._advance(chain, step, result)
        return result

    def _without_layer(self, stage: Stage, step: Step, chain: Chain) -> StepPlan:
        known = step.command is not None
        return StepPlan(
            stage=stage.index,
            index=step.index,
            line=step.line,
            instruction=step.instruction.name,
            text=text_of(step),
            layer=False,
            cache=Cache.HIT if known else Cache.UNKNOWN,
            because=() if known else ("the instruction cannot be understood",),
            state=chain.below.state,
        )

    def _found(self, keys: Keys) -> StepRecord | None:
        record = self._planner.records.find(*(key.digest for key in keys if key is not None))
        return record if record is not None and self._planner.kept(record) else None

    def _twin(self, keys: Keys) -> StepPlan | None:
        found = (self._first.get(key.digest) for key in keys if key is not None)
        return next((step for step in found if step is not None), None)

    def _verdict(
        self, making: Making, keys: Keys, before: StepRecord | None, chain: Chain
    ) -> tuple[Cache, tuple[str, ...], tuple[KeyChange, ...]]:
        """What to say of a step that nothing was found for."""
        if making.is_below_unknown:
            own = tuple(dict.fromkeys(text for text in making.unknown if making.mishaps))
            return Cache.UNKNOWN, (*own, chain.why), ()
        key = keys[0] or keys[1]
        if key is None:
            return Cache.UNKNOWN, tuple(dict.fromkeys(making.unknown or making.unread)), ()
        if making.unread and self._may_come_out_the_same(making, before):
            return Cache.UNKNOWN, self._open_reasons(making), ()
        if before is None:
            return Cache.MISS, (NEVER,), ()
        if key.digest in (before.key.digest, before.content_key):
            return Cache.MISS, (LOST,), ()
        explain = self._planner.explainer.changes
        changes = explain(key.parts, before.key.parts, making.listings, chain.blame, self._running)
        now = sources_of(keys[1])
        if now and before.sources:
            changes += explain(now, before.sources, making.listings, "")
        said = tuple(dict.fromkeys(change.said for change in changes if change.said))
        return Cache.MISS, said or (NEVER,), changes

    def _may_come_out_the_same(self, making: Making, before: StepRecord | None) -> bool:
        """Whether a step could be found by content that is not known yet."""
        if before is not None and before.content_key:
            return True
        return self._planner.records.has_copies_upon(below_of(making.content))

    def _open_reasons(self, making: Making) -> tuple[str, ...]:
        """Why a step that copies from other stages may or may not be known."""
        running = self._running
        titles = [part.value for part in making.identity if part.kind is PartKind.ORIGIN]
        return tuple(
            f"{title} {'runs again' if title in running else 'changed'}, "
            "but what is copied may come out the same"
            for title in dict.fromkeys(titles)
        )

    def _advance(self, chain: Chain, step: Step, result: StepPlan) -> None:
        state = result.state
        linked = isinstance(step.command, model.Copy | model.Add) and step.command.transfer.link
        if linked and state is not None:
            # The layer itself depends on nothing below it; what comes next does.
            below = chain.below.state
            state = None if below is None else digest_of("link", below, state)
        if not linked or chain.cache is Cache.HIT:
            chain.cache = result.cache
        chain.below = Below(state, f"line {step.line}", is_base=False)
        if state is None:
            chain.why = chain.why if linked else f"the step above, line {step.line}, is not known"
        verb = "runs again" if result.cache is Cache.MISS else "changed"
        chain.blame = f"the step above, line {step.line}, {verb}"


def _state(keys: Keys, record: StepRecord | None) -> str | None:
    """What the next step builds upon."""
    if record is not None:
        return record.state
    key = keys[1] or keys[0]
    return None if key is None else key.digest


def _adds(
    step: Step, making: Making, record: StepRecord | None, before: StepRecord | None
) -> Adds | None:
    if record is not None and record.layer is not None:
        return Adds(record.layer.files, record.layer.size)
    if isinstance(step.command, model.Workdir):
        return Adds(0, 0)
    if isinstance(step.command, model.Copy | model.Add) and not making.unread:
        files = sum(listing.files for listing in making.listings)
        size = sum(listing.size for listing in making.listings)
        if not making.has_archives:
            return Adds(files, size)
    if before is not None and before.layer is not None:
        return Adds(before.layer.files, before.layer.size, is_exact=False)
    return None


def _always(_record: StepRecord) -> bool:
    return True
