"""Small things that requests and answers have in common."""

from __future__ import annotations

import email.utils
import time
import urllib.request
from typing import Final

import aiohttp
from yarl import URL

from explorer.registry.options import is_loopback

_PIECE: Final = 1 << 20


async def body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, or its first ``most`` + 1 bytes: what is longer is not read to its end."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_chunked(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            response.close()
            break
    return b"".join(pieces)[: most + 1]


def left_over(response: aiohttp.ClientResponse) -> bytes:
    """What of a body had come when its connection broke.

    aiohttp holds it, and gives only the error; where a version holds it otherwise it is lost, and
    fetched again.
    """
    content = response.content
    pieces, offset = getattr(content, "_buffer", ()), getattr(content, "_buffer_offset", 0)
    return b"".join(pieces)[offset:]


def retry_after(text: str) -> float | None:
    """Seconds (RFC 9110, section 10.2.3), from a number or a date."""
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
        return max(when.timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def wished_wait(response: aiohttp.ClientResponse) -> float | None:
    """How many seconds a server asks to be left alone."""
    return retry_after(response.headers.get("Retry-After", ""))


def proxy_for(url: URL) -> str | None:
    """The proxy that the environment (or the system's settings) names for an address."""
    host = url.host or ""
    if is_loopback(f"[{host}]" if ":" in host else host):
        return None
    if urllib.request.proxy_bypass(f"{host}:{url.port}"):
        return None
    return urllib.request.getproxies().get(url.scheme)
