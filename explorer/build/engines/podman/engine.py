"""Podman, behind the face of all engines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from explorer.build.engine import EngineName, Health, Tell
from explorer.build.engines.carrying import carried_out, wants_engine, wants_store
from explorer.build.engines.docker import api
from explorer.build.engines.docker.placing import (
    IGNORE,
    Placed,
    effective_target,
    hidden_by_ignore,
    place,
)
from explorer.build.engines.docker.query import Query
from explorer.build.engines.exchange import Exchange
from explorer.build.engines.following import Following
from explorer.build.engines.http import EngineHttp
from explorer.build.engines.podman.lines import PodmanLines
from explorer.build.engines.podman.secretfiles import secret_files
from explorer.build.engines.refusing import refuse_session
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.scratch import scratch
from explorer.build.events import Done, End
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program
from explorer.errors import ExplorerError, NotFound
from explorer.oci import Reference
from explorer.progress import Job
from explorer.sources.engines.endpoint import Endpoint
from explorer.sources.engines.podman_service import DIAL, TITLE, podman_endpoint, podman_service
from explorer.store.images import ImageStore

_API: Final = "/v4.0.0/libpod"
_IGNORE: Final = ".containerignore"  # Podman prefers it to .dockerignore
_HINT: Final = "Choose --engine buildkit or sandbox"
_FORMAT: Final = "application/vnd.docker.distribution.manifest.v2+json"
_MOMENT: Final = 1.0  # seconds


@dataclass(slots=True)
class PodmanEngine:
    """Builds in Podman, in its service or in one of our own for the length of the build."""

    store: ImageStore = field(default_factory=ImageStore.at)

    @property
    def name(self) -> EngineName:
        """What ``--engine`` calls it."""
        return "podman"

    async def health(self) -> Health:
        """Whether its service answers, or the program is here to start one."""
        limits: tuple[str, ...] = ("no SSH agents, no named contexts",)
        try:
            endpoint = await asyncio.to_thread(podman_endpoint)
            if endpoint is None:
                return self._without_service(limits)
            async with EngineHttp(TITLE, endpoint, DIAL) as http:
                await api.ping(http)
                version = await api.version(http)
        except ExplorerError as error:
            why = error.why or error.what
            return Health(self.name, TITLE, ready=False, why=why, hint=error.hint)
        # Podman's API has no way to stop a RUN; only a service of our own goes with the build.
        limits = (*limits, "a build that is stopped ends when the RUN it is at does")
        return Health(self.name, TITLE, True, version, str(endpoint), limits=limits)

    def _without_service(self, limits: tuple[str, ...]) -> Health:
        program = shutil.which("podman")
        if program is None:
            hint = "Install it: apt install podman"
            return Health(self.name, TITLE, False, why="podman is not installed", hint=hint)
        where = f"{program}, started for each build"
        return Health(self.name, TITLE, True, where=where, limits=limits)

    async def build(self, request: BuildRequest, tell: Tell) -> End:
        """As :meth:`explorer.build.engine.Engine.build`."""

        def refuse(_setting: Setting) -> None:
            refuse_session(request, TITLE, _HINT, secrets=True)

        async def work(setting: Setting, following: Following, job: Job) -> Done:
            with scratch() as folder:
                async with _service() as endpoint, EngineHttp(TITLE, endpoint, DIAL) as http:
                    await api.ping(http)
                    exchange = Exchange(request, setting, following, job, http, folder, self.store)
                    return await _built(exchange)

        return await carried_out(request, tell, refuse, work)


async def _built(exchange: Exchange) -> Done:
    request = exchange.request
    await _supply(exchange)
    placed = _placed(exchange)
    lines = PodmanLines(exchange.steps, exchange.following, _soon)
    secrets = await asyncio.to_thread(secret_files, request)
    placed = replace(placed, extra={**placed.extra, **secrets.files})
    asked = [*_query(request, exchange.program, placed.name), *secrets.asked]
    async for line in exchange.answer(f"{_API}/build", asked, placed):
        lines.take(line)
    exchange.following.finish_all()
    image_id = exchange.known(lines.image_id)
    if not wants_store(request):
        return exchange.done(f"sha256:{image_id}", f"sha256:{image_id}")
    return await exchange.received(f"{_API}/images/{image_id}/get", [("format", "docker-archive")])


async def _supply(exchange: Exchange) -> None:
    """Let Podman build upon the store's images; what neither has it fetches itself."""

    async def look(reference: Reference) -> frozenset[str]:
        try:
            about = await exchange.http.json("GET", f"{_API}/images/{reference}/json")
        except NotFound:
            return frozenset()
        return api.digests_of(about if isinstance(about, Mapping) else None)

    await exchange.place_bases(look, f"{_API}/images/load")


def _placed(exchange: Exchange) -> Placed:
    """Where the Dockerfile is; an ignore file that does not count is kept from Podman."""
    context = exchange.setting.context
    placed = place(exchange.request, exchange.program, context)
    if context is None:
        return placed
    other = context.ignore.name not in ("", IGNORE)
    has_ignore = context.entries.find(IGNORE.encode()) is not None
    if placed.is_seen or (other and has_ignore):
        seen = Placed(placed.name, placed.extra, is_seen=True)
        if placed.is_seen:
            return hidden_by_ignore(seen, context, _IGNORE)
        return Placed(placed.name, {**placed.extra, _IGNORE: f"{_IGNORE}\n".encode()})
    return placed


def _query(request: BuildRequest, program: Program, dockerfile: str) -> Query:
    found: Query = [
        ("dockerfile", dockerfile), ("rm", "1"), ("forcerm", "1"), ("layers", "1"),
        # Without a format Podman finds nothing in its cache; OCI's has no HEALTHCHECK and SHELL.
        ("outputformat", _FORMAT),
    ]  # fmt: skip
    if target := effective_target(request, program):
        found.append(("target", target))
    if request.arguments:
        found.append(("buildargs", json.dumps(dict(request.arguments))))
    if request.labels:
        found.append(("labels", json.dumps(dict(request.labels))))
    found += [("platform", str(platform)) for platform in request.platforms]
    if request.no_cache:
        found.append(("nocache", "1"))
    if request.pull:
        found.append(("pullpolicy", "always"))
    if wants_engine(request):
        found += [("t", str(reference)) for reference in request.references]
    if isolation := os.environ.get("BUILDAH_ISOLATION"):
        found.append(("isolation", isolation))
    return found


def _soon(what: Callable[[], object]) -> Callable[[], object]:
    return asyncio.get_running_loop().call_later(_MOMENT, what).cancel


@contextlib.asynccontextmanager
async def _service() -> AsyncIterator[Endpoint]:
    """The service, started and ended in a thread."""
    service = podman_service()
    starting = asyncio.get_running_loop().run_in_executor(None, service.__enter__)
    try:
        endpoint = await asyncio.shield(starting)
    except asyncio.CancelledError:
        # It starts in its thread all the same, and must not be left behind.
        with contextlib.suppress(ExplorerError):
            await starting
            await asyncio.to_thread(service.__exit__, None, None, None)
        raise
    try:
        yield endpoint
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)
