"""Images handed to an engine, as ``docker load`` and ``podman load`` do, over its API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from explorer.build.engines.docker import api
from explorer.build.engines.http import EngineHttp
from explorer.build.engines.scratch import scratch
from explorer.errors import Refused
from explorer.oci import Reference
from explorer.progress import Job
from explorer.sources.engines.docker_config import DockerConfig
from explorer.sources.engines.endpoint import Endpoint
from explorer.sources.engines.podman_service import DIAL, podman_service
from explorer.sources.image import Image
from explorer.transfer.save import save
from explorer.transfer.tasks import cancellable

LoadingEngine = Literal["docker", "podman"]
"""The engines that keep images of their own."""


@dataclass(frozen=True, slots=True)
class _Way:
    title: str
    load: str
    image: str


_WAYS: Final[Mapping[LoadingEngine, _Way]] = {
    "docker": _Way("Docker Engine", "/images/load", "/images/{}/json"),
    "podman": _Way("Podman", "/v4.0.0/libpod/images/load", "/v4.0.0/libpod/images/{}/json"),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the engine has now: the image's ID, and the first of its names, or ""."""

    image_id: str
    name: str = ""


def load_into(
    engine: LoadingEngine, image: Image, names: Sequence[Reference] = (), job: Job | None = None
) -> Loaded:
    """Give an image to an engine, under some names; blocks, so call it on a thread.

    Progress counts the bytes that are packed, and those that are sent.

    Raises:
        Unsupported: the engine is not there.
        Refused: it does not take the image, or does not have it afterwards.
        ExplorerError: what reading the image raises; :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    way = _WAYS[engine]
    with scratch() as folder, _endpoint(engine) as endpoint:
        archive = folder / "image.tar"
        save([(image, names)], archive, "docker-archive", job=job)
        sending = _send(way, endpoint, engine, archive, str(image.image_id), job)
        found = asyncio.run(cancellable(job, sending))
    return Loaded(found, names[0].familiar if names else "")


@contextlib.contextmanager
def _endpoint(engine: LoadingEngine) -> Iterator[Endpoint]:
    if engine == "docker":
        yield DockerConfig.at().endpoint()
        return
    with podman_service() as endpoint:
        yield endpoint


async def _send(
    way: _Way, endpoint: Endpoint, engine: LoadingEngine, archive: Path, image_id: str, job: Job
) -> str:
    http = EngineHttp(way.title, endpoint)
    if engine == "podman":
        http.dial = DIAL
    async with http:
        await api.ping(http)
        job.expect(archive.stat().st_size)
        await api.load(http, way.load, archive, job.advance)
        name = image_id.partition(":")[2]
        found = await http.json("GET", way.image.format(name))
    known = str(found.get("Id", "")) if isinstance(found, Mapping) else ""
    if known.rpartition(":")[2] != name:
        raise Refused(f"{way.title} has taken another image than was sent", why=known)
    return image_id
