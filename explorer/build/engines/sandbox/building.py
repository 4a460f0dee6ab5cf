"""One build: its stages side by side, their steps in order, each cached, computed or run."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from explorer.build.engine import Tell
from explorer.build.engines.sandbox.downloads import shown
from explorer.build.engines.sandbox.failure import BuildError, StepError
from explorer.build.engines.sandbox.layers import (
    BuiltLayer,
    layer_from_store,
)
from explorer.build.engines.sandbox.leaving import Failures
from explorer.build.engines.sandbox.making import Maker
from explorer.build.engines.sandbox.remotes import remote_sources
from explorer.build.engines.sandbox.result import write_image
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.sandbox.steps import infos, needed, step_id, wanted
from explorer.build.events import (
    Cached,
    Finished,
    Progressed,
    Started,
    StepFailed,
    StepInfo,
)
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.build.plan.planning import Planner
from explorer.build.plan.recording import note_recalled, record_step
from explorer.build.plan.records import BuildRecords, StepRecord
from explorer.build.plan.steps import leaves_layer
from explorer.build.plan.surroundings import Surroundings
from explorer.build.request import BuildRequest
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Stage, Step
from explorer.errors import ExplorerError, StorageFull
from explorer.oci import Descriptor, Digest
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.data import data_root
from explorer.store.images import ImageStore, Ingest

_T = TypeVar("_T")


class Building:
    """The state of one build. Everything but computing and reading happens in the event loop."""

    def __init__(
        self,
        request: BuildRequest,
        setting: Setting,
        store: ImageStore,
        ingest: Ingest,
        records: BuildRecords,
        caches: Caches,
        tell: Tell,
        job: Job,
    ) -> None:
        self.request = request
        self.program = setting.program
        self.began = time.monotonic()
        self.cached = self.steps = 0
        self._setting = setting
        self._ingest = ingest
        self._records = records
        self._caches = caches
        self._tell = tell
        self._job = job
        self._failures = Failures(store, data_root() / "failed-builds.json")
        self._build = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        self._dockerfile = str(request.dockerfile)
        self._ended: dict[int, asyncio.Event] = {}
        self._made_steps: dict[tuple[int, int] | None, asyncio.Event] = {}
        self._recalled: list[StepRecord] = []
        self._maker = Maker(request, setting, ingest, caches, tell, lambda: self.at, job)
        remote = self._maker.remotes.digest
        around = Surroundings(setting.tree, setting.bases, self._stage_tree, remote)
        self._planner = Planner(around, records, self._is_kept)
        self._planning = asyncio.Lock()

    # -- the whole ------------------------------------------------------------------------------

    @property
    def at(self) -> float:
        """Seconds since the build began."""
        return time.monotonic() - self.began

    @property
    def now(self) -> datetime:
        """The time of what has none of its own."""
        return self._maker.now

    def built(self, stage: int) -> list[BuiltLayer]:
        """The layers of a stage."""
        return self._maker.built[stage]

    def infos(self) -> tuple[StepInfo, ...]:
        """The steps that the target needs and that leave a layer."""
        return infos(self.program, self.request)

    async def run(self) -> None:
        """Build every stage that the target needs.

        Raises :class:`BuildError`, :class:`explorer.errors.ExplorerError`.
        """
        used = [self.program.stages[index] for index in sorted(self.program.reachable)]
        self._ended = {stage.index: asyncio.Event() for stage in used}
        self._made_steps = {
            (stage.index, step.index): asyncio.Event()
            for stage in used
            for step in wanted(stage, self.request)
            if leaves_layer(step)
        }
        async with self._maker:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._look_ahead_to_runs())
                    for stage in used:
                        group.create_task(self._stage(stage))
            except* (BuildError, ExplorerError) as several:
                first = _first(several)
            else:
                return
            finally:
                await self._note_recalled()
        raise first

    async def _look_ahead_to_runs(self) -> None:
        """Start the sandbox while the first steps are still copied, if something will run."""
        plan = await self._plan()
        runs = (
            plan.step(index, step.index)
            for index in self._ended
            for step in wanted(self.program.stages[index], self.request)
            if isinstance(step.command, model.Run)
        )
        if any(run is not None and (run.cache is Cache.MISS or self.request.no_cache)
               for run in runs):  # fmt: skip
            await self._maker.prepare_to_run()

    async def _note_recalled(self) -> None:
        """Note what was taken again, too: it may be found by another key than it was made with."""
        with contextlib.suppress(StorageFull):  # nothing is lost but a reason
            await asyncio.to_thread(note_recalled, self._records, self._recalled)

    async def _stage(self, stage: Stage) -> None:
        await self._wait_for(needed(stage))
        layers = await self._maker.base(stage)
        self._maker.built[stage.index] = layers
        for step in wanted(stage, self.request):
            if leaves_layer(step):
                await self._wait_for(needed(stage, step))
                layers.append(await self._step(stage, step, layers))
        self._ended[stage.index].set()

    async def _wait_for(self, stages: Sequence[int]) -> None:
        for index in stages:
            if index in self._ended:
                await self._ended[index].wait()

    # -- steps ----------------------------------------------------------------------------------

    async def _step(self, stage: Stage, step: Step, below: list[BuiltLayer]) -> BuiltLayer:
        self.steps += 1
        name = step_id(stage, step)
        try:
            if remote_sources(step):
                await self._look_ahead(stage, step)
            planned = await self._planned(stage, step)
        except StepError as error:
            self._tell(Started(name, self.at))
            await self._failed(stage, error, name, below)
            raise
        planned = await self._after_twin(planned, stage, step)
        record = planned.record
        if planned.cache is Cache.HIT and record is not None and not self.request.no_cache:
            layer = await self._maker.recall(record)
            layer = replace(layer, when=self._maker.dated(record.when))
            self._recalled.append(self._record(planned, stage, layer, record.seconds, record.when))
            self.cached += 1
            self._tell(Cached(name, self.at, layer.made()))
        else:
            because = ("the cache is not used",) if self.request.no_cache else planned.because
            changes = () if self.request.no_cache else planned.changes
            self._tell(Started(name, self.at, because, changes))
            began = time.monotonic()
            try:
                layer = await self._maker.make(stage, step, below)
            except StepError as error:
                await self._failed(stage, error, name, below)
                raise
            layer = replace(layer, when=self.now)
            seconds = time.monotonic() - began
            await self._recorded(stage, step, layer, seconds)
            self._tell(Finished(name, self.at, seconds, layer.made()))
        self._maker.views.know(stage.index, step.index, layer.indexed)
        self._made_steps[stage.index, step.index].set()
        return layer

    async def _failed(
        self, stage: Stage, error: StepError, name: str, below: Sequence[BuiltLayer]
    ) -> None:
        """Tell of a failure; what the command has left is kept for whoever wants to look."""
        error.step = name
        left = ""
        if error.left is not None:
            with contextlib.suppress(ExplorerError):
                left = await asyncio.to_thread(self._left, stage, error, error.left, below)
        self._tell(
            StepFailed(name, self.at, error.message, error.line, error.column, error.code, left)
        )

    def _left(
        self, stage: Stage, error: StepError, layer: Descriptor, below: Sequence[BuiltLayer]
    ) -> str:
        made = layer_from_store(self._ingest, layer, layer.digest, self._caches)
        image, _ = write_image(
            self.program, stage, error.index, (*below, made), {}, self.now, self._ingest
        )
        self._failures.keep(self._dockerfile, image)
        return str(image.digest)

    async def _look_ahead(self, stage: Stage, step: Step) -> None:
        """Let the key of an ADD know what its URLs hold."""
        name, at = step_id(stage, step), self.at
        for word in remote_sources(step):
            self._tell(Progressed(name, at, f"looking at {shown(word.value)}", 0))
        await self._maker.learn(step)

    async def _planned(self, stage: Stage, step: Step) -> StepPlan:
        planned = (await self._plan()).step(stage.index, step.index)
        assert planned is not None
        return planned

    async def _after_twin(self, planned: StepPlan, stage: Stage, step: Step) -> StepPlan:
        """Let the same step of an earlier stage go first, and take what it makes."""
        while planned.twin in self._made_steps and not self.request.no_cache:
            made = self._made_steps[planned.twin]
            if made.is_set():
                break
            await made.wait()
            planned = await self._planned(stage, step)
        return planned

    async def _plan(self) -> Plan:
        """What is left to do, as of now: what was built meanwhile is known."""
        async with self._planning:
            return await asyncio.to_thread(
                self._planner.plan, self.program, self._dockerfile, self._job
            )

    async def _recorded(self, stage: Stage, step: Step, layer: BuiltLayer, seconds: float) -> None:
        """Note what came out, for the next build."""
        planned = await self._planned(stage, step)
        if planned.state is None:
            return
        for listing in planned.listings:
            await asyncio.to_thread(self._records.keep_listing, listing)
        record = self._record(planned, stage, layer, seconds, self._maker.clock)
        await asyncio.to_thread(self._records.add, [record])

    def _record(
        self, planned: StepPlan, stage: Stage, layer: BuiltLayer, seconds: float, when: datetime
    ) -> StepRecord:
        return record_step(
            planned, stage.title, self._dockerfile, self._build, layer.record,
            seconds=seconds, when=when,
        )  # fmt: skip

    def _stage_tree(self, index: int) -> Tree | None:
        """The files that a stage ended with."""
        ended = self._ended.get(index)
        if ended is None or not ended.is_set():
            return None
        return self._maker.views.end(index)

    def _is_kept(self, record: StepRecord) -> bool:
        return record.layer is not None and self._ingest.layout.has(
            Digest.parse(record.layer.digest)
        )


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
