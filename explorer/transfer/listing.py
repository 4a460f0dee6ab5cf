"""The repositories of a registry, where it tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from explorer.errors import NotFound, Refused
from explorer.registry import RegistryClient
from explorer.registry.asks import Ask
from explorer.registry.auth import CATALOG_SCOPE

_WEB: Final = {
    "docker.io": "hub.docker.com",
    "ghcr.io": "github.com, under Packages of a user or an organisation",
    "quay.io": "quay.io/search",
    "registry.gitlab.com": "gitlab.com, under Deploy of a project",
    "public.ecr.aws": "gallery.ecr.aws",
    "mcr.microsoft.com": "mcr.microsoft.com",
}
"""Where people look instead."""
_FORBIDS: Final = frozenset({401, 403, 404, 405, 501})


async def repositories(client: RegistryClient, host: str) -> AsyncIterator[str]:
    """The names of all repositories; raises :class:`Refused` with what to do instead."""
    if host == "docker.io":
        raise _forbidden(host, "it has too many, and its API has no list of them")
    told = False
    try:
        async for name in client.catalog(host):
            told = True
            yield name
    except (Refused, NotFound) as error:
        if told or (status := await _status(client, host)) not in _FORBIDS:
            raise
        raise _forbidden(host, f"it answered with HTTP {status}", login=status == 401) from error


async def _status(client: RegistryClient, host: str) -> int:
    """What the host answers to the question; its reasons are in the statuses."""
    ask = Ask(
        host,
        "listing its repositories",
        "/v2/_catalog?n=1",
        scopes=(CATALOG_SCOPE,),
        accept=(200, *_FORBIDS),
    )
    async with client.wire.ask(ask) as response:
        return response.status


def _forbidden(host: str, why: str, *, login: bool = False) -> Refused:
    hint = "The tags of a repository that you know are listed by: layerscope tags REPO"
    if host in _WEB:
        hint = f"Look at {_WEB[host]}. {hint}"
    if login:
        hint = f"If it tells those who are logged in: layerscope login {host}. {hint}"
    return Refused(f"{host} does not tell its repositories", why=why, hint=hint)
