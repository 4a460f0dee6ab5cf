"""Requests to registries: who asks, how often again, and when to give up."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from explorer.errors import ExplorerError
from explorer.registry import faults
from explorer.registry.answers import body as read_body
from explorer.registry.answers import wished_wait
from explorer.registry.asks import AGAIN, BROKEN, Ask
from explorer.registry.challenge import parse_challenges
from explorer.registry.credentials import find_credentials
from explorer.registry.options import Options
from explorer.registry.servers import Find, Servers
from explorer.registry.transport import Transport

__all__ = ["AGAIN", "Ask", "Waiting", "Wire"]

_MOST_ERROR: Final = 64 << 10  # bytes of an error that are read
_WORTH_TELLING: Final = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why nothing moves for ``seconds``; ``str()`` says it for who watches."""

    host: str
    seconds: float
    status: int = 0

    def __str__(self) -> str:
        """``waiting 3 s: rate limited by HOST``."""
        if self.status == 429:
            why = f"rate limited by {self.host}"
        elif self.status:
            why = f"{self.host} has a fault of its own (HTTP {self.status})"
        else:
            why = f"the connection to {self.host} broke"
        return f"waiting {max(round(self.seconds), 1)} s: {why}"


class Wire:
    """The connections to all registries of one piece of work; use it in an ``async with``.

    ``notice`` is told of every wait worth a word, and with None that it is over.
    """

    def __init__(
        self,
        options: Options | None = None,
        find: Find = find_credentials,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.options = options or Options()
        self.notice: Callable[[Waiting | None], object] = lambda _: None
        self._sleep = sleep
        self._transport = Transport(self.options)
        self._servers = Servers(self._transport, find, self.wait)

    @property
    def requests(self) -> int:
        """How much was asked, token servers and redirects included."""
        return self._transport.requests

    async def __aenter__(self) -> Wire:
        await self._transport.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._transport.close()

    @asynccontextmanager
    async def ask(self, ask: Ask) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to a request, its body not yet read.

        Raises :class:`explorer.errors.NotFound` for 404, else :class:`explorer.errors.Refused`,
        each naming the host and the cause. What breaks while the body is read is the caller's.
        """
        response = await self._answered(ask)
        try:
            yield response
        finally:
            response.release()

    async def read(self, ask: Ask, most: int) -> tuple[aiohttp.ClientResponse, bytes]:
        """An answer with its body, or as much of it as ``most`` + 1 bytes; raises as :meth:`ask`.

        A body that breaks off is asked for again.
        """
        patience = self.options.patience
        for attempt in range(patience.attempts):
            async with self.ask(ask) as response:
                try:
                    return response, await read_body(response, most)
                except BROKEN as error:
                    if attempt + 1 == patience.attempts:
                        raise faults.broken(ask.host, ask.what, error) from None
            await self.wait(attempt, host=ask.host)
        raise AssertionError("unreachable")

    async def wait(
        self, attempt: int, wished: float | None = None, *, host: str = "", status: int = 0
    ) -> None:
        """Wait before the next attempt, longer each time; what the server wished counts."""
        patience = self.options.patience
        delay = patience.first * 2.0**attempt * random.uniform(0.75, 1.25)
        seconds = min(max(delay, wished or 0.0), patience.longest)
        told = bool(host) and seconds >= _WORTH_TELLING
        if told:
            self.notice(Waiting(host, seconds, status))
        await self._sleep(seconds)
        if told:
            self.notice(None)

    async def _answered(self, ask: Ask) -> aiohttp.ClientResponse:
        patience = self.options.patience
        attempts = patience.attempts if ask.again else 1
        for attempt in range(attempts):
            last = attempt + 1 == attempts
            try:
                response = await self._authorized(ask)
            except BROKEN as error:
                if last or faults.is_final(error):
                    raise faults.broken(ask.host, ask.what, error) from None
                await self.wait(attempt, host=ask.host)
                continue
            if response.status in ask.accept:
                return response
            wished = wished_wait(response)
            if response.status not in AGAIN or last or (wished or 0.0) > patience.longest:
                raise await self._refused(ask, response, wished)
            response.release()
            await self.wait(attempt, wished, host=ask.host, status=response.status)
        raise AssertionError("unreachable")

    async def _refused(
        self, ask: Ask, response: aiohttp.ClientResponse, wished: float | None
    ) -> ExplorerError:
        with contextlib.suppress(*BROKEN):
            data = await read_body(response, _MOST_ERROR)
            message = self._servers.scrub(ask.host, faults.said(data))
            response.release()
            if faults.is_about_digest(data):
                return faults.damaged(ask.host, ask.what, message)
            wait = str(round(wished)) if wished else ""
            return faults.refused(ask.host, response.status, ask.what, message, wait)
        response.close()
        return faults.refused(ask.host, response.status, ask.what, "")

    async def _authorized(self, ask: Ask) -> aiohttp.ClientResponse:
        server = await self._servers.server(ask.host)
        authorization = await server.authorizer.header(ask.scopes)
        response = await self._transport.follow(ask, server.base, server.tls, authorization)
        if response.status != 401:
            return response
        challenges = parse_challenges(response.headers.getall("WWW-Authenticate", ()))
        renewed = await server.authorizer.renew(challenges, ask.scopes, authorization)
        if not renewed or renewed == authorization:
            return response
        response.release()
        return await self._transport.follow(ask, server.base, server.tls, renewed)
