"""Layers as a build makes them: brought with a base, computed, fetched, or left by a command."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from explorer.build.bases import Base, Unresolved
from explorer.build.engine import Tell
from explorer.build.engines.sandbox.apart import apart
from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.contexts import context_layer
from explorer.build.engines.sandbox.failure import BuildError, StepError
from explorer.build.engines.sandbox.layers import (
    BuiltLayer,
    layer_from_store,
    predicted_tar,
    stored,
)
from explorer.build.engines.sandbox.leaving import LeavingRunner
from explorer.build.engines.sandbox.mounts import Mounts
from explorer.build.engines.sandbox.remotes import Remotes, remote_sources
from explorer.build.engines.sandbox.running import Runner
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.sandbox.snapshots import Scratch, Snapshots
from explorer.build.engines.sandbox.steps import step_id
from explorer.build.engines.sandbox.views import Views
from explorer.build.events import Log, Warned
from explorer.build.plan.records import StepRecord
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
from explorer.store.images import Ingest
from explorer.transfer.layers import bring_layer
from explorer.transfer.save import source_date_epoch

_T = TypeVar("_T")


class Maker:
    """Makes the layers of one build; what it makes for other stages is in ``built``.

    Use it as a context: what it holds is let go at the end.
    """

    def __init__(
        self,
        request: BuildRequest,
        setting: Setting,
        ingest: Ingest,
        caches: Caches,
        tell: Tell,
        at: Callable[[], float],
        job: Job,
    ) -> None:
        self.request = request
        self.program = setting.program
        self.built: dict[int, list[BuiltLayer]] = {}
        self.views = Views(setting, caches, job)
        self.remotes = Remotes(data_root() / "snapshots", caches, job)
        self.clock = datetime.now(UTC)
        epoch = source_date_epoch()
        self._epoch = datetime.fromtimestamp(epoch, UTC) if epoch else None
        self._setting = setting
        self._ingest = ingest
        self._caches = caches
        self._tell = tell
        self._at = at
        self._job = job
        self._runner: Runner | None = None
        self._starting = asyncio.Lock()
        self._exit = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Maker:
        self._loop = asyncio.get_running_loop()
        self._exit.callback(self.remotes.close)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._exit.aclose()

    @property
    def now(self) -> datetime:
        """The time of what has none of its own."""
        return self.dated(self.clock)

    def dated(self, when: datetime) -> datetime:
        """The time that an image gives to what was made then: ``SOURCE_DATE_EPOCH`` is first."""
        return self._epoch or when

    # -- bases ----------------------------------------------------------------------------------

    async def base(self, stage: Stage) -> list[BuiltLayer]:
        """The layers that a stage begins with. Raises :class:`BuildError`."""
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

    async def recall(self, record: StepRecord) -> BuiltLayer:
        """The layer that a step left before."""
        assert record.layer is not None
        digest = Digest.parse(record.layer.digest)
        size = self._ingest.layout.blob(digest).stat().st_size
        descriptor = Descriptor(media.OCI_LAYER, digest, size)
        diff_id = Digest.parse(record.layer.diff_id)
        return await asyncio.to_thread(
            layer_from_store, self._ingest, descriptor, diff_id, self._caches
        )

    async def make(self, stage: Stage, step: Step, below: list[BuiltLayer]) -> BuiltLayer:
        """The layer of a step upon others. Raises :class:`StepError`."""
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
        preview = await asyncio.to_thread(self.views.after, stage.index, index)
        if step is not None:
            self._look_for_problems(preview, stage, step)
        return await asyncio.to_thread(self._written, preview, number)

    async def _added(self, stage: Stage, step: Step) -> BuiltLayer:
        """The layer of an ADD that fetches."""

        def make() -> BuiltLayer:
            below = self.views.filesystem(stage.index, step.index - 1)
            selection = self.remotes.select(step, self._setting.tree, below)
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
        warned = Warned(self._at(), problem.message, problem.line, step_id(stage, step))
        self._loop.call_soon_threadsafe(self._tell, warned)

    def _written(self, preview: Preview, number: int) -> BuiltLayer:
        layer = preview.image.layers[number]
        tar = predicted_tar(layer, preview.image.contents, number, self.now, self._job)
        descriptor = self._ingest.stream(tar, media.OCI_LAYER)
        return layer_from_store(self._ingest, descriptor, descriptor.digest, self._caches)

    async def learn(self, step: Step) -> None:
        """Look at what an ADD fetches, for its key to tell."""
        assert isinstance(step.command, model.Add)
        await self._fetching(step, partial(self.remotes.learn, step.command))

    async def _fetching(self, step: Step, work: Callable[[], _T]) -> _T:
        """Do what fetches, in a thread. What goes wrong then is the step's."""
        try:
            return await apart(work)
        except Cancelled:
            raise
        except ExplorerError as error:
            text = f"{error.what}: {error.why}" if error.why else error.what
            raise StepError(step, text, hint=error.hint) from error

    # -- what runs ------------------------------------------------------------------------------

    async def _ran(self, stage: Stage, step: Step, below: list[BuiltLayer]) -> Descriptor:
        runner = await self._running()
        tree = await asyncio.to_thread(self.views.tree, stage.index, step.index - 1)
        name = step_id(stage, step)

        def log(stream: int, data: bytes) -> None:
            self._tell(Log(name, self._at(), stream, data))

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
            return context_layer(chosen, self._ingest, self._caches, self.now, self._job)

        return await asyncio.to_thread(make)

    async def prepare_to_run(self) -> None:
        """Start the worker before it is needed; what goes wrong is said by the RUN itself."""
        with contextlib.suppress(ExplorerError):
            await self._running()

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
