"""One request, as a value; which answers and which errors may pass if it is made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiohttp

from explorer.registry.auth import Scopes

if TYPE_CHECKING:
    from explorer.registry.sending import Body

AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)
"""What connections raise that were not made, or that ended."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``what`` says in messages what was wanted; ``accept`` are the statuses that are
    no error. ``url`` is a path below the host, or what the host itself named.

    A ``body`` that is read from a file is read anew for each attempt; ``again`` is False where only
    the caller knows how to go on. ``silence`` is how many seconds nothing may happen.
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
