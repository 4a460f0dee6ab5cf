"""An engine's HTTP API, asynchronously: requests, and answers that are lines of JSON.

An engine that hangs up is noticed at once. One that says nothing may be at work for hours; so it is
asked from time to time, on a second connection, whether it is alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import aiohttp

from explorer.build.engines.connectors import connector_of
from explorer.errors import ExplorerError, NotFound, Refused
from explorer.sources.engines.client import message_of
from explorer.sources.engines.connection import unreachable
from explorer.sources.engines.endpoint import Endpoint

Query = Sequence[tuple[str, str]]
_CONNECT_SECONDS: Final = 20
_CHUNK: Final = 1 << 20
_MOST_LINE: Final = 16 << 20  # bytes of one JSON document in a stream


@dataclass(slots=True)
class EngineHttp:
    """A connection to an engine, for an ``async with``.

    Every request raises :class:`explorer.errors.Unsupported` where the engine is not there,
    :class:`Refused` for what it refuses and where it stops answering, :class:`NotFound` for 404.
    """

    title: str
    endpoint: Endpoint
    dial: tuple[str, ...] = ("docker", "system", "dial-stdio")
    patience: float = 30.0
    """Seconds of silence after which the engine is asked whether it is alive."""
    _exit: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack, init=False)
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        await self._exit.__aenter__()
        connecting = connector_of(self.endpoint, self.dial)
        connector = await self._exit.enter_async_context(connecting)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
        session = aiohttp.ClientSession(
            "http://engine", connector=connector, timeout=timeout, read_bufsize=_CHUNK,
            auto_decompress=False,
        )  # fmt: skip
        self._session = await self._exit.enter_async_context(session)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._exit.aclose()

    @contextlib.asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        query: Query = (),
        *,
        body: AsyncIterator[bytes] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, its answer not read yet; ``seconds`` bounds all of it."""
        assert self._session is not None
        scheme = "https" if self.endpoint.tls is not None else "http"
        url = f"{scheme}://engine{path}"
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
        try:
            async with self._session.request(
                method, url, params=list(query), data=body, headers=headers, timeout=timeout
            ) as response:
                if response.status >= 400:
                    raise self._refused(response.status, await response.content.read(_CHUNK))
                yield response
        except aiohttp.ClientConnectorError as error:
            raise unreachable(self.title, self.endpoint, error.os_error) from error
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise _own(error) or self.ended(error) from error

    async def json(
        self, method: str, path: str, query: Query = (), *, seconds: float | None = 60, **rest: Any
    ) -> Any:
        """An answer in JSON, or None where it is empty."""
        async with self.request(method, path, query, seconds=seconds, **rest) as response:
            data = await response.read()
        try:
            return json.loads(data) if data.strip() else None
        except ValueError as error:
            raise Refused(f"{self.title} answered in a way that is not understood") from error

    async def lines(self, response: aiohttp.ClientResponse) -> AsyncIterator[Mapping[str, Any]]:
        """The documents of an answer, as they come, one a line."""
        pending = bytearray()
        async for chunk in self.chunks(response):
            pending += chunk
            *whole, rest = pending.split(b"\n")
            for line in whole:
                if line.strip():
                    yield self._document(bytes(line))
            pending = rest
            if len(pending) > _MOST_LINE:
                raise Refused(f"{self.title} tells too much at once")
        if pending.strip():
            yield self._document(bytes(pending))

    def _document(self, line: bytes) -> Mapping[str, Any]:
        try:
            document = json.loads(line)
        except ValueError as error:
            raise self.ended(error) from error
        return document if isinstance(document, Mapping) else {}

    async def chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """An answer piece by piece; raises :class:`Refused` where the engine is gone."""
        while True:
            try:
                async with asyncio.timeout(self.patience):
                    chunk = await response.content.readany()
            except TimeoutError:
                await self.check_alive()
                continue
            except (aiohttp.ClientError, ConnectionError) as error:
                raise self.ended(error) from error
            if not chunk:
                return
            yield chunk

    async def check_alive(self) -> None:
        """Ask whether the engine is there at all; raises as :meth:`request`."""
        async with self.request("GET", "/_ping", seconds=max(self.patience, 1)) as response:
            await response.read()

    def _refused(self, status: int, data: bytes) -> ExplorerError:
        message = message_of(data) or f"it answered {status}"
        if status == 404:
            return NotFound(f"{self.title} does not have it", why=message)
        return Refused(f"{self.title} refused", why=message)

    def ended(self, error: BaseException) -> Refused:
        """The error for an engine that is gone in the middle."""
        why = "it does not answer" if isinstance(error, TimeoutError) else "the connection ended"
        return Refused(
            f"{self.title} stopped answering",
            why=f"{self.endpoint}: {why}",
            hint=f"Look whether {self.title} is still running, and build again",
        )


def _own(error: BaseException | None) -> ExplorerError | None:
    """What went wrong on our side while a body was sent."""
    while error is not None and not isinstance(error, ExplorerError):
        error = error.__cause__
    return error
