"""Whole blobs out of a registry, into something that keeps what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from explorer.errors import NotFound, Refused
from explorer.oci import Descriptor, Reference
from explorer.registry.asks import BROKEN
from explorer.registry.receiving import Sink, Told, receive
from explorer.registry.resuming import Attempts, check_length
from explorer.registry.wire import Wire


class Partial(Sink, Protocol):
    """A blob that grows, perhaps from where an earlier attempt left it."""

    @property
    def size(self) -> int:
        """Bytes that are there."""


async def fetch_blob(
    wire: Wire,
    repository: Reference,
    descriptor: Descriptor,
    partial: Partial,
    told: Told,
    *,
    mirrored: bool = True,
) -> None:
    """Add to ``partial`` what it lacks of a blob; what it has is not fetched again.

    Mirrors are asked first, if it may be ``mirrored``. ``told`` hears how many more bytes are
    there. The caller compares the digest. Raises :class:`explorer.errors.DamagedImage` for the
    wrong length, :class:`NotFound`, :class:`Refused`, and what ``partial`` raises; all that came
    by then is in it.
    """
    *mirrors, origin = wire.options.sources(repository)
    for source in (*(mirrors if mirrored else ()), origin):
        try:
            await _from_host(wire, source, descriptor, partial, told)
        except (NotFound, Refused):
            if source == origin:
                raise
        else:
            break
    check_length(descriptor, partial.size, repository.host)


async def _from_host(
    wire: Wire, repository: Reference, descriptor: Descriptor, partial: Partial, told: Told
) -> None:
    attempts = Attempts(wire, repository, descriptor)
    going_on = partial.size != descriptor.size
    while going_on:
        before = partial.size
        broke: Exception | None = None
        try:
            await _attempt(attempts, partial, told)
        except BROKEN as error:
            broke = error
        going_on = await attempts.again(before, partial.size, broke)


async def _attempt(attempts: Attempts, partial: Partial, told: Told) -> None:
    start = partial.size
    async with attempts.wire.ask(attempts.ask(start)) as response:
        skip = start - attempts.begins(response, start)
        sink: Sink = _Skipping(partial, skip) if skip else partial
        tell = _telling_less(told, skip) if skip else told
        most = attempts.descriptor.size - start + skip
        silence = attempts.wire.options.patience.silence
        await receive(response, sink, tell, most, silence)


@dataclass(slots=True)
class _Skipping:
    """Drops the bytes that are there already, of a server that knows no ranges."""

    sink: Sink
    skip: int

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """As :meth:`Sink.write`."""
        view = memoryview(data)
        dropped = min(self.skip, len(view))
        self.skip -= dropped
        if dropped < len(view):
            self.sink.write(view[dropped:])


def _telling_less(told: Told, skip: int) -> Told:
    """``told``, but of what is not skipped."""

    def tell(count: int) -> None:
        nonlocal skip
        dropped = min(skip, count)
        skip -= dropped
        told(count - dropped)

    return tell
