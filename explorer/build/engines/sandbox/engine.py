"""The embedded engine, behind the face of all engines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import partial

from explorer.build.engine import EngineName, Health, Tell
from explorer.build.engines.sandbox.building import Building
from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.failure import BuildError
from explorer.build.engines.sandbox.refusing import refuse
from explorer.build.engines.sandbox.result import write_image
from explorer.build.engines.sandbox.setting import Setting, settle
from explorer.build.engines.sandbox.several import build_each
from explorer.build.engines.sandbox.users import why_single
from explorer.build.events import Done, End, Failed, Planned, Stopped
from explorer.build.plan.records import BuildRecords
from explorer.build.request import BuildRequest
from explorer.errors import Cancelled, ExplorerError, Unsupported
from explorer.oci import Descriptor
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.images import ImageStore, Ingest


@dataclass(slots=True)
class SandboxEngine:
    """Builds in this process, RUNs in namespaces; results and cache are in the local store."""

    store: ImageStore = field(default_factory=ImageStore.at)
    records: BuildRecords = field(default_factory=BuildRecords.at)
    caches: Caches = field(default_factory=Caches.at)

    @property
    def name(self) -> EngineName:
        """What ``--engine`` calls it."""
        return "sandbox"

    async def health(self) -> Health:
        """Whether RUNs can run here; everything else always can."""
        limits: list[str] = []
        if sys.platform != "linux":
            limits.append("RUN needs Linux")
        elif os.geteuid() != 0 and (why := why_single()):
            limits.append(f"every file belongs to one user: {why}")
        with contextlib.suppress(ExplorerError):
            if sys.platform == "linux":
                worker = await Worker.start()
                await worker.close()
            return Health(self.name, "Embedded", ready=True, limits=tuple(limits))
        limits.append("RUN is not possible: this system lets its users make no namespaces")
        return Health(self.name, "Embedded", ready=True, limits=tuple(limits))

    async def build(self, request: BuildRequest, tell: Tell) -> End:
        """As :meth:`explorer.build.engine.Engine.build`."""
        if len(request.platforms) < 2:
            return await self._build_one(request, tell)
        for platform in request.platforms:
            part = replace(request, platforms=(platform,))
            setting = await asyncio.to_thread(settle, part, Job())
            refuse(setting.program)
        async with self._ingesting(Job()):
            return await build_each(
                request, tell, partial(self._build_one, is_part=True), self.store
            )

    async def _build_one(self, request: BuildRequest, tell: Tell, *, is_part: bool = False) -> End:
        """Build for one platform; what is a part of something is neither kept nor named."""
        job = Job()
        loop = asyncio.get_running_loop()
        began = loop.time()

        def ended(end: End) -> End:
            tell(end)
            return end

        setting = await asyncio.to_thread(settle, request, job)
        try:
            if (problem := setting.error) is not None:
                column = setting.program.document.lines.position(problem.span.start).column
                message = problem.message
                return ended(Failed(problem.line, "", message, problem.description, column))
            if setting.program.target is None:
                return ended(Failed(0, "", "there is no stage to build"))
            refuse(setting.program)
            return ended(await self._build(request, setting, tell, job, is_part=is_part))
        except BuildError as error:
            seconds = loop.time() - began
            return ended(
                Failed(error.line, error.step, error.message, error.hint, error.column, seconds)
            )
        except Unsupported:
            raise
        except (asyncio.CancelledError, Cancelled):
            job.cancel()
            tell(Stopped(loop.time() - began))
            raise
        except ExplorerError as error:
            text = f"{error.what}: {error.why}" if error.why else error.what
            return ended(Failed(0, "", text, error.hint, seconds=loop.time() - began))

    async def _build(
        self, request: BuildRequest, setting: Setting, tell: Tell, job: Job, *, is_part: bool
    ) -> End:
        async with self._ingesting(job) as ingest:
            await asyncio.to_thread(self.records.refresh)
            building = Building(
                request, setting, self.store, ingest, self.records, self.caches, tell, job
            )
            tell(Planned(building.infos()))
            try:
                await building.run()
            finally:
                await asyncio.to_thread(setting.save)
            manifest, config = await asyncio.to_thread(self._image, building, ingest)
            if not is_part:
                await asyncio.to_thread(self._name, request, manifest)
        return Done(
            digest=str(manifest.digest),
            image_id=str(config.digest),
            reference=str(request.references[0]) if request.references else "",
            seconds=building.at,
            cached=building.cached,
            steps=building.steps,
        )

    def _image(self, building: Building, ingest: Ingest) -> tuple[Descriptor, Descriptor]:
        program, request = building.program, building.request
        stop = request.stop_after
        index = stop[0] if stop is not None else program.target
        assert index is not None
        stage = program.stages[index]
        last = stop[1] if stop is not None else len(stage.steps) - 1
        layers = building.built(index)
        return write_image(program, stage, last, layers, request.labels, building.now, ingest)

    def _name(self, request: BuildRequest, manifest: Descriptor) -> None:
        for reference in request.references:
            self.store.name(reference, manifest)
        if not request.references and request.keep:
            self.store.keep(manifest)

    @contextlib.asynccontextmanager
    async def _ingesting(self, job: Job) -> AsyncIterator[Ingest]:
        """The store, held against clean-ups for as long as the build lasts."""
        ingesting = self.store.ingest(job)
        ingest = await asyncio.to_thread(ingesting.__enter__)
        try:
            yield ingest
        finally:
            await asyncio.to_thread(ingesting.__exit__, None, None, None)
