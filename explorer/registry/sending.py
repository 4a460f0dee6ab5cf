"""The body of an upload: out of its file straight into the socket, where that can be done.

Over plain HTTP the kernel copies (sendfile(2)), and no byte of a layer is ever in this process.
Over TLS, and from what is no file, it goes piece by piece.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aiohttp

from explorer.blobs.access import Part, RandomAccess, SharedFile
from explorer.errors import DamagedImage

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

_PIECE: Final = 256 << 10  # bytes; how much may be on its way when the connection breaks
_LEAST_STEP: Final = 256 << 10
_MOST_STEP: Final = 4 << 20
_SOON: Final = 0.1  # seconds; a step that took less is followed by a larger one

Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of ``content`` from ``start`` to ``end``; ``told`` hears how far they went."""

    content: RandomAccess
    start: int
    end: int
    told: Told

    def payload(self, alive: Callable[[], object]) -> aiohttp.Payload:
        """One attempt at sending it; ``alive`` is called whenever something was taken."""
        return _Payload(self, alive)


class _Payload(aiohttp.Payload):
    def __init__(self, body: Body, alive: Callable[[], object]) -> None:
        super().__init__(body, content_type="application/octet-stream")
        self._body, self._alive = body, alive
        self._size = body.end - body.start

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Nobody asks for the text of a layer."""
        raise TypeError("a layer is no text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        """As :meth:`aiohttp.Payload.write`."""
        transport: asyncio.Transport | None = getattr(writer, "transport", None)
        file = _file_of(self._body.content) if _takes_files(transport) else None
        if file is None or transport is None:
            async for piece in self._pieces():
                await writer.write(piece)
            return
        fd, offset = file
        with os.fdopen(fd, "rb", buffering=0) as handle:
            # Since aiohttp 3.12 the headers wait for the first piece of the body.
            send_headers = getattr(writer, "send_headers", None)
            if send_headers is not None:
                send_headers()
            at, step = self._body.start, _LEAST_STEP
            while at < self._body.end:
                count = min(step, self._body.end - at)
                step = await self._handed(transport, handle, offset + at, count, step)
                at += count
                self._went(at)

    async def _handed(
        self, transport: asyncio.Transport, handle: object, offset: int, count: int, step: int
    ) -> int:
        """Send a step, and say how large the next one may be: none shall seem like silence."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        sent = await loop.sendfile(transport, handle, offset, count, fallback=True)  # type: ignore[arg-type]
        if sent < count:
            raise DamagedImage("A layer became shorter while it was sent")
        quick = loop.time() - begun < _SOON
        return min(step * 2, _MOST_STEP) if quick else max(step // 2, _LEAST_STEP)

    async def _pieces(self) -> AsyncIterator[bytes]:
        body, at = self._body, self._body.start
        while at < body.end:
            piece = await asyncio.to_thread(body.content.read_at, at, min(_PIECE, body.end - at))
            if not piece:
                raise DamagedImage("A layer became shorter while it was sent")
            yield piece
            at += len(piece)
            self._went(at)

    def _went(self, at: int) -> None:
        self._alive()
        self._body.told(at)


def _takes_files(transport: asyncio.Transport | None) -> bool:
    return (
        os.name == "posix"
        and transport is not None
        and transport.get_extra_info("sslcontext") is None
        and transport.get_extra_info("socket") is not None
    )


def _file_of(content: RandomAccess) -> tuple[int, int] | None:
    """A file that holds the content, opened, and where in it the content begins."""
    start = 0
    while isinstance(content, Part):
        start, content = start + content.start, content.whole
    if not isinstance(content, SharedFile):
        return None
    try:
        fd = os.open(content.path, os.O_RDONLY)
    except OSError:
        return None
    found, known = os.fstat(fd), content.identity
    if (found.st_dev, found.st_ino) != (known.device, known.inode):
        os.close(fd)
        return None  # another file has its name by now
    return fd, start
