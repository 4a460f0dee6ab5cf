"""Docker Engine, behind the face of all engines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from explorer.build.engine import EngineName, Health, Tell
from explorer.build.engines.buildkit.buildx import Buildx, find_buildx
from explorer.build.engines.carrying import carried_out, wants_engine, wants_store
from explorer.build.engines.docker import api
from explorer.build.engines.docker.classic import Classic, error_of, tell_pull
from explorer.build.engines.docker.placing import Placed, hidden_by_ignore, needs_buildkit, place
from explorer.build.engines.docker.query import Query, query
from explorer.build.engines.docker.trace import decode
from explorer.build.engines.exchange import Exchange
from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.http import EngineHttp
from explorer.build.engines.refusing import refuse_platforms, refuse_session
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.scratch import scratch
from explorer.build.engines.steps import from_step
from explorer.build.engines.supply import Outside
from explorer.build.engines.vertices import Vertices
from explorer.build.events import Done, End
from explorer.build.request import BuildRequest
from explorer.errors import ExplorerError, Unsupported
from explorer.oci import Reference
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
                    exchange = Exchange(request, setting, following, job, http, folder, self.store)
                    return await _Build(exchange, ping).run(buildx)

        return await carried_out(request, tell, refuse, work)


@dataclass(slots=True)
class _Build:
    exchange: Exchange
    ping: api.Ping

    async def run(self, buildx: Buildx | None) -> Done:
        exchange = self.exchange
        request, following = exchange.request, exchange.following
        has_buildkit = self.ping.has_buildkit and os.environ.get("DOCKER_BUILDKIT") != "0"
        await self._supply(fetch=has_buildkit)
        if buildx is not None and has_buildkit:
            network = "default" if await api.has_bridge(exchange.http) else "host"
            image_id = await buildx.into_engine(
                request, exchange.sent, exchange.steps, following, exchange.folder, network
            )
        else:
            image_id = await self._built(has_buildkit)
        following.finish_all()
        if not wants_store(request):
            return exchange.done(image_id, image_id)
        done = await exchange.received(f"/images/{image_id}/get", [])
        if has_buildkit and not wants_engine(request):
            await self._tidy(image_id)
        return done

    # -- bases ------------------------------------------------------------------------------------

    async def _supply(self, *, fetch: bool) -> None:
        """Give the engine the bases that it lacks and the local store has.

        BuildKit inside the engine cannot log in to registries without a session: so the engine
        itself fetches what is missing (``fetch``).
        """
        exchange = self.exchange

        async def look(reference: Reference) -> frozenset[str]:
            return api.digests_of(await api.inspect(exchange.http, reference.familiar))

        for image in await exchange.place_bases(look, "/images/load"):
            if fetch or exchange.request.pull:
                await self._pull(image)

    async def _pull(self, image: Outside) -> None:
        exchange, following = self.exchange, self.exchange.following
        info = from_step(exchange.stage_of(image))
        following.plan([info])
        following.start(info.id)
        config = await asyncio.to_thread(DockerConfig.at)
        known = await asyncio.to_thread(config.credentials, [image.reference.host])
        platforms = exchange.request.platforms
        platform = str(platforms[0]) if platforms else ""
        login = known.get(image.reference.host)
        try:
            async for line in api.pull(exchange.http, image.reference, platform, login):
                detail = line.get("progressDetail")
                if isinstance(detail, Mapping):
                    tell_pull(following, info.id, str(line.get("status", "")), line, detail)
        except ExplorerError as error:
            message = f"{image.name} cannot be fetched: {error.why or error.what}"
            hint = "Load it into the engine or the local store, or look at the network"
            raise following.fail(info.id, message, hint) from error
        following.finish(info.id)

    # -- the build --------------------------------------------------------------------------------

    async def _built(self, has_buildkit: bool) -> str:
        """Build over the API; the ID of the image."""
        exchange = self.exchange
        program, context = exchange.program, exchange.setting.context
        placed = place(exchange.request, program, context)
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
        asked = query(exchange.request, program, placed.name)
        if not await api.has_bridge(exchange.http):
            asked.append(("networkmode", "host"))
        if has_buildkit:
            return await self._with_buildkit(placed, asked)
        return await self._classic(placed, asked)

    async def _with_buildkit(self, placed: Placed, asked: Query) -> str:
        following = self.exchange.following
        build = secrets.token_hex(16)
        asked += [("version", "2"), ("buildid", build)]
        vertices = Vertices(self.exchange.steps, following)
        image_id = ""
        try:
            async for line in self.exchange.answer("/build", asked, placed):
                if line.get("id") == _TRACE and isinstance(line.get("aux"), str):
                    vertices.take(decode(line["aux"]))
                elif line.get("id") == _IMAGE_ID and isinstance(line.get("aux"), Mapping):
                    image_id = str(line["aux"].get("ID", ""))
                elif "error" in line or "errorDetail" in line:
                    raise following.failure or BuildError(error_of(line))
        except asyncio.CancelledError:
            await self._cancel(build)
            raise
        return self.exchange.known(image_id)

    async def _classic(self, placed: Placed, asked: Query) -> str:
        classic = Classic(self.exchange.steps, self.exchange.following)
        asked.append(("version", "1"))
        async for line in self.exchange.answer("/build", asked, placed):
            classic.take(line)
        return self.exchange.known(classic.image_id)

    async def _cancel(self, build: str) -> None:
        with contextlib.suppress(ExplorerError):
            await self.exchange.http.json(
                "POST", "/build/cancel", [("id", build)], seconds=_CANCEL_SECONDS
            )

    async def _tidy(self, image_id: str) -> None:
        """Remove an image that nobody named; the engine's cache of steps is not touched."""
        http = self.exchange.http
        with contextlib.suppress(ExplorerError):
            about = await api.inspect(http, image_id)
            if about is not None and not about.get("RepoTags") and not about.get("RepoDigests"):
                await http.json("DELETE", f"/images/{image_id}", [("noprune", "1")])
