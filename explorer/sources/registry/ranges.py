"""A part of a blob (RFC 9110, section 14)."""

from __future__ import annotations

import contextlib
import re
from typing import Final

import aiohttp

from explorer.errors import NotFound, Refused
from explorer.oci import Digest, Reference
from explorer.registry import Wire, faults
from explorer.registry.auth import pull_scope
from explorer.registry.wire import Ask
from explorer.sources.registry.blob import NoRanges

_PIECE: Final = 1 << 18
_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d+/(?:\d+|\*)")
_BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)


async def read_range(
    wire: Wire, repository: Reference, digest: Digest, start: int, size: int
) -> bytes:
    """``size`` bytes of a blob from ``start`` on. They are *not* verified: no digest covers them.

    Mirrors are asked first. Raises :class:`NoRanges`, before anything of the body is read;
    :class:`explorer.errors.NotFound`, :class:`Refused`.
    """
    *mirrors, origin = wire.options.sources(repository)
    for mirror in mirrors:
        with contextlib.suppress(NotFound, Refused):
            return await _read(wire, mirror, digest, start, size)
    return await _read(wire, origin, digest, start, size)


async def _read(wire: Wire, repository: Reference, digest: Digest, start: int, size: int) -> bytes:
    attempts = wire.options.patience.attempts
    what = f"reading a part of a layer of {repository.familiar_name}"
    got = bytearray()
    for attempt in range(attempts):
        broke: Exception = TimeoutError()
        before = len(got)
        try:
            await _append(wire, repository, digest, start, size, what, got)
        except _BROKEN as error:
            broke = error
        if len(got) == size:
            return bytes(got)
        if attempt + 1 == attempts:
            raise faults.broken(repository.host, what, broke) from None
        await wire.wait(0 if len(got) > before else attempt)
    raise AssertionError("unreachable")


async def _append(
    wire: Wire,
    repository: Reference,
    digest: Digest,
    start: int,
    size: int,
    what: str,
    got: bytearray,
) -> None:
    ask = Ask(
        repository.host,
        what,
        f"/v2/{repository.path}/blobs/{digest}",
        scopes=(pull_scope(repository.path),),
        accept=(200, 206, 416),
        headers={"Range": f"bytes={start + len(got)}-{start + size - 1}"},
    )
    async with wire.ask(ask) as response:
        try:
            _check(response, repository.host, start + len(got), what)
            async for piece in response.content.iter_chunked(_PIECE):
                got += piece[: size - len(got)]
                if len(got) == size:
                    break
            if not response.content.at_eof():
                response.close()
        except BaseException:
            response.close()  # whatever it still sends is of no use to the next request
            raise


def _check(response: aiohttp.ClientResponse, host: str, start: int, what: str) -> None:
    if response.status == 200:
        raise NoRanges(
            f"{host} does not send parts of a blob",
            why=f"{what}: it answers with all of it",
            hint="Pull the image instead",
        )
    if response.status == 416:
        raise NoRanges(f"{host} has no such part of a blob", why=f"{what}: the blob is shorter")
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if match is None or int(match[1]) != start:
        raise NoRanges(f"{host} sent another part of a blob than was wanted", why=what)
