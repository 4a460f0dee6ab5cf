"""What goes to and fro between a build and an engine's HTTP API, told as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.build.engines.contexttar import context_tar
from explorer.build.engines.docker import api
from explorer.build.engines.docker.placing import Placed
from explorer.build.engines.docker.query import Query
from explorer.build.engines.following import Following
from explorer.build.engines.http import EngineHttp
from explorer.build.engines.results import into_store
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.standins import identities, renamed, stand_in
from explorer.build.engines.steps import CONTEXT, RESULT, Steps, from_step
from explorer.build.engines.supply import Outside, held, outside, write_archive
from explorer.build.events import Done
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program, Stage
from explorer.errors import Refused
from explorer.oci import Digest, Reference
from explorer.progress import Job
from explorer.sources.engines.docker_config import DockerConfig
from explorer.store.images import ImageStore

Look = Callable[[Reference], Awaitable[frozenset[str]]]


@dataclass(slots=True)
class Exchange:
    """One build and the engine it talks to. ``folder`` is a scratch folder of its own.

    ``program`` is what is sent: the text has other names where the engine needs them.
    """

    request: BuildRequest
    setting: Setting
    following: Following
    job: Job
    http: EngineHttp
    folder: Path
    store: ImageStore
    steps: Steps = field(init=False)
    program: Program = field(init=False)

    def __post_init__(self) -> None:
        self.program = self.setting.program
        self.steps = Steps(self.setting.program, self.request.stop_after)
        self.following.plan(self.steps.infos)

    @property
    def sent(self) -> Setting:
        """The setting with the text that is sent."""
        return replace(self.setting, program=self.program)

    def counter(self, step: str, what: str, total: int | None = None) -> Callable[[int], None]:
        """Tells how many bytes have gone by."""
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.following.progress(step, what, done, max(done, total) if total else None)

        return advance

    # -- bases ------------------------------------------------------------------------------------

    async def ours(self, images: tuple[Outside, ...]) -> dict[Outside, Digest]:
        """Those of the images that the local store holds."""
        return dict(await asyncio.to_thread(lambda: list(held(images, self.store))))

    def stage_of(self, image: Outside) -> Stage:
        """The stage that names an image."""
        stage = self.setting.program.stage_at(image.line)
        assert stage is not None
        return stage

    async def place_bases(self, look: Look, path: str) -> tuple[Outside, ...]:
        """Let the engine build upon the store's images; those that are neither there nor here.

        ``look`` gives the digests that the engine knows an image by, none where it has no image
        of that name; ``path`` is where it takes archives. See :mod:`.standins`.
        """
        images = outside(self.setting.program)
        if self.request.pull:
            return images
        ours = await self.ours(images)
        absent: list[Outside] = []
        names: dict[Reference, Reference] = {}
        for image in images:
            there = await look(image.reference)
            if image not in ours:
                absent += [image] if not there else []
            elif not there:
                await self.give(image, ours[image], image.reference, path)
            elif not there & await asyncio.to_thread(identities, image, ours[image]):
                name = names[image.reference] = stand_in(image, ours[image])
                self._warn_of(image, ours[image])
                if not await look(name):
                    await self.give(image, ours[image], name, path)
        self.program = renamed(self.setting.program, names)
        self.steps.renamed.update((name, meant) for meant, name in names.items())
        return tuple(absent)

    def _warn_of(self, image: Outside, digest: Digest) -> None:
        """Tell that an engine would take another image for a name, and which one is taken."""
        self.following.warn(
            f"{self.http.title} has another image called {image.reference.familiar}: this build "
            f"takes the local store's, {digest.short}, and leaves that one as it is",
            image.line,
        )

    async def give(self, image: Outside, digest: Digest, name: Reference, path: str) -> None:
        """Load an image of the local store into the engine, under a name."""
        info = from_step(self.stage_of(image))
        self.following.plan([info])
        self.following.start(info.id)
        archive = await asyncio.to_thread(write_archive, image, digest, name, self.folder, self.job)
        await api.load(self.http, path, archive, self.counter(info.id, f"send {image.name}"))
        archive.unlink()
        self.following.finish(info.id)

    # -- the build --------------------------------------------------------------------------------

    async def answer(
        self, path: str, asked: Query, placed: Placed
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Send the context; what the engine tells from then on."""
        following, context = self.following, self.setting.context
        following.plan([CONTEXT])
        following.start(CONTEXT.id)
        pieces = context_tar(context, placed.extra, self.job)
        total = context.size if context is not None else None
        body = api.sent(pieces, self.counter(CONTEXT.id, "sent", total))
        headers = {**api.TAR, "X-Registry-Config": await asyncio.to_thread(self._logins)}
        async with self.http.request("POST", path, asked, body=body, headers=headers) as response:
            following.finish(CONTEXT.id)
            async for line in self.http.lines(response):
                yield line

    def _logins(self) -> str:
        """What the user is logged in to of the registries that the build needs."""
        hosts = [image.reference.host for image in outside(self.setting.program)]
        known = DockerConfig.at().credentials(hosts)
        return api.encoded({login.server: login.as_engine() for login in known.values()})

    def known(self, image_id: str) -> str:
        """The ID of the result; raises :class:`Refused` where the engine named none."""
        if not image_id:
            raise Refused(
                f"{self.http.title} ended the build without a result",
                hint=f"Look whether {self.http.title} is still running, and build again",
            )
        return image_id

    # -- the result -------------------------------------------------------------------------------

    async def received(self, path: str, query: Query) -> Done:
        """Bring the result into the local store."""
        self.following.plan([RESULT])
        self.following.start(RESULT.id)
        archive = self.folder / "image.tar"
        await api.fetch(self.http, path, query, archive, self.counter(RESULT.id, "received"))
        stored = await asyncio.to_thread(into_store, archive, self.request, self.store, self.job)
        self.following.finish(RESULT.id)
        return self.done(str(stored.digest), str(stored.image_id))

    def done(self, digest: str, image_id: str) -> Done:
        """The end of a build that went well."""
        references = self.request.references
        return Done(
            digest=digest,
            image_id=image_id,
            reference=str(references[0]) if references else "",
            seconds=self.following.at,
            cached=self.following.cached,
            steps=self.following.steps,
        )
