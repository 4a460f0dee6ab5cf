"""Lists in pages: tags and repositories (OCI distribution specification, "Content Discovery")."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import aiohttp
from yarl import URL

from explorer.errors import DamagedImage, LimitExceeded
from explorer.registry.asks import Ask
from explorer.registry.wire import Wire

PAGE: Final = 1000
"""How many names are asked for at a time."""
_MOST_PAGE: Final = 16 << 20
_MOST_NAMES: Final = 1_000_000
_NEXT: Final = re.compile(r'<([^<>]*)>[^,]*;\s*rel="?next"?')


async def names(
    wire: Wire, host: str, what: str, url: str, key: str, scope: str
) -> AsyncIterator[str]:
    """The names under ``key``, page by page, in the registry's order.

    Raises :class:`LimitExceeded` for a list without end, :class:`DamagedImage` for what is none.
    """
    seen: set[str] = set()
    count = 0
    while url and url not in seen:
        seen.add(url)
        document, response = await _json(wire, Ask(host, what, url, scopes=(scope,)))
        page = document.get(key)
        for name in page if isinstance(page, list) else ():
            if isinstance(name, str):
                count += 1
                yield name
        if count > _MOST_NAMES:
            raise LimitExceeded(f"{host} lists more than {_MOST_NAMES:,} names", why=what)
        url = next_page(url, response) if page else ""


def next_page(url: str, response: aiohttp.ClientResponse) -> str:
    """Where the next page is (``Link``, RFC 8288), ``""`` where there is none."""
    match = _NEXT.search(response.headers.get("Link", "")[:8192])
    if match is None:
        return ""
    try:
        base = URL(f"http://host{url}", encoded=True)
        after = base.join(URL(match[1], encoded=True))
    except ValueError:
        return ""
    return after.raw_path_qs if after.path.startswith("/v2/") else ""


async def _json(wire: Wire, ask: Ask) -> tuple[Mapping[str, Any], aiohttp.ClientResponse]:
    response, data = await wire.read(ask, _MOST_PAGE)
    try:
        document = json.loads(data) if len(data) <= _MOST_PAGE else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, Mapping):
        raise DamagedImage(
            f"{ask.host} answered in a way that is not understood",
            why=f"{ask.what}: it sent no JSON object",
            hint="Look whether it is a registry",
        )
    return document, response
