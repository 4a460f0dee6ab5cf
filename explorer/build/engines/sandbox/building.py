"""One build: its stages side by side, their steps in order, each cached, computed or run."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from explorer.build.bases import Base, Unresolved
from explorer.build.engine import Tell
from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.downloads import shown
from explorer.build.engines.sandbox.failure import BuildError, StepError
from explorer.build.engines.sandbox.layers import (
    BuiltLayer,
    layer_from_store,
    predicted_tar,
    stored,
)
from explorer.build.engines.sandbox.leaving import Failures, LeavingRunner
from explorer.build.engines.sandbox.mounts import Mounts
from explorer.build.engines.sandbox.remotes import Remotes, remote_sources
from explorer.build.engines.sandbox.result import write_image
from explorer.build.engines.sandbox.running import Runner
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.sandbox.snapshots import Scratch, Snapshots
from explorer.build.engines.sandbox.steps import infos, needed, step_id, wanted
from explorer.build.engines.sandbox.views import Views
from explorer.build.events import (
    Cached,
    Finished,
    Log,
    Progressed,
    Started,
    StepFailed,
    StepInfo,
    Warned,
)
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.build.plan.planning import Planner
from explorer.build.plan.recording import record_step
from explorer.build.plan.records import BuildRecords, StepRecord
from explorer.build.plan.steps import leaves_layer
from explorer.build.plan.surroundings import Surroundings
from explorer.build.preview import Preview
from explorer.build.preview.stand import Outcome
from explorer.build.request import BuildRequest
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.problem import Problem, Severity
from explorer.dockerfile.stages.model import Origin, OriginKind, Stage, Step
from explorer.errors import Cancelled, ExplorerError
from explorer.oci import Descriptor, Digest, media
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.data import data_root
from explorer.store.images import ImageStore, Ingest
from explorer.transfer.layers import bring_layer
from explorer.transfer.save import source_date_epoch

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
        self.built: dict[int, list[BuiltLayer]] = {}
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
        self._views = Views(setting, caches, job)
        self._remotes = Remotes(data_root() / "snapshots", caches, job)
        around = Surroundings(setting.tree, setting.bases, self._stage_tree, self._remotes.digest)
        self._planner = Planner(around, records, self._is_kept)
        self._planning = asyncio.Lock()
        self._runner: Runner | None = None
        self._starting = asyncio.Lock()
        self._exit = contextlib.AsyncExitStack()
        self.now = datetime.now(UTC)
        if epoch := source_date_epoch():
            self.now = datetime.fromtimestamp(epoch, UTC)

    # -- the whole ------------------------------------------------------------------------------

    @property
    def at(self) -> float:
        """Seconds since the build began."""
        return time.monotonic() - self.began

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
        self._loop = asyncio.get_running_loop()
        self._exit.callback(self._remotes.close)
        async with self._exit:
            try:
                async with asyncio.TaskGroup() as group:
                    for stage in used:
                        group.create_task(self._stage(stage))
            except* (BuildError, ExplorerError) as several:
                first = _first(several)
            else:
                return
        raise first

    async def _stage(self, stage: Stage) -> None:
        for index in needed(stage):
            if index in self._ended:
                await self._ended[index].wait()
        layers = await self._base(stage)
        self.built[stage.index] = layers
        for step in wanted(stage, self.request):
            if leaves_layer(step):
                layers.append(await self._step(stage, step, layers))
        self._ended[stage.index].set()

    # -- bases ----------------------------------------------------------------------------------

    async def _base(self, stage: Stage) -> list[BuiltLayer]:
        origin = stage.origin
        if origin.stage is not None:
            return list(self.built[origin.stage])
        if origin.kind is OriginKind.SCRATCH:
            return []
        found = await asyncio.to_thread(self._setting.bases.resolve, origin.name, stage.platform)
        line = stage.instruction.line
        if isinstance(found, Unresolved):
            raise BuildError(str(found), line=line, column=1, hint=found.hint)
        if isinstance(found, Base):
            return await self._brought(found)
        layer = await self._computed(stage, None, 0)
        return [layer]

    async def _brought(self, base: Base) -> list[BuiltLayer]:
        """The layers of an image, in the store."""
        brought: list[BuiltLayer] = []
        for indexed in base.image.layers:
            found = await asyncio.to_thread(bring_layer, indexed.layer, self._ingest, self._job)
            diff_id = indexed.layer.diff_id or found.descriptor.digest
            brought.append(
                await asyncio.to_thread(
                    layer_from_store, self._ingest, found.descriptor, diff_id, self._caches
                )
            )
        return brought

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
            layer = await self._recalled(record)
            self.cached += 1
            self._tell(Cached(name, self.at, layer.made()))
        else:
            because = ("the cache is not used",) if self.request.no_cache else planned.because
            self._tell(Started(name, self.at, because))
            began = time.monotonic()
            try:
                layer = await self._made(stage, step, below)
            except StepError as error:
                await self._failed(stage, error, name, below)
                raise
            seconds = time.monotonic() - began
            await self._recorded(stage, step, layer, seconds)
            self._tell(Finished(name, self.at, seconds, layer.made()))
        self._views.know(stage.index, step.index, layer.indexed)
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
        assert isinstance(step.command, model.Add)
        await self._fetching(step, partial(self._remotes.learn, step.command))

    async def _fetching(self, step: Step, work: Callable[[], _T]) -> _T:
        """Do what fetches, in a thread. What goes wrong then is the step's."""
        try:
            return await asyncio.to_thread(work)
        except Cancelled:
            raise
        except ExplorerError as error:
            text = f"{error.what}: {error.why}" if error.why else error.what
            raise StepError(step, text, hint=error.hint) from error

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

    async def _recalled(self, record: StepRecord) -> BuiltLayer:
        assert record.layer is not None
        digest = Digest.parse(record.layer.digest)
        size = self._ingest.layout.blob(digest).stat().st_size
        descriptor = Descriptor(media.OCI_LAYER, digest, size)
        diff_id = Digest.parse(record.layer.diff_id)
        return await asyncio.to_thread(
            layer_from_store, self._ingest, descriptor, diff_id, self._caches
        )

    async def _recorded(self, stage: Stage, step: Step, layer: BuiltLayer, seconds: float) -> None:
        """Note what came out, for the next build."""
        planned = await self._planned(stage, step)
        if planned.state is None:
            return
        for listing in planned.listings:
            await asyncio.to_thread(self._records.keep_listing, listing)
        record = record_step(
            planned, stage.title, self._dockerfile, self._build, layer.record, seconds=seconds
        )
        await asyncio.to_thread(self._records.add, [record])

    async def _made(self, stage: Stage, step: Step, below: list[BuiltLayer]) -> BuiltLayer:
        if isinstance(step.command, model.Run):
            descriptor = await self._ran(stage, step, below)
            return await asyncio.to_thread(
                layer_from_store, self._ingest, descriptor, descriptor.digest, self._caches
            )
        if remote_sources(step):
            return await self._added(stage, step)
        return await self._computed(stage, step, len(below))

    # -- what is computed -----------------------------------------------------------------------

    async def _computed(self, stage: Stage, step: Step | None, number: int) -> BuiltLayer:
        """A layer that needs nothing to run; without a step, the folder that a stage begins with.

        Raises :class:`StepError` for what is foretold to go wrong.
        """
        index = -1 if step is None else step.index
        preview = await asyncio.to_thread(self._views.after, stage.index, index)
        if step is not None:
            self._look_for_problems(preview, stage, step)
        return await asyncio.to_thread(self._written, preview, number)

    async def _added(self, stage: Stage, step: Step) -> BuiltLayer:
        """The layer of an ADD that fetches."""

        def make() -> BuiltLayer:
            below = self._views.filesystem(stage.index, step.index - 1)
            selection = self._remotes.select(step, self._setting.tree, below)
            for mishap in selection.mishaps:
                self._judge(mishap.problem(step), stage, step)
            return stored(
                Outcome.of(selection, 0).layer, self._ingest, self._caches, self.now, self._job
            )

        return await self._fetching(step, make)

    def _look_for_problems(self, preview: Preview, stage: Stage, step: Step) -> None:
        for problem in preview.problems:
            if problem.line == step.line:
                self._judge(problem, stage, step)

    def _judge(self, problem: Problem, stage: Stage, step: Step) -> None:
        if problem.severity is Severity.ERROR:
            column = self.program.document.lines.position(problem.span.start).column
            raise StepError.of(step, problem, column)
        warned = Warned(self.at, problem.message, problem.line, step_id(stage, step))
        self._loop.call_soon_threadsafe(self._tell, warned)

    def _written(self, preview: Preview, number: int) -> BuiltLayer:
        layer = preview.image.layers[number]
        tar = predicted_tar(layer, preview.image.contents, number, self.now, self._job)
        descriptor = self._ingest.stream(tar, media.OCI_LAYER)
        return layer_from_store(self._ingest, descriptor, descriptor.digest, self._caches)

    def _stage_tree(self, index: int) -> Tree | None:
        """The files that a stage ended with."""
        ended = self._ended.get(index)
        if ended is None or not ended.is_set():
            return None
        return self._views.end(index)

    def _is_kept(self, record: StepRecord) -> bool:
        return record.layer is not None and self._ingest.layout.has(
            Digest.parse(record.layer.digest)
        )

    # -- what runs ------------------------------------------------------------------------------

    async def _ran(self, stage: Stage, step: Step, below: list[BuiltLayer]) -> Descriptor:
        runner = await self._running()
        tree = await asyncio.to_thread(self._views.tree, stage.index, step.index - 1)
        name = step_id(stage, step)

        def log(stream: int, data: bytes) -> None:
            self._tell(Log(name, self.at, stream, data))

        async def lowers(source: str) -> tuple[str, ...]:
            layers = await self._files_of(stage, step, source)
            folders = await runner.snapshots.lowers([b.stored for b in layers], runner.worker)
            return folders or (self._nothing.folder("nothing"),)

        stored = [layer.stored for layer in below]
        return await runner.run(stage, step, stored, tree, lowers, log)

    async def _files_of(self, stage: Stage, step: Step, source: str) -> Sequence[BuiltLayer]:
        """The layers of what a mount is ``from``; "" is the build context."""
        if not source:
            return [await self._context_layer(None, stage, step)]
        needs = (n.origin for n in stage.needs if n.step == step.index)
        origin = next((o for o in needs if _is(o, source, self.program.stages)), None)
        if origin is None:
            raise StepError(step, f"{source} is not known")
        if origin.stage is not None:
            return self.built[origin.stage]
        found = await asyncio.to_thread(self._setting.bases.resolve, origin.name, stage.platform)
        if isinstance(found, Unresolved):
            raise StepError(step, str(found), hint=found.hint)
        if isinstance(found, Base):
            return await self._brought(found)
        return [await self._context_layer(found, stage, step)]

    async def _context_layer(self, tree: Tree | None, stage: Stage, step: Step) -> BuiltLayer:
        """A build context as a layer: what its ignore file leaves out is not in it."""
        chosen = tree or self._setting.tree
        if chosen is None:
            raise StepError(step, "there is no build context", hint="Name its folder")

        def make() -> BuiltLayer:
            from explorer.build.engines.sandbox.contexts import context_layer

            return context_layer(chosen, self._ingest, self._caches, self.now, self._job)

        return await asyncio.to_thread(make)

    async def _running(self) -> Runner:
        """The runner; the worker starts with the first RUN that needs it."""
        async with self._starting:
            if self._runner is None:
                worker = await Worker.start()
                self._exit.push_async_callback(worker.close)
                snapshots = Snapshots(self._ingest.layout)
                self._nothing = Scratch(snapshots.root)
                self._exit.push_async_callback(self._clear, worker)
                await snapshots.clear(worker)
                mounts = Mounts(self.request, self._nothing)
                self._runner = LeavingRunner(self.request, worker, snapshots, mounts, self._ingest)
        return self._runner

    async def _clear(self, worker: Worker) -> None:
        self._nothing.release()
        with contextlib.suppress(ExplorerError):
            await worker.remove(str(self._nothing.path))


def _is(origin: Origin, source: str, stages: Sequence[Stage]) -> bool:
    if origin.stage is not None:
        stage = stages[origin.stage]
        return source.lower() in (stage.name, str(origin.stage), origin.name.lower())
    return origin.name == source


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
