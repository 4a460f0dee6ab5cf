"""Docker Engine, behind the face of all engines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from explorer.build.engine import EngineName, Health, Tell
from explorer.build.engines.buildkit.buildx import Buildx, find_buildx
from explorer.build.engines.carrying import carried_out, wants_engine, wants_store
from explorer.build.engines.contexttar import context_tar
from explorer.build.engines.docker import api
from explorer.build.engines.docker.classic import Classic, error_of, tell_pull
from explorer.build.engines.docker.placing import Placed, hidden_by_ignore, needs_buildkit, place
from explorer.build.engines.docker.query import Query, query
from explorer.build.engines.docker.trace import decode
from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.http import EngineHttp
from explorer.build.engines.refusing import refuse_platforms, refuse_session
from explorer.build.engines.results import into_store
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.scratch import scratch
from explorer.build.engines.steps import CONTEXT, RESULT, Steps, from_step
from explorer.build.engines.supply import Outside, held, outside, write_archive
from explorer.build.engines.vertices import Vertices
from explorer.build.events import Done, End
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Stage
from explorer.errors import ExplorerError, Refused, Unsupported
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.engines.docker_config import DockerConfig
from explorer.store.images import ImageStore

TITLE: Final = "Docker Engine"
_HINT: Final = "Install docker buildx, or choose --engine buildkit or sandbox"
_TRACE: Final = "moby.buildkit.trace"
_IMAGE_ID: Final = "moby.image.id"
_CANCEL_SECONDS: Final = 10.0


@dataclass(slots=True)
class DockerEngine:
    """Builds in Docker Engine, wherever DOCKER_HOST or the Docker context says it is."""

    store: ImageStore = field(default_factory=ImageStore.at)

    @property
    def name(self) -> EngineName:
        """What ``--engine`` calls it."""
        return "docker"

    async def health(self) -> Health:
        """Whether it answers."""
        try:
            endpoint = await asyncio.to_thread(DockerConfig.at().endpoint)
            async with EngineHttp(TITLE, endpoint) as http:
                ping = await api.ping(http)
                version = await api.version(http)
        except ExplorerError as error:
            why = error.why or error.what
            return Health(self.name, TITLE, ready=False, why=why, hint=error.hint)
        limits = [] if ping.has_buildkit else ["no BuildKit inside: no heredocs, no RUN --mount"]
        if await find_buildx() is None:
            limits.append("without docker buildx: no secrets, no SSH agents, no named contexts")
        where = str(endpoint) + (f" ({endpoint.origin})" if endpoint.origin else "")
        return Health(self.name, TITLE, True, version, where, limits=tuple(limits))

    async def build(self, request: BuildRequest, tell: Tell) -> End:
        """As :meth:`explorer.build.engine.Engine.build`."""
        buildx = await find_buildx()

        def refuse(_setting: Setting) -> None:
            if buildx is None:
                refuse_session(request, TITLE, _HINT)
            refuse_platforms(request, TITLE)

        async def work(setting: Setting, following: Following, job: Job) -> Done:
            endpoint = await asyncio.to_thread(DockerConfig.at().endpoint)
            with scratch() as folder:
                async with EngineHttp(TITLE, endpoint) as http:
                    ping = await api.ping(http)
                    build = _Build(request, setting, following, job, http, ping, folder, self.store)
                    return await build.run(buildx)

        return await carried_out(request, tell, refuse, work)


@dataclass(slots=True)
class _Build:
    request: BuildRequest
    setting: Setting
    following: Following
    job: Job
    http: EngineHttp
    ping: api.Ping
    folder: Path
    store: ImageStore
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(self.setting.program, self.request.stop_after)

    async def run(self, buildx: Buildx | None) -> Done:
        self.following.plan(self.steps.infos)
        has_buildkit = self.ping.has_buildkit and os.environ.get("DOCKER_BUILDKIT") != "0"
        await self._supply(fetch=has_buildkit)
        if buildx is not None and has_buildkit:
            network = "default" if await api.has_bridge(self.http) else "host"
            image_id = await buildx.into_engine(
                self.request, self.setting, self.steps, self.following, self.folder, network
            )
        else:
            image_id = await self._built(has_buildkit)
        self.following.finish_all()
        if not wants_store(self.request):
            return self._done(image_id, image_id)
        self.following.plan([RESULT])
        self.following.start(RESULT.id)
        archive = self.folder / "image.tar"
        await api.fetch(
            self.http, f"/images/{image_id}/get", (), archive, self._counter(RESULT.id, "received")
        )
        stored = await asyncio.to_thread(into_store, archive, self.request, self.store, self.job)
        self.following.finish(RESULT.id)
        if has_buildkit and not wants_engine(self.request):
            await self._tidy(image_id)
        return self._done(str(stored.digest), str(stored.image_id))

    # -- bases ------------------------------------------------------------------------------------

    async def _supply(self, *, fetch: bool) -> None:
        """Give the engine the bases that it lacks and the local store has.

        BuildKit inside the engine cannot log in to registries without a session: so the engine
        itself fetches what is missing (``fetch``).
        """
        program = self.setting.program
        missing = [
            image
            for image in outside(program)
            if self.request.pull or not await api.has_image(self.http, image.reference.familiar)
        ]
        ours = dict(await asyncio.to_thread(lambda: list(held(tuple(missing), self.store))))
        for image in missing:
            stage = program.stage_at(image.line)
            assert stage is not None
            if image in ours:
                await self._give(image, stage, ours[image])
            elif fetch or self.request.pull:
                await self._pull(image, stage)

    async def _give(self, image: Outside, stage: Stage, digest: Digest) -> None:
        info = from_step(stage)
        self.following.plan([info])
        self.following.start(info.id)
        archive = await asyncio.to_thread(write_archive, image, digest, self.folder, self.job)
        await api.load(self.http, archive, self._counter(info.id, f"sent {image.name}"))
        archive.unlink()
        self.following.finish(info.id)

    async def _pull(self, image: Outside, stage: Stage) -> None:
        info = from_step(stage)
        self.following.plan([info])
        self.following.start(info.id)
        config = await asyncio.to_thread(DockerConfig.at)
        known = await asyncio.to_thread(config.credentials, [image.reference.host])
        platform = str(self.request.platforms[0]) if self.request.platforms else ""
        try:
            pulling = api.pull(
                self.http, image.reference, platform, known.get(image.reference.host)
            )
            async for line in pulling:
                detail = line.get("progressDetail")
                if isinstance(detail, Mapping):
                    tell_pull(self.following, info.id, str(line.get("status", "")), line, detail)
        except ExplorerError as error:
            message = f"{image.name} cannot be fetched: {error.why or error.what}"
            hint = "Load it into the engine or the local store, or look at the network"
            raise self.following.fail(info.id, message, hint) from error
        self.following.finish(info.id)

    # -- the build --------------------------------------------------------------------------------

    async def _built(self, has_buildkit: bool) -> str:
        """Build over the API; the ID of the image."""
        program, context = self.setting.program, self.setting.context
        placed = place(self.request, program, context)
        if placed.is_seen and has_buildkit:
            # BuildKit applies no ignore file to a context that comes so, and would copy the file.
            if needs_buildkit(program):
                raise Unsupported(
                    "The Dockerfile is left out of a context that is copied as a whole",
                    why="Docker's API has no other place for it",
                    hint="Take it out of the ignore file, install docker buildx, or choose "
                    "--engine buildkit",
                )
            has_buildkit = False
        if not has_buildkit:
            placed = hidden_by_ignore(placed, context)
        asked = query(self.request, placed.name)
        if not await api.has_bridge(self.http):
            asked.append(("networkmode", "host"))
        if has_buildkit:
            return await self._with_buildkit(placed, asked)
        return await self._classic(placed, asked)

    async def _with_buildkit(self, placed: Placed, asked: Query) -> str:
        build = secrets.token_hex(16)
        asked += [("version", "2"), ("buildid", build)]
        vertices = Vertices(self.steps, self.following)
        image_id = ""
        try:
            async for line in self._answer(placed, asked):
                if line.get("id") == _TRACE and isinstance(line.get("aux"), str):
                    vertices.take(decode(line["aux"]))
                elif line.get("id") == _IMAGE_ID and isinstance(line.get("aux"), Mapping):
                    image_id = str(line["aux"].get("ID", ""))
                elif "error" in line or "errorDetail" in line:
                    raise self.following.failure or BuildError(error_of(line))
        except asyncio.CancelledError:
            await self._cancel(build)
            raise
        return self._known(image_id)

    async def _classic(self, placed: Placed, asked: Query) -> str:
        classic = Classic(self.steps, self.following)
        asked.append(("version", "1"))
        if self.request.pull:
            asked.append(("pull", "1"))
        async for line in self._answer(placed, asked):
            classic.take(line)
        return self._known(classic.image_id)

    async def _answer(self, placed: Placed, asked: Query) -> AsyncIterator[Mapping[str, Any]]:
        """Send the context; what the engine tells from then on."""
        following, context = self.following, self.setting.context
        following.plan([CONTEXT])
        following.start(CONTEXT.id)
        pieces = context_tar(context, placed.extra, self.job)
        total = context.size if context is not None else None
        body = api.sent(pieces, self._counter(CONTEXT.id, "sent", total))
        headers = {**api.TAR, "X-Registry-Config": await asyncio.to_thread(self._logins)}
        requesting = self.http.request("POST", "/build", asked, body=body, headers=headers)
        async with requesting as response:
            following.finish(CONTEXT.id)
            async for line in self.http.lines(response):
                yield line

    def _logins(self) -> str:
        """What the user is logged in to of the registries that the build needs."""
        hosts = [image.reference.host for image in outside(self.setting.program)]
        known = DockerConfig.at().credentials(hosts)
        return api.encoded({login.server: login.as_engine() for login in known.values()})

    def _counter(self, step: str, what: str, total: int | None = None) -> Callable[[int], None]:
        """Tells how many bytes have gone by."""
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.following.progress(step, what, done, max(done, total) if total else None)

        return advance

    def _known(self, image_id: str) -> str:
        if not image_id:
            raise Refused(
                f"{TITLE} ended the build without a result",
                hint=f"Look whether {TITLE} is still running, and build again",
            )
        return image_id

    async def _cancel(self, build: str) -> None:
        with contextlib.suppress(ExplorerError):
            await self.http.json("POST", "/build/cancel", [("id", build)], seconds=_CANCEL_SECONDS)

    # -- the result -------------------------------------------------------------------------------

    async def _tidy(self, image_id: str) -> None:
        """Remove an image that nobody named; the engine's cache of steps is not touched."""
        with contextlib.suppress(ExplorerError):
            about = await api.inspect(self.http, image_id)
            if about is not None and not about.get("RepoTags") and not about.get("RepoDigests"):
                await self.http.json("DELETE", f"/images/{image_id}", [("noprune", "1")])

    def _done(self, digest: str, image_id: str) -> Done:
        references = self.request.references
        return Done(
            digest=digest,
            image_id=image_id,
            reference=str(references[0]) if references else "",
            seconds=self.following.at,
            cached=self.following.cached,
            steps=self.following.steps,
        )
