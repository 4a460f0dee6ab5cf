"""Files of a layer with a table of contents, fetched alone and verified chunk by chunk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from explorer.blobs.access import InMemory
from explorer.blobs.compression import Compression, plain_chunks
from explorer.errors import DamagedImage, LimitExceeded
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.registry.blob import RemoteBlob
from explorer.sources.registry.tables.places import Chunk, Places
from explorer.sources.registry.tables.reading import damaged
from explorer.store.pieces import PieceCache

MAX_CHUNK: Final = 64 << 20
"""Bytes of one chunk, stored or plain: it is in memory whole before any of it is believed."""
_IN_MEMORY: Final = 32 << 20  # bytes of chunks that stay at hand
_NEAR: Final = 1 << 20  # bytes between two chunks that are still fetched in one go
_MOST_AHEAD: Final = 4 << 20


class TableContents:
    """As :class:`explorer.sources.indexed.Contents`: content by the places of an index.

    A chunk is fetched when it is first read, and kept by its digest. Whoever reads files one after
    the other, as they lie in the layer, has more and more fetched with one request.

    Reading raises :class:`explorer.errors.DigestMismatch` where the layer does not hold what its
    table says, :class:`DamagedImage` where the table does not say enough, and as fetching does.
    """

    def __init__(
        self, blob: RemoteBlob, compression: Compression, places: Places, pieces: PieceCache
    ) -> None:
        self._blob = blob
        self._compression = compression
        self._places = places
        self._pieces = pieces
        self._lock = threading.Lock()
        self._held: OrderedDict[int, bytes] = OrderedDict()
        self._held_size = 0
        self._window, self._window_at = b"", 0
        self._ahead = 0

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return self._places.size

    def digest_at(self, offset: int) -> Digest | None:
        """As :meth:`explorer.sources.indexed.Contents.digest_at`."""
        return self._places.digest_at(offset)

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.blobs.access.RandomAccess.read_at`."""
        out: list[bytes] = []
        at, stop = offset, min(offset + size, self.size)
        while at < stop:
            chunk = self._places.chunk_at(at)
            if chunk is None:
                raise DamagedImage(
                    "The content cannot be read", why="the table of contents leaves a part out"
                )
            inside = at - chunk.place
            wanted = min(chunk.size - inside, stop - at)
            out.append(self._part(chunk, inside, wanted))
            at += wanted
        return b"".join(out)

    def _part(self, chunk: Chunk, start: int, size: int) -> bytes:
        if chunk.zeros:
            return bytes(size)
        with self._lock:
            data = self._held.get(chunk.place)
            if data is None:
                data = self._chunk(chunk)
                self._hold(chunk.place, data)
            else:
                self._held.move_to_end(chunk.place)
        return data[start : start + size]

    def _hold(self, place: int, data: bytes) -> None:
        self._held[place] = data
        self._held_size += len(data)
        while self._held_size > _IN_MEMORY and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self._held_size -= len(gone)

    def _chunk(self, chunk: Chunk) -> bytes:
        if chunk.digest is None:
            raise DamagedImage(
                "The content cannot be verified",
                why="the table of contents states no digest for it",
                hint="Pull the image to read it",
            )
        known = self._pieces.get(chunk.digest)
        if known is not None and len(known) == chunk.size:
            return known
        stored = self._stored(chunk)
        data = self._plain(chunk, stored)
        chunk.digest.verify(data, "A part of a file in a registry")
        if len(data) != chunk.size:
            raise damaged(f"a part of a file has {len(data):,} bytes, not {chunk.size:,}")
        self._pieces.put(chunk.digest, data)
        return data

    def _stored(self, chunk: Chunk) -> bytes:
        """The stretch of the blob that holds a chunk, from the last answer where it is in there."""
        size = chunk.end - chunk.stored
        if size < 0 or max(size, chunk.inner + chunk.size) > MAX_CHUNK:
            raise LimitExceeded(
                "The content is not fetched alone",
                why=f"the table of contents has a part of {max(size, chunk.size):,} bytes",
                hint="Pull the image to read it",
            )
        at = chunk.stored - self._window_at
        if at >= 0 and at + size <= len(self._window):
            return self._window[at : at + size]
        near = bool(self._window) and 0 <= at <= len(self._window) + _NEAR
        self._ahead = min(max(2 * self._ahead, size, 1 << 16), _MOST_AHEAD) if near else 0
        wanted = min(max(size, self._ahead), self._blob.size - chunk.stored)
        self._window = self._blob.part(chunk.stored, max(wanted, size), Job())
        self._window_at = chunk.stored
        return self._window[:size]

    def _plain(self, chunk: Chunk, stored: bytes) -> bytes:
        out = bytearray()
        stop = chunk.inner + chunk.size
        for piece in plain_chunks(InMemory(stored), self._compression):
            out += piece
            if len(out) >= stop:
                break
        return bytes(out[chunk.inner : stop])
