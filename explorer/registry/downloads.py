"""Blobs out of a registry: resumed where they break off, verified to the last byte."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import aiohttp

from explorer.errors import DamagedImage, NotFound, Refused
from explorer.oci import Descriptor, Digest, Reference
from explorer.registry import faults
from explorer.registry.auth import pull_scope
from explorer.registry.wire import Ask, Wire

_PIECE: Final = 1 << 20
_MOST_RESUMPTIONS: Final = 64
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)


async def has_blob(wire: Wire, repository: Reference, digest: Digest) -> bool:
    """Whether a repository has a blob; raises :class:`Refused`."""
    what = f"looking for a layer of {repository.familiar_name}"
    url = f"/v2/{repository.path}/blobs/{digest}"
    ask = Ask(repository.host, what, url, "HEAD", (pull_scope(repository.path),), accept=(200, 404))
    async with wire.ask(ask) as response:
        return response.status == 200


async def read_blob(
    wire: Wire, repository: Reference, descriptor: Descriptor
) -> AsyncIterator[bytes]:
    """The bytes of a blob, piece by piece; what came before it broke off is not fetched again.

    Mirrors are asked first. Raises, behind what was given already,
    :class:`explorer.errors.DigestMismatch`; :class:`DamagedImage` for the wrong length;
    :class:`NotFound`, :class:`Refused`.
    """
    hasher = descriptor.digest.hasher()
    done = 0
    async for piece in _pieces(wire, repository, descriptor):
        done += len(piece)
        if done > descriptor.size:
            break
        hasher.update(piece)
        yield piece
    if done != descriptor.size:
        more = "more" if done > descriptor.size else "fewer"
        raise DamagedImage(
            f"Blob {descriptor.digest.short} of {repository.host} has the wrong length",
            why=f"its descriptor says {descriptor.size:,} bytes, and there are {more}",
            hint="Try again; if it stays so, the image was pushed damaged",
        )
    what = f"Blob {descriptor.digest.short} of {repository.host}"
    descriptor.digest.verify_hasher(hasher, what)


async def _pieces(
    wire: Wire, repository: Reference, descriptor: Descriptor
) -> AsyncIterator[bytes]:
    """From the first of the mirrors and the host that has it."""
    done = 0
    for host in (*wire.options.mirrors.get(repository.host, ()), repository.host):
        try:
            source = replace(repository, host=host)
            async for piece in _resumed(wire, source, descriptor, done):
                done += len(piece)
                yield piece
        except (NotFound, Refused):
            if host == repository.host:
                raise
        else:
            return


async def _resumed(
    wire: Wire, repository: Reference, descriptor: Descriptor, start: int
) -> AsyncIterator[bytes]:
    patience = wire.options.patience
    what = f"reading a layer of {repository.familiar_name}"
    done, failures = start, 0
    for _ in range(_MOST_RESUMPTIONS):
        before = done
        broke: Exception | None = None
        try:
            async for piece in _from(wire, repository, descriptor, done, what):
                done += len(piece)
                yield piece
        except _BROKEN as error:
            broke = error
        if broke is None and (done >= descriptor.size or done == before):
            return
        # A server that counts its bytes and sends fewer looks like one that ends too early.
        failures = failures + 1 if done == before else 1
        if failures >= patience.attempts:
            raise faults.broken(repository.host, what, broke or TimeoutError()) from None
        await wire.wait(failures - 1)
    raise faults.redirected(
        repository.host, what, f"it broke off {_MOST_RESUMPTIONS} times, at {done:,} bytes"
    )


async def _from(
    wire: Wire, repository: Reference, descriptor: Descriptor, start: int, what: str
) -> AsyncIterator[bytes]:
    ask = Ask(
        repository.host,
        what,
        f"/v2/{repository.path}/blobs/{descriptor.digest}",
        scopes=(pull_scope(repository.path),),
        accept=(200, 206) if start else (200,),
        headers={"Range": f"bytes={start}-"} if start else {},
    )
    async with wire.ask(ask) as response:
        skip = start - _begins(response)
        if skip < 0:
            raise faults.redirected(repository.host, what, "it sent another part than was wanted")
        try:
            async for piece in response.content.iter_chunked(_PIECE):
                if skip >= len(piece):
                    skip -= len(piece)
                    continue
                yield piece[skip:] if skip else piece
                skip = 0
        except BaseException:
            response.close()  # the rest of a broken answer is of no use to the next request
            raise


def _begins(response: aiohttp.ClientResponse) -> int:
    """Where in the blob an answer begins (RFC 9110, section 14.4); 0 for all of it."""
    if response.status != 206:
        return 0
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    return int(match[1][:18]) if match else 1 << 62
