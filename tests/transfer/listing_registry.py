"""A registry in memory that lists what it holds, and deletes as it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from tests.registry.server import FaultyRegistry, serving


@dataclass
class Listing(FaultyRegistry):
    """``deletes`` says what it takes away: tags and manifests, manifests alone, or nothing."""

    deletes: Literal["tags", "manifests", "nothing"] = "tags"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Lists and deletions; the rest is :class:`FaultyRegistry`'s."""
        refused = self.guard(request)
        if refused is not None:
            return refused
        if request.path == "/v2/_catalog":
            return web.json_response({"repositories": sorted({r for r, _ in self.manifests})})
        if request.path.endswith("/tags/list"):
            repository = request.path.removeprefix("/v2/").removesuffix("/tags/list")
            return web.json_response({"name": repository, "tags": self.tags(repository)})
        if request.method == "DELETE" and not self.answers:
            repository, _, name = request.path.removeprefix("/v2/").rpartition("/manifests/")
            return web.Response(status=self._delete(repository, name))
        return await super().handle(request)

    def tags(self, repository: str) -> list[str]:
        """The tags of a repository, in the order of their letters."""
        held = (tag for where, tag in self.manifests if where == repository)
        return sorted(tag for tag in held if not tag.startswith("sha256:"))

    def _delete(self, repository: str, name: str) -> int:
        by_digest = name.startswith("sha256:")
        if self.deletes == "nothing" or (self.deletes == "manifests" and not by_digest):
            return 405
        if (repository, name) not in self.manifests:
            return 404
        data = self.manifests[repository, name]
        gone = [k for k, v in self.manifests.items() if k[0] == repository and v == data]
        for key in gone if by_digest else [(repository, name)]:
            del self.manifests[key]
        return 202


@contextmanager
def listing() -> Iterator[Listing]:
    """One that answers from a thread of its own, for verbs that run in this one."""
    registry, ready, over = Listing(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with serving(registry):
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="registry")
    thread.start()
    assert ready.wait(10)
    try:
        yield registry
    finally:
        over.set()
        thread.join()
