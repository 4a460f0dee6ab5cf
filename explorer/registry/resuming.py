"""What every download of a blob has in common: where it goes on, and when it is given up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from explorer.errors import DamagedImage
from explorer.oci import Descriptor, Reference
from explorer.registry import faults
from explorer.registry.asks import Ask
from explorer.registry.auth import pull_scope
from explorer.registry.wire import Wire

_MOST_RESUMPTIONS: Final = 64
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


@dataclass(slots=True)
class Attempts:
    """The attempts at one blob of one host; one that got further makes the next count anew."""

    wire: Wire
    repository: Reference
    descriptor: Descriptor
    what: str = field(init=False)
    _made: int = 0
    _failures: int = 0

    def __post_init__(self) -> None:
        """Say what is read."""
        self.what = f"reading a layer of {self.repository.familiar_name}"

    def ask(self, start: int) -> Ask:
        """For the blob from a byte on."""
        return Ask(
            self.repository.host,
            self.what,
            f"/v2/{self.repository.path}/blobs/{self.descriptor.digest}",
            scopes=(pull_scope(self.repository.path),),
            accept=(200, 206) if start else (200,),
            headers={"Range": f"bytes={start}-"} if start else {},
        )

    def begins(self, response: aiohttp.ClientResponse, start: int) -> int:
        """Where in the blob an answer begins (RFC 9110, section 14.4): at ``start``, or before it.

        Raises :class:`explorer.errors.Refused` where it begins behind it.
        """
        begins = 0
        if response.status == 206:
            match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
            begins = int(match[1][:18]) if match else 1 << 62
        if begins > start:
            response.close()
            why = "it sent another part than was wanted"
            raise faults.redirected(self.repository.host, self.what, why)
        return begins

    async def again(self, before: int, done: int, broke: Exception | None) -> bool:
        """Whether to go on, after an attempt that began at ``before`` and got to ``done``.

        Waits for the next one; raises :class:`explorer.errors.Refused` where there is none.
        """
        if broke is None and (done >= self.descriptor.size or done == before):
            return False
        host = self.repository.host
        # A server that counts its bytes and sends fewer looks like one that ends too early.
        self._failures = self._failures + 1 if done == before else 1
        self._made += 1
        if self._failures >= self.wire.options.patience.attempts:
            raise faults.broken(host, self.what, broke or TimeoutError()) from None
        if self._made >= _MOST_RESUMPTIONS:
            why = f"it broke off {_MOST_RESUMPTIONS} times, at {done:,} bytes"
            raise faults.redirected(host, self.what, why)
        await self.wire.wait(self._failures - 1, host=host)
        return True


def check_length(descriptor: Descriptor, size: int, host: str) -> None:
    """Raise :class:`DamagedImage` where a blob of a host has not the length it should have."""
    if size != descriptor.size:
        more = "more" if size > descriptor.size else "fewer"
        raise DamagedImage(
            f"Blob {descriptor.digest.short} of {host} has the wrong length",
            why=f"its descriptor says {descriptor.size:,} bytes, and there are {more}",
            hint="Try again; if it stays so, the image was pushed damaged",
        )
