"""A thread with an event loop of its own, on which the connections to registries live.

TLS, JSON and digests take their time; on a loop of their own they cannot hold up the window, and
connections and tokens serve from one question to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from explorer.registry import Options, RegistryClient, Wire
    from explorer.registry.credentials import Credentials

T = TypeVar("T")
Find = Callable[[str, str], "Credentials | None"]
_PATIENCE = 2.0  # seconds that closing may take


class Line:
    """Asks registries; begins with the first question, ends with :meth:`close`."""

    def __init__(self, options: Callable[[], Options], find: Find) -> None:
        self._options, self._find = options, find
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._wires: dict[str, Wire] = {}

    async def ask(self, host: str, work: Callable[[RegistryClient], Awaitable[T]]) -> T:
        """What some work with a client gives; cancelling who awaits it cancels the work."""
        loop = self._loop or self._start()
        return await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(self._work(host, work), loop)
        )

    async def forget(self, host: str) -> None:
        """Drop the connections to a host, and what was known of it: who asks is another now."""
        if self._loop is None:
            return
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._drop(host), self._loop))

    def close(self) -> None:
        """End all that is asked, and the thread."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is None or thread is None:
            return
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)

    async def _work(self, host: str, work: Callable[[RegistryClient], Awaitable[T]]) -> T:
        from explorer.registry import RegistryClient, Wire

        wire = self._wires.get(host)
        if wire is None:
            wire = self._wires[host] = await Wire(self._options(), self._find).__aenter__()
        return await work(RegistryClient(wire))

    async def _drop(self, host: str) -> None:
        wire = self._wires.pop(host, None)
        if wire is not None:
            await wire.__aexit__(None, None, None)

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._live, args=(loop,), name="registries", daemon=True
        )
        self._thread.start()
        return loop

    def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(self._clean_up())
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    async def _clean_up(self) -> None:
        current = asyncio.current_task()
        pending = [task for task in asyncio.all_tasks() if task is not current]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=_PATIENCE / 2)
        for host in list(self._wires):
            await self._drop(host)
        # What sockets still have to say is said in the next turn.
        await asyncio.sleep(0)
