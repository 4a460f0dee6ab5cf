"""The body of a download: out of the socket into a sink, past the event loop where that can be.

Over plain HTTP a thread reads the socket itself: large reads into one buffer, and hashing and
writing beside the other layers. Over TLS the event loop has to decrypt, and hands on the pieces.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Final, Protocol

import aiohttp

from explorer.registry.answers import left_over
from explorer.registry.asks import BROKEN

_PIECE: Final = 1 << 20
_TURN: Final = 0.05  # seconds after which a thread tells how far it is
_LOOK: Final = 0.1  # seconds a read waits for more before it looks whether it should stop


class Sink(Protocol):
    """What takes the bytes; it is called from one thread at a time."""

    def write(self, data: bytes | bytearray | memoryview) -> object:
        """Take the next bytes."""


Told = Callable[[int], object]
"""Is told how many more bytes the sink has."""


async def receive(
    response: aiohttp.ClientResponse, sink: Sink, told: Told, most: int, silence: float
) -> None:
    """Read a body to its end, or ``most`` + 1 bytes of it.

    Raises ``aiohttp.ClientError`` and ``TimeoutError`` where it breaks off or nothing comes for
    ``silence`` seconds; the sink then has all that came. The connection is not used again.
    """
    try:
        sock = _socket_of(response)
        if sock is None:
            await _by_pieces(response, sink, told, most)
        else:
            with sock:
                await _past_the_loop(response, sock, sink, told, most, silence)
    finally:
        response.close()


async def _by_pieces(response: aiohttp.ClientResponse, sink: Sink, told: Told, most: int) -> None:
    taken = 0

    async def take(piece: bytes) -> bool:
        nonlocal taken
        piece = piece[: most + 1 - taken]
        await asyncio.to_thread(sink.write, piece)
        taken += len(piece)
        told(len(piece))
        return taken <= most

    try:
        async for piece in response.content.iter_chunked(_PIECE):
            if not await take(piece):
                return
    except BROKEN:
        if rest := left_over(response):
            await take(rest)
        raise


def _socket_of(response: aiohttp.ClientResponse) -> socket.socket | None:
    """The socket that the rest of a body comes from, if nothing has to be undone on the way."""
    connection = response.connection
    transport = connection.transport if connection is not None else None
    if (
        os.name != "posix"  # elsewhere the loop has a read under way already
        or sys.maxsize < 1 << 32  # where a timeval may have either of two sizes
        or not isinstance(transport, asyncio.ReadTransport)
        or transport.get_extra_info("sslcontext") is not None
        or response.content_length is None
        or "Transfer-Encoding" in response.headers
    ):
        return None
    held = transport.get_extra_info("socket")
    if held is None:
        return None
    taken: socket.socket = held.dup()
    return taken


async def _past_the_loop(
    response: aiohttp.ClientResponse,
    sock: socket.socket,
    sink: Sink,
    told: Told,
    most: int,
    silence: float,
) -> None:
    length = response.content_length or 0
    early, broke = _came_early(response)
    early = early[: most + 1]
    if early:
        await asyncio.to_thread(sink.write, early)
        told(len(early))
    if broke is not None:
        raise broke
    reader = _Reader(sock, sink, min(length, most + 1) - len(early), silence)
    loop = asyncio.get_running_loop()
    while reader.left:
        turn = loop.run_in_executor(None, reader.turn)
        try:
            told(await asyncio.shield(turn))
        except asyncio.CancelledError:
            reader.stopped = True
            await asyncio.wait([turn])  # the sink is the caller's again only then
            raise


def _came_early(response: aiohttp.ClientResponse) -> tuple[bytes, Exception | None]:
    """What the event loop has read of the body, and how that ended; it reads no more of it."""
    connection = response.connection
    transport = connection.transport if connection is not None else None
    pieces: list[bytes] = []
    while True:
        # Taking from the full buffer makes aiohttp parse what it held back, and go on reading.
        try:
            piece = response.content.read_nowait()
        except BROKEN as error:
            return b"".join([*pieces, left_over(response)]), error
        if isinstance(transport, asyncio.ReadTransport):
            transport.pause_reading()
        if not piece:
            return b"".join(pieces), None
        pieces.append(piece)


class _Reader:
    """Reads a socket in a thread, ``left`` bytes of it."""

    def __init__(self, sock: socket.socket, sink: Sink, left: int, silence: float) -> None:
        self._sock, self._sink, self._silence = sock, sink, silence
        self._buffer = memoryview(bytearray(min(_PIECE, max(left, 1))))
        self.left = left
        self.stopped = False
        sock.setblocking(True)
        seconds, rest = divmod(_LOOK, 1)
        wait = struct.pack("@ll", int(seconds), int(rest * 1e6))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)

    def turn(self) -> int:
        """Pass on what comes for a moment; how much that was.

        Raises ``TimeoutError``, ``ConnectionError``: only where nothing came before it.
        """
        taken, ends = 0, time.monotonic() + _TURN
        while self.left and not self.stopped:
            try:
                count = self._read(wait=taken == 0)
            except OSError:
                if taken:
                    break
                raise
            self._sink.write(self._buffer[:count])
            taken += count
            self.left -= count
            if not count or time.monotonic() > ends:
                break
        return taken

    def _read(self, *, wait: bool) -> int:
        """A buffer full, or what came within a moment; 0 for nothing, if that is no fault yet."""
        gives_up = time.monotonic() + self._silence
        size = min(len(self._buffer), self.left)
        while not self.stopped:
            try:
                count = self._sock.recv_into(self._buffer, size, socket.MSG_WAITALL)
            except BlockingIOError:
                if not wait:
                    return 0
                if time.monotonic() > gives_up:
                    raise TimeoutError from None
                continue
            if not count:
                raise ConnectionResetError
            return count
        return 0
