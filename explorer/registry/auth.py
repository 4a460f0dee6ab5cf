"""Getting in: bearer tokens and basic authentication.

Distribution's token specification ("Docker Registry v2 authentication via central service" and
its OAuth2 variant) and RFC 7617. Tokens are kept for each set of scopes until they expire.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from yarl import URL

from explorer.errors import Refused
from explorer.registry.challenge import Challenge
from explorer.registry.credentials import Credentials

Scopes = tuple[str, ...]

_SHORTEST: Final = 60.0  # seconds; the specification's default
_EARLY: Final = 10.0  # seconds before its end a token is no longer used
_CLIENT: Final = "layerscope"


class FetchToken(Protocol):
    """Asks a token server; gives the status and the body of its answer."""

    async def __call__(
        self, url: URL, authorization: str, form: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        """``form`` makes it a POST."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    ends: float


def pull_scope(path: str) -> str:
    """To read a repository."""
    return f"repository:{path}:pull"


def push_scope(path: str) -> str:
    """To read and write a repository."""
    return f"repository:{path}:pull,push"


def delete_scope(path: str) -> str:
    """To read and delete in a repository."""
    return f"repository:{path}:pull,delete"


CATALOG_SCOPE: Final = "registry:catalog:*"


class Authorizer:
    """What one host is told about who asks. Credentials are looked up when it wants to know."""

    def __init__(
        self,
        host: str,
        find: Callable[[str, str], Awaitable[Credentials | None]],
        fetch: FetchToken,
        *,
        plain: bool,
    ) -> None:
        self._host = host
        self._find = find
        self._fetch = fetch
        self._plain = plain
        self._bearer: Challenge | None = None
        self._basic = ""
        self._tokens: dict[Scopes, _Token] = {}
        self._locks: dict[Scopes, asyncio.Lock] = {}
        self._secrets: set[str] = set()

    async def header(self, scopes: Scopes) -> str:
        """The value of ``Authorization``, or ``""`` while the host has asked for nothing."""
        if self._basic:
            return self._basic
        token = self._tokens.get(scopes)
        if token is not None and token.ends > time.monotonic():
            return f"Bearer {token.value}"
        if self._bearer is not None:
            return await self._renewed(self._bearer, scopes, "")
        return ""

    async def renew(self, challenges: Sequence[Challenge], scopes: Scopes, used: str) -> str:
        """Answer a 401: a header to try, other than ``used``, or ``""`` where there is none.

        Raises :class:`Refused` where the token server does not answer as it should.
        """
        for challenge in challenges:
            if challenge.scheme == "bearer" and "realm" in challenge.parameters:
                self._bearer = challenge
                return await self._renewed(challenge, scopes, used)
            if challenge.scheme == "basic":
                known = await self._known(scopes)
                if known is None or not known.password or known.basic == used:
                    return ""
                self._basic = known.basic
                return known.basic
        return ""

    def scrub(self, text: str) -> str:
        """A text from outside without any secret that was sent there."""
        for secret in self._secrets:
            if len(secret) > 3:
                text = text.replace(secret, "…")
        return text

    async def _renewed(self, challenge: Challenge, scopes: Scopes, used: str) -> str:
        # Layers start together: one of them asks, the others use what it got.
        async with self._locks.setdefault(scopes, asyncio.Lock()):
            token = self._tokens.get(scopes)
            fresh = token is not None and token.ends > time.monotonic()
            if token is None or not fresh or used == f"Bearer {token.value}":
                token = await self._token(challenge, scopes)
                self._tokens[scopes] = token
            return f"Bearer {token.value}"

    async def _token(self, challenge: Challenge, scopes: Scopes) -> _Token:
        url = self._realm(challenge)
        service = challenge.parameters.get("service", "")
        known = await self._known(scopes)
        if known is not None and known.token:
            form = {
                "grant_type": "refresh_token",
                "service": service,
                "client_id": _CLIENT,
                "scope": " ".join(scopes),
                "refresh_token": known.token,
            }
            return self._read(url, *await self._fetch(url, "", form))
        query = [("service", service)] if service else []
        query += [("scope", scope) for scope in scopes]
        if known is not None:
            query.append(("account", known.username))
        url = url.extend_query(query)
        return self._read(url, *await self._fetch(url, known.basic if known else "", None))

    def _realm(self, challenge: Challenge) -> URL:
        try:
            url = URL(challenge.parameters["realm"])
            good = url.scheme in ("https", "http") and bool(url.host)
        except ValueError:
            good = False
        if not good or (url.scheme == "http" and not self._plain):
            raise Refused(
                f"{self._host} cannot be logged in to",
                why="it names a token server that is not spoken to over HTTPS",
            )
        return url

    def _read(self, url: URL, status: int, data: bytes) -> _Token:
        if status in (400, 401, 403):
            raise Refused(
                f"{self._host} does not let you in",
                why=f"its token server {url.host} refused the name or the password",
                hint=f"layerscope login {self._host} takes new ones",
            )
        try:
            document = json.loads(data) if status == 200 else None
        except (ValueError, RecursionError):
            document = None
        value = None
        if isinstance(document, Mapping):
            value = document.get("token") or document.get("access_token")
        if not isinstance(document, Mapping) or not isinstance(value, str) or not _sendable(value):
            why = f"its token server {url.host} answered with HTTP {status} and no token"
            raise Refused(f"{self._host} cannot be logged in to", why=why, hint="Try again later")
        self._secrets.add(value)
        given = document.get("expires_in")
        lasts = float(given) if isinstance(given, int) and 0 < given < 1 << 31 else _SHORTEST
        return _Token(value, time.monotonic() + max(lasts - _EARLY, 1.0))

    async def _known(self, scopes: Scopes) -> Credentials | None:
        kind, _, rest = (scopes[0] if scopes else "").partition(":")
        path = rest.rpartition(":")[0] if kind == "repository" else ""
        known = await self._find(self._host, path)
        if known is not None:
            self._secrets.update(known.secrets)
        return known


def _sendable(token: str) -> bool:
    """Whether a token can stand in a header, and nothing else with it."""
    return 0 < len(token) < 1 << 16 and token.isascii() and token.isprintable() and " " not in token
