"""A line to registries for ordinary threads: an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future, wait
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.registry import RegistryClient, Wire

T = TypeVar("T")
Connect = Callable[[], Wire]

_LOOK: Final = 0.05  # seconds between two looks whether the user said stop
_AHEAD: Final = 8  # pieces of a stream that wait for their reader


class Line:
    """Asks registries on behalf of threads that wait for the answer.

    It opens at the first question, closes by itself when nobody holds it any more, and opens again
    where it is used after :meth:`close`. ``requests`` counts what was asked over all that time.
    """

    def __init__(self, connect: Connect = Wire) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._open: _Loop | None = None
        self._finalizer: weakref.finalize[..., Line] | None = None
        self._before = 0

    @property
    def requests(self) -> int:
        """How many requests were made, those for tokens and redirects included."""
        loop = self._open
        return self._before + (loop.wire.requests if loop is not None else 0)

    def ask(self, work: Callable[[RegistryClient], Coroutine[Any, Any, T]], job: Job) -> T:
        """The result of some work with a client; raises what it raises, and :class:`Cancelled`."""
        loop = self._loop()
        future = loop.start(work)
        try:
            while not wait([future], _LOOK).done:
                job.check()
                loop.check()
            return future.result()
        except CancelledError:
            raise Cancelled from None
        finally:
            future.cancel()

    def stream(
        self, work: Callable[[RegistryClient], AsyncIterator[bytes]], job: Job
    ) -> Iterator[bytes]:
        """The pieces of a stream, fetched a little ahead; raises as :meth:`ask`."""
        loop = self._loop()
        pieces: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
        room = asyncio.Semaphore(_AHEAD)

        async def pump(client: RegistryClient) -> None:
            source = work(client)
            try:
                async for piece in source:
                    await room.acquire()
                    pieces.put(piece)
                pieces.put(None)
            except BaseException as error:
                pieces.put(error)
                raise
            finally:
                if isinstance(source, AsyncGenerator):
                    await source.aclose()  # the connection goes now, not with the next clean-up

        future = loop.start(pump)
        try:
            while True:
                try:
                    piece = pieces.get(timeout=_LOOK)
                except Empty:
                    job.check()
                    loop.check()
                    continue
                if piece is None:
                    return
                if isinstance(piece, asyncio.CancelledError):
                    raise Cancelled
                if isinstance(piece, BaseException):
                    raise piece
                loop.soon(room.release)
                yield piece
        finally:
            future.cancel()

    def close(self) -> None:
        """End what goes on, and hang up."""
        with self._lock:
            loop, self._open = self._open, None
            end, self._finalizer = self._finalizer, None
            if loop is not None:
                self._before += loop.wire.requests
        if end is not None:
            end()

    def _loop(self) -> _Loop:
        with self._lock:
            if self._open is None:
                self._open = _Loop(self._connect)
                # The loop's own thread must not keep the line alive.
                self._finalizer = weakref.finalize(self, self._open.close)
            return self._open


class _Loop:
    """The loop, its thread, and the connections that live on it."""

    def __init__(self, connect: Connect) -> None:
        self.wire = connect()
        self._client = RegistryClient(self.wire)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="registry", daemon=True)
        self._thread.start()
        self._wait(self._begin())

    def start(self, work: Callable[[RegistryClient], Coroutine[Any, Any, T]]) -> Future[T]:
        made = work(self._client)
        try:
            return asyncio.run_coroutine_threadsafe(made, self._loop)
        except RuntimeError:  # it was closed a moment ago
            made.close()
            raise Cancelled from None

    def check(self) -> None:
        """Raise :class:`Cancelled` where nobody is left to answer."""
        if not self._thread.is_alive():
            raise Cancelled

    def soon(self, call: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def close(self) -> None:
        if not self._loop.is_closed():
            if threading.current_thread() is self._thread:  # the last holder was let go of there
                threading.Thread(target=self.close, name="registry end").start()
                return
            self._wait(self._end())
            self.soon(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _begin(self) -> None:
        await self.wire.__aenter__()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.wire.__aexit__()
        await asyncio.sleep(0)  # the transports close with the next turn
