"""The parts of Docker's API (1.39 and later) that a build uses."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from explorer.build.engines.http import EngineHttp, Query
from explorer.errors import NotFound, Refused, StorageFull
from explorer.oci import Reference
from explorer.sources.engines.docker_config import Credentials

_QUICK: Final = 5.0  # seconds
_CHUNK: Final = 1 << 20
TAR: Final = {"Content-Type": "application/x-tar"}


@dataclass(frozen=True, slots=True)
class Ping:
    """What the engine says of itself: the newest API it speaks, and its system."""

    api: str
    os: str

    @property
    def has_buildkit(self) -> bool:
        """Whether BuildKit is part of it: since API 1.39, on Linux."""
        major, _, minor = self.api.partition(".")
        known = (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)
        return known >= (1, 39) and self.os == "linux"


async def ping(http: EngineHttp) -> Ping:
    """Ask whether it is there; takes seconds at the most."""
    async with http.request("GET", "/_ping", seconds=_QUICK) as response:
        await response.read()
        found = response.headers
        return Ping(found.get("Api-Version", ""), found.get("Ostype", "linux").lower())


async def version(http: EngineHttp) -> str:
    """The engine's version."""
    about = await http.json("GET", "/version", seconds=_QUICK)
    return str(about.get("Version", "")) if isinstance(about, Mapping) else ""


def digests_of(about: Mapping[str, Any] | None) -> frozenset[str]:
    """The digests that an engine knows an image by, out of what it says of the image."""
    if about is None:
        return frozenset()
    id = str(about.get("Id", ""))
    names = about.get("RepoDigests")
    listed = [str(name).rpartition("@")[2] for name in names] if isinstance(names, list) else []
    return frozenset((id if id.startswith("sha256:") else f"sha256:{id}", *listed))


async def inspect(http: EngineHttp, name: str) -> Mapping[str, Any] | None:
    """What the engine says of an image; None where it has none of that name."""
    try:
        found = await http.json("GET", f"/images/{name}/json")
    except NotFound:
        return None
    return found if isinstance(found, Mapping) else None


async def has_bridge(http: EngineHttp) -> bool:
    """Whether containers have a network by default."""
    try:
        await http.json("GET", "/networks/bridge")
    except NotFound:
        return False
    return True


async def load(http: EngineHttp, path: str, archive: Path, advance: Callable[[int], None]) -> None:
    """Bring an archive in; raises :class:`Refused` where the engine does not take it."""
    body = sent(_read(archive), advance)
    async with http.request("POST", path, body=body, headers=TAR) as response:
        async for line in http.lines(response):
            if isinstance(message := line.get("error"), str):
                raise Refused(f"{http.title} does not take the image", why=message)


async def pull(
    http: EngineHttp, reference: Reference, platform: str, auth: Credentials | None
) -> AsyncIterator[Mapping[str, Any]]:
    """Let the engine fetch an image; gives what it tells."""
    query = [("fromImage", reference.repository), ("tag", reference.identifier)]
    if platform:
        query.append(("platform", platform))
    headers = {"X-Registry-Auth": encoded(auth.as_engine())} if auth is not None else {}
    async with http.request("POST", "/images/create", query, headers=headers) as response:
        async for line in http.lines(response):
            if isinstance(message := line.get("error"), str):
                raise Refused(f"{reference.familiar} cannot be fetched", why=message)
            yield line


async def fetch(
    http: EngineHttp, path: str, query: Query, target: Path, advance: Callable[[int], None]
) -> None:
    """Write an answer to a file; raises :class:`StorageFull`."""
    async with http.request("GET", path, query) as response:
        try:
            with target.open("wb") as file:
                async for chunk in http.chunks(response):
                    await asyncio.to_thread(file.write, chunk)
                    advance(len(chunk))
        except OSError as error:
            raise StorageFull(
                "There is no room for the result",
                why=f"{target.parent}: {error.strerror or error}",
                hint="Free some space, or name another folder in LAYERSCOPE_CACHE_DIR",
            ) from error


async def sent(pieces: Iterator[bytes], advance: Callable[[int], None]) -> AsyncIterator[bytes]:
    """Pieces that a thread makes, one at a time."""
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
        advance(len(piece))


def encoded(document: Mapping[str, Any]) -> str:
    """As headers carry a document."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
