"""Reading a stream anywhere without a copy of it, for machines with no room for one."""

from __future__ import annotations

import contextlib
import threading

from explorer.blobs.access import RandomAccess
from explorer.blobs.feeds import StreamFeed
from explorer.errors import StorageFull
from explorer.progress import Job
from explorer.store.spool import Chunks, Spool


class Rewound:
    """Reads a stream onward, and from its start again for what lies behind: slow, but no copy."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self._lock = threading.Lock()
        self._feed: StreamFeed | None = None
        self._at = 0

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(map(len, self._chunks(Job())))

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        with self._lock:
            if self._feed is None or offset < self._at:
                self._feed = StreamFeed(self._chunks(Job()), 0)
            self._at = offset
            return bytes(self._feed.window(offset, size)[:size])


class SpoolOrRewound:
    """A copy in the making that may run out of room; reading then goes on without it."""

    def __init__(self, spool: Spool, chunks: Chunks) -> None:
        self._spool = spool
        self._chunks = chunks
        self._access: RandomAccess = spool

    @property
    def size(self) -> int:
        """All bytes; waits for the end of the stream."""
        try:
            return self._access.size
        except StorageFull:
            return self._without_copy().size

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        try:
            return self._access.read_at(offset, size)
        except StorageFull:
            return self._without_copy().read_at(offset, size)

    def finish(self) -> None:
        """Wait for the copy, if one is being made."""
        with contextlib.suppress(StorageFull):
            self._spool.finish()

    def close(self) -> None:
        """Stop, and leave nothing half-made behind."""
        self._spool.close()

    def _without_copy(self) -> RandomAccess:
        # Another thread may read what has come of the copy: it is closed with the image.
        if self._access is self._spool:
            self._access = Rewound(self._chunks)
        return self._access
