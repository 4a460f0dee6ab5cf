"""A registry in memory that answers beside the window, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.registry.server import FaultyRegistry, serving


@contextmanager
def in_thread(registry: FaultyRegistry | None = None) -> Iterator[FaultyRegistry]:
    """Serve for the length of a ``with``; it lists repositories and tags, too."""
    made = registry or FaultyRegistry()
    made.guard = lists(made, made.guard)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def live() -> None:
        async with serving(made):
            ready.set()
            await stop.wait()
        for _ in range(5):  # connections that were ended close in the turns that follow
            await asyncio.sleep(0.01)

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def lists(
    registry: FaultyRegistry, guard: Callable[[web.Request], web.Response | None]
) -> Callable[[web.Request], web.Response | None]:
    """Answer for ``_catalog`` and ``tags/list``, but for what ``guard`` refuses."""

    def answer(request: web.Request) -> web.Response | None:
        refused = guard(request)
        if refused is not None:
            return refused
        names = {(path, name) for path, name in registry.manifests if ":" not in name}
        if request.path == "/v2/_catalog":
            found = sorted({path for path, _ in names})
            return web.json_response({"repositories": found})
        if request.path.endswith("/tags/list"):
            path = request.path.removeprefix("/v2/").removesuffix("/tags/list")
            tags = sorted(name for held, name in names if held == path)
            if not tags:
                return web.Response(status=404, text=error("name unknown"))
            return web.json_response({"name": path, "tags": tags})
        return None

    return answer


def error(message: str) -> str:
    return json.dumps({"errors": [{"code": "X", "message": message}]})


def refuse(
    status: int, part: str, headers: dict[str, str] | None = None
) -> Callable[[web.Request], web.Response | None]:
    """A guard that refuses every path with ``part`` in it."""

    def answer(request: web.Request) -> web.Response | None:
        if part not in request.path_qs:
            return None
        return web.Response(status=status, headers=headers, text=error("told to"))

    return answer
