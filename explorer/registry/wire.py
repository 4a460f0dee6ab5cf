"""Requests to registries: over which scheme, as whom, through which proxy, how often again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from yarl import URL

from explorer.errors import ExplorerError
from explorer.registry import faults
from explorer.registry.answers import body as read_body
from explorer.registry.answers import proxy_for, retry_after
from explorer.registry.auth import Authorizer, Scopes
from explorer.registry.certificates import context_for
from explorer.registry.challenge import parse_challenges
from explorer.registry.credentials import Credentials, find_credentials
from explorer.registry.options import Options, bare_host, server_of

Body = Callable[[], AsyncIterator[bytes]]
Find = Callable[[str, str], Credentials | None]

AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 5
_MOST_ERROR: Final = 64 << 10  # bytes of an error that are read
_MOST_TOKEN: Final = 1 << 20
_BUFFER: Final = 1 << 20
_BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``what`` says in messages what was wanted; ``accept`` are the statuses that are
    no error. ``url`` is a path below the host, or what the host itself named.

    A ``body`` is made anew for each attempt; ``again`` is False where only the caller knows how
    to go on.
    """

    host: str
    what: str
    url: str
    method: str = "GET"
    scopes: Scopes = ()
    accept: tuple[int, ...] = (200,)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | bytes | None = None
    again: bool = True
    silence: float | None = None


@dataclass(slots=True)
class _Host:
    base: URL
    tls: ssl.SSLContext
    authorizer: Authorizer


class Wire:
    """The connections to all registries of one piece of work; use it in an ``async with``.

    ``requests`` counts what was asked, token servers and redirects included.
    """

    def __init__(
        self,
        options: Options | None = None,
        find: Find = find_credentials,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.options = options or Options()
        self.requests = 0
        self._find = find
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._known: dict[tuple[str, str], Credentials | None] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Wire:
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
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    # -- asking -------------------------------------------------------------------------------

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
                except _BROKEN as error:
                    if attempt + 1 == patience.attempts:
                        raise faults.broken(ask.host, ask.what, error) from None
            await self.wait(attempt)
        raise AssertionError("unreachable")

    async def wait(self, attempt: int, wished: float | None = None) -> None:
        """Wait before the next attempt, longer each time; what the server wished counts."""
        patience = self.options.patience
        delay = patience.first * 2.0**attempt * random.uniform(0.75, 1.25)
        await self._sleep(min(max(delay, wished or 0.0), patience.longest))

    async def _answered(self, ask: Ask) -> aiohttp.ClientResponse:
        patience = self.options.patience
        attempts = patience.attempts if ask.again else 1
        for attempt in range(attempts):
            last = attempt + 1 == attempts
            try:
                response = await self._authorized(ask)
            except _BROKEN as error:
                if last or isinstance(error, (aiohttp.ClientSSLError, aiohttp.InvalidURL)):
                    raise faults.broken(ask.host, ask.what, error) from None
                await self.wait(attempt)
                continue
            if response.status in ask.accept:
                return response
            wished = retry_after(response.headers.get("Retry-After", ""))
            if response.status not in AGAIN or last or (wished or 0.0) > patience.longest:
                raise await self._refused(ask, response, wished)
            response.release()
            await self.wait(attempt, wished)
        raise AssertionError("unreachable")

    async def _refused(
        self, ask: Ask, response: aiohttp.ClientResponse, wished: float | None
    ) -> ExplorerError:
        with contextlib.suppress(*_BROKEN):
            data = await read_body(response, _MOST_ERROR)
            message = self._hosts[ask.host].authorizer.scrub(faults.said(data))
            response.release()
            wait = str(round(wished)) if wished else ""
            return faults.refused(ask.host, response.status, ask.what, message, wait)
        response.close()
        return faults.refused(ask.host, response.status, ask.what, "")

    async def _authorized(self, ask: Ask) -> aiohttp.ClientResponse:
        host = await self._host(ask.host, ask.what)
        authorization = await host.authorizer.header(ask.scopes)
        response = await self._followed(ask, host, authorization)
        if response.status != 401:
            return response
        challenges = parse_challenges(response.headers.getall("WWW-Authenticate", ()))
        renewed = await host.authorizer.renew(challenges, ask.scopes, authorization)
        if not renewed or renewed == authorization:
            return response
        response.release()
        return await self._followed(ask, host, renewed)

    async def _followed(self, ask: Ask, host: _Host, authorization: str) -> aiohttp.ClientResponse:
        """Redirects are followed by hand: to another server no credentials go along."""
        url = host.base.join(URL(ask.url, encoded=True))
        self._check(ask, host.base, url)
        for _ in range(_MOST_REDIRECTS):
            headers = dict(ask.headers)
            trusted = faults.same_origin(url, host.base)
            if authorization and trusted:
                headers["Authorization"] = authorization
            tls = host.tls if trusted else await self._tls(ask.host, url)
            response = await self._send(ask, url, headers, tls)
            target = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or ask.method not in ("GET", "HEAD"):
                return response
            response.release()
            before, url = url, self._target(ask, url, target)
            self._check(ask, before, url)
        raise faults.redirected(ask.host, ask.what, "it redirects without end")

    def _target(self, ask: Ask, url: URL, target: str) -> URL:
        try:
            return url.join(URL(target, encoded=True))
        except ValueError:
            raise faults.redirected(
                ask.host, ask.what, "it redirects to an address that is none"
            ) from None

    def _check(self, ask: Ask, before: URL, after: URL) -> None:
        if after.scheme not in ("http", "https") or not after.host:
            raise faults.redirected(ask.host, ask.what, "it names an address that is none")
        if before.scheme == "https" and after.scheme == "http":
            why = f"it leads from HTTPS to plain HTTP (on {after.host})"
            raise faults.redirected(ask.host, ask.what, why)

    async def _send(
        self, ask: Ask, url: URL, headers: Mapping[str, str], tls: ssl.SSLContext
    ) -> aiohttp.ClientResponse:
        assert self._session is not None
        self.requests += 1
        body = ask.body
        silence = ask.silence or self.options.patience.silence
        loop = asyncio.get_running_loop()
        # aiohttp watches what is read; what is sent and not taken is watched here.
        async with asyncio.timeout(None if body is None else silence) as watch:

            async def watched(made: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
                async for piece in made:
                    watch.reschedule(loop.time() + silence)
                    yield piece

            data = watched(body()) if callable(body) else body
            return await self._session.request(
                ask.method,
                url,
                headers=headers,
                data=data,
                ssl=tls,
                proxy=proxy_for(url),
                allow_redirects=False,
            )

    # -- hosts --------------------------------------------------------------------------------

    async def _host(self, name: str, what: str) -> _Host:
        async with self._locks.setdefault(name, asyncio.Lock()):
            if name not in self._hosts:
                self._hosts[name] = await self._met(name, what)
            return self._hosts[name]

    async def _met(self, name: str, what: str) -> _Host:
        tls = await asyncio.to_thread(context_for, name, verified=name not in self.options.insecure)
        base = URL(f"https://{server_of(name)}")
        if self.options.may_be_plain(name) and not await self._speaks_tls(base, tls):
            base = base.with_scheme("http").with_port(base.explicit_port or 80)
        plain = base.scheme == "http"
        return _Host(base, tls, Authorizer(name, self._credentials, self._fetch, plain=plain))

    async def _speaks_tls(self, base: URL, tls: ssl.SSLContext) -> bool:
        """Whether a host that may be plain is not; HTTPS is tried first."""
        ask = Ask(base.authority, "", "/v2/")
        try:
            response = await self._send(ask, base / "v2" / "", {}, tls)
        except aiohttp.ClientConnectorCertificateError:
            return True  # the request itself will say what is wrong with it
        except _BROKEN:
            return False
        response.release()
        return True

    async def _tls(self, host: str, url: URL) -> ssl.SSLContext:
        """For a server that a registry leads to."""
        name = url.authority
        verified = host not in self.options.insecure and bare_host(name) not in {
            bare_host(insecure) for insecure in self.options.insecure
        }
        return await asyncio.to_thread(context_for, name, verified=verified)

    # -- who asks -----------------------------------------------------------------------------

    async def _credentials(self, host: str, path: str) -> Credentials | None:
        key = host, path
        if key not in self._known:
            self._known[key] = await asyncio.to_thread(self._find, host, path)
        return self._known[key]

    async def _fetch(
        self, url: URL, authorization: str, form: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        patience = self.options.patience
        what = "asking for a token"
        host = url.authority
        headers = {"Authorization": authorization} if authorization else {}
        method, data = "GET", None
        if form is not None:
            method = "POST"
            data = urllib.parse.urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        tls = await self._tls("", url)
        for attempt in range(patience.attempts):
            last = attempt + 1 == patience.attempts
            try:
                ask = Ask(host, what, "", method, body=data)
                response = await self._send(ask, url, headers, tls)
                try:
                    if response.status not in AGAIN or last:
                        return response.status, await read_body(response, _MOST_TOKEN)
                finally:
                    response.release()
            except _BROKEN as error:
                if last or isinstance(error, aiohttp.ClientSSLError):
                    raise faults.broken(host, what, error) from None
            await self.wait(attempt)
        raise AssertionError("unreachable")
