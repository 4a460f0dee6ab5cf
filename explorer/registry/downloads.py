"""Blobs out of a registry as streams: resumed where they break off, verified to the last byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import aiohttp

from explorer.errors import NotFound, Refused
from explorer.oci import Descriptor, Digest, Reference
from explorer.registry.answers import left_over
from explorer.registry.asks import BROKEN, Ask
from explorer.registry.auth import pull_scope
from explorer.registry.resuming import Attempts, check_length
from explorer.registry.wire import Wire

_PIECE: Final = 1 << 20


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
    :class:`explorer.errors.DigestMismatch`; :class:`explorer.errors.DamagedImage` for the wrong
    length; :class:`NotFound`, :class:`Refused`.
    """
    hasher = descriptor.digest.hasher()
    done = 0
    async for piece in _pieces(wire, repository, descriptor):
        done += len(piece)
        if done > descriptor.size:
            break
        hasher.update(piece)
        yield piece
    check_length(descriptor, done, repository.host)
    what = f"Blob {descriptor.digest.short} of {repository.host}"
    descriptor.digest.verify_hasher(hasher, what)


async def _pieces(
    wire: Wire, repository: Reference, descriptor: Descriptor
) -> AsyncIterator[bytes]:
    """From the first of the mirrors and the host that has it."""
    done = 0
    *mirrors, origin = wire.options.sources(repository)
    for source in (*mirrors, origin):
        attempts = Attempts(wire, source, descriptor)
        try:
            async for piece in _resumed(attempts, done):
                done += len(piece)
                yield piece
        except (NotFound, Refused):
            if source == origin:
                raise
        else:
            return


async def _resumed(attempts: Attempts, done: int) -> AsyncIterator[bytes]:
    going_on = True
    while going_on:
        before = done
        broke: Exception | None = None
        try:
            async for piece in _from(attempts, done):
                done += len(piece)
                yield piece
        except BROKEN as error:
            broke = error
        going_on = await attempts.again(before, done, broke)


async def _from(attempts: Attempts, start: int) -> AsyncIterator[bytes]:
    async with attempts.wire.ask(attempts.ask(start)) as response:
        skip = start - attempts.begins(response, start)
        try:
            async for piece in _all_that_came(response):
                if skip >= len(piece):
                    skip -= len(piece)
                    continue
                yield piece[skip:] if skip else piece
                skip = 0
        except BaseException:
            response.close()  # the rest of a broken answer is of no use to the next request
            raise


async def _all_that_came(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for piece in response.content.iter_chunked(_PIECE):
            yield piece
    except BROKEN:
        if rest := left_over(response):
            yield rest
        raise
