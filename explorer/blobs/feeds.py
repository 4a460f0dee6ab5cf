"""Feeds for the indexer: a plain tar that can be read anywhere, or one that streams by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import xxhash

from explorer.blobs.access import RandomAccess
from explorer.progress import Job

_SMALLEST, _LARGEST = 1 << 11, 1 << 16


class FileFeed:
    """A plain tar with random access: only its headers are read.

    How much is read at once follows what is found: much where small files lie close together,
    little where the next header is far away.
    """

    digest: Callable[[bytes | memoryview], bytes] | None = None

    def __init__(self, access: RandomAccess, job: Job | None = None) -> None:
        self._access = access
        self._job = job or Job()
        self._reach = 1 << 14
        self._last = 0
        self.told = 0  # bytes of progress so far

    def window(self, offset: int, want: int = 512) -> bytes:
        """As :meth:`explorer.filesystem.indexer.Feed.window`."""
        if offset - self._last <= self._reach:
            self._reach = min(2 * self._reach, _LARGEST)
        else:
            self._reach = max(self._reach // 4, _SMALLEST)
        self._last = offset + self._reach
        if offset - self.told > 1 << 22:
            self._job.advance(offset - self.told)
            self.told = offset
        return self._access.read_at(offset, max(want, self._reach))

    def fingerprint(self, offset: int, size: int) -> bytes:
        """Never asked for: content is not read."""
        raise NotImplementedError

    def end(self, offset: int) -> int:
        """As :meth:`explorer.filesystem.indexer.Feed.end`."""
        return min(offset, self._access.size)


class StreamFeed:
    """A plain tar that comes in chunks; the content that passes by is fingerprinted."""

    def __init__(self, chunks: Iterator[bytes], seed: int) -> None:
        self._chunks = chunks
        self._chunk = b""
        self._base = 0
        self._seed = seed
        self.total = 0

    @property
    def digest(self) -> Callable[[bytes | memoryview], bytes]:
        """Keyed XXH3 with 128 bits: at the speed of memory, and not to be planned from outside."""
        return partial(xxhash.xxh3_128_digest, seed=self._seed)

    def window(self, offset: int, want: int = 512) -> bytes:
        """As :meth:`explorer.filesystem.indexer.Feed.window`."""
        self._seek(offset)
        data = self._chunk[offset - self._base :] if offset > self._base else self._chunk
        if len(data) < want:
            parts = [data]
            have = len(data)
            while have < want and self._pull():
                parts.append(self._chunk)
                have += len(self._chunk)
            data = b"".join(parts)
        self._chunk, self._base = data, offset
        return data

    def fingerprint(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.filesystem.indexer.Feed.fingerprint`."""
        hasher = xxhash.xxh3_128(seed=self._seed)
        while size > 0:
            self._seek(offset)
            start = offset - self._base
            piece = memoryview(self._chunk)[start : start + size]
            if not piece:
                break
            hasher.update(piece)
            offset += len(piece)
            size -= len(piece)
        return hasher.digest()

    def end(self, offset: int) -> int:
        """As :meth:`explorer.filesystem.indexer.Feed.end`."""
        while self.total < offset and self._pull():
            pass
        return min(offset, self.total)

    def drain(self) -> int:
        """Read what is left; returns the length of the whole stream in bytes."""
        while self._pull():
            pass
        return self.total

    def _seek(self, offset: int) -> None:
        while offset >= self._base + len(self._chunk):
            if not self._pull():
                self._base, self._chunk = offset, b""
                return

    def _pull(self) -> bool:
        chunk = next(self._chunks, b"")
        if not chunk:
            return False
        self._base += len(self._chunk)
        self._chunk = chunk
        self.total += len(chunk)
        return True
