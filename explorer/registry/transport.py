"""One HTTP request and where it leads: through which proxy, as whom, after which redirects."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Final

import aiohttp
from yarl import URL

from explorer.registry import faults
from explorer.registry.answers import proxy_for
from explorer.registry.asks import Ask
from explorer.registry.certificates import Trust
from explorer.registry.options import Options
from explorer.registry.sending import Body

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 5
_BUFFER: Final = 1 << 20


class Transport:
    """The connections of one piece of work; ``requests`` counts what went over them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.trust = Trust(options)
        self.requests = 0
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Be ready for requests; nothing is connected yet."""
        patience = self.options.patience
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=patience.connect, sock_read=patience.silence
            ),
            # A blob is the bytes that were stored: what looks compressed on the way stays so.
            auto_decompress=False,
            read_bufsize=_BUFFER,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity", "User-Agent": "layerscope"},
        )

    async def close(self) -> None:
        """End all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def follow(
        self, ask: Ask, base: URL, trusted: ssl.SSLContext, authorization: str
    ) -> aiohttp.ClientResponse:
        """The answer of the host ``base``, or of where it leads to.

        Redirects are followed by hand: to another server no credentials go along. Raises
        :class:`explorer.errors.Refused` for one that leads nowhere good.
        """
        url = base.join(URL(ask.url, encoded=True))
        _check(ask, base, url)
        for _ in range(_MOST_REDIRECTS):
            headers = dict(ask.headers)
            own = faults.same_origin(url, base)
            if authorization and own:
                headers["Authorization"] = authorization
            tls = trusted if own else await self.trust.along(ask.host, url)
            response = await self.send(ask, url, headers, tls)
            if response.status not in _REDIRECTS or ask.method not in ("GET", "HEAD"):
                return response
            target = response.headers.get("Location", "")
            response.release()
            before, url = url, _target(ask, url, target)
            _check(ask, before, url)
        raise faults.redirected(ask.host, ask.what, "it redirects without end")

    async def send(
        self, ask: Ask, url: URL, headers: Mapping[str, str], tls: ssl.SSLContext
    ) -> aiohttp.ClientResponse:
        """One request, exactly as it is; raises what aiohttp raises."""
        assert self._session is not None
        self.requests += 1
        body = ask.body
        silence = ask.silence or self.options.patience.silence
        loop = asyncio.get_running_loop()
        # aiohttp watches what is read; what is sent and not taken is watched here.
        async with asyncio.timeout(None if body is None else silence) as watch:

            def alive() -> None:
                watch.reschedule(loop.time() + silence)

            return await self._session.request(
                ask.method,
                url,
                headers=headers,
                data=body.payload(alive) if isinstance(body, Body) else body,
                ssl=tls,
                proxy=proxy_for(url),
                allow_redirects=False,
            )


def _target(ask: Ask, url: URL, target: str) -> URL:
    try:
        return url.join(URL(target, encoded=True))
    except ValueError:
        why = "it redirects to an address that is none"
        raise faults.redirected(ask.host, ask.what, why) from None


def _check(ask: Ask, before: URL, after: URL) -> None:
    if after.scheme not in ("http", "https") or not after.host:
        raise faults.redirected(ask.host, ask.what, "it names an address that is none")
    if before.scheme == "https" and after.scheme == "http":
        why = f"it leads from HTTPS to plain HTTP (on {after.host})"
        raise faults.redirected(ask.host, ask.what, why)
