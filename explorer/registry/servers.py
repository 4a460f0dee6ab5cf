"""The hosts of one piece of work: how each is reached, and who it thinks we are."""

from __future__ import annotations

import asyncio
import ssl
import urllib.parse
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import aiohttp
from yarl import URL

from explorer.registry import faults
from explorer.registry.answers import body as read_body
from explorer.registry.answers import wished_wait
from explorer.registry.asks import AGAIN, BROKEN, Ask
from explorer.registry.auth import Authorizer
from explorer.registry.credentials import Credentials
from explorer.registry.options import server_of
from explorer.registry.rules import blocked
from explorer.registry.transport import Transport

Find = Callable[[str, str], Credentials | None]
_MOST_TOKEN: Final = 1 << 20


class Wait(Protocol):
    """Waits before another attempt at something of a host."""

    def __call__(
        self, attempt: int, wished: float | None = None, *, host: str = "", status: int = 0
    ) -> Awaitable[None]:
        """``wished`` are the seconds that the host asked for."""


@dataclass(slots=True)
class Server:
    """A host that was met: its address, whom to believe there, and how it lets us in."""

    base: URL
    tls: ssl.SSLContext
    authorizer: Authorizer


class Servers:
    """Meets each host once; credentials are looked up when one wants to know who asks."""

    def __init__(self, transport: Transport, find: Find, wait: Wait) -> None:
        self._transport, self._find, self._wait = transport, find, wait
        self._met: dict[str, Server] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._known: dict[tuple[str, str], Credentials | None] = {}

    async def server(self, name: str) -> Server:
        """The server of a host; raises :class:`explorer.errors.Refused`."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            if name not in self._met:
                self._met[name] = await self._meet(name)
            return self._met[name]

    def scrub(self, host: str, text: str) -> str:
        """A text of a host without any secret that it was told."""
        met = self._met.get(host)
        return met.authorizer.scrub(text) if met is not None else text

    async def _meet(self, name: str) -> Server:
        if self._transport.options.rules.blocks(name):
            raise blocked(name)
        trust = self._transport.trust
        base = URL(f"https://{server_of(name)}")
        if self._transport.options.may_be_plain(name) and not await self._speaks_tls(base):
            base = base.with_scheme("http").with_port(base.explicit_port or 80)
        plain = base.scheme == "http"
        tls = await (trust.of(name, verified=False) if plain else trust.of(name))
        fetch = partial(self._fetch, name)
        return Server(base, tls, Authorizer(name, self._credentials, fetch, plain=plain))

    async def _speaks_tls(self, base: URL) -> bool:
        """Whether a host that may be plain is not; HTTPS is tried first.

        Whom to believe does not matter yet: nothing is asked for, and the answer is not read.
        """
        try:
            tls = await self._transport.trust.of(base.authority, verified=False)
            ask = Ask(base.authority, "", "/v2/")
            response = await self._transport.send(ask, base / "v2" / "", {}, tls)
        except aiohttp.ClientResponseError:
            return True
        except BROKEN:
            return False
        response.release()
        return True

    async def _credentials(self, host: str, path: str) -> Credentials | None:
        key = host, path
        if key not in self._known:
            self._known[key] = await asyncio.to_thread(self._find, host, path)
        return self._known[key]

    async def _fetch(
        self, name: str, url: URL, authorization: str, form: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        """Ask a token server; see :class:`explorer.registry.auth.FetchToken`."""
        patience = self._transport.options.patience
        host = url.authority
        headers = {"Authorization": authorization} if authorization else {}
        ask = Ask(host, f"asking for a token for {name}", "")
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            ask = Ask(host, ask.what, "", "POST", body=urllib.parse.urlencode(form).encode())
        tls = await self._transport.trust.along("", url)
        for attempt in range(patience.attempts):
            last = attempt + 1 == patience.attempts
            status, wished = 0, None
            try:
                response = await self._transport.send(ask, url, headers, tls)
                try:
                    status, wished = response.status, wished_wait(response)
                    if status not in AGAIN or last or (wished or 0.0) > patience.longest:
                        return status, await read_body(response, _MOST_TOKEN)
                finally:
                    response.release()
            except BROKEN as error:
                if last or faults.is_final(error):
                    raise faults.broken(host, ask.what, error) from None
            await self._wait(attempt, wished, host=host, status=status)
        raise AssertionError("unreachable")
