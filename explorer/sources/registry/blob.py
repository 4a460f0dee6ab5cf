"""A layer that lies in a registry: fetched in parts, or as it streams by."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from explorer.blobs.compression import Compression
from explorer.errors import DamagedImage, Refused
from explorer.oci import Descriptor, Digest, media
from explorer.progress import Job

if TYPE_CHECKING:  # an image that is here must not wait for what speaks to registries
    from explorer.sources.registry.repository import Repository

_ONWARD: Final = 1 << 16  # bytes; who asks for so many at the start will want the rest

_COMPRESSIONS: Final[dict[str | None, Compression]] = {
    "gzip": "gzip",
    "zstd": "zstd",
    "xz": "xz",
    "bzip2": "bzip2",
}


class NoRanges(Refused):
    """The registry sends all of a blob where a part was wanted."""


class Stream:
    """The bytes of a blob as they come, readable onward only; verified at their end.

    What it raises at its end is in ``failure``, too: a reader in between may have put it into words
    of its own.
    """

    def __init__(self, pieces: Iterator[bytes], size: int) -> None:
        self._pieces = pieces
        self._data = b""
        self.size = size
        self.at = 0
        self.failure: DamagedImage | None = None

    def head(self, size: int) -> bytes:
        """The first bytes; they are read again after it."""
        while len(self._data) < size and self._pull():
            pass
        return self._data[:size]

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.blobs.access.RandomAccess.read_at`, for rising offsets."""
        assert offset == self.at, "a stream is read in order"
        if not self._data and not self._pull():
            return b""
        data, self._data = self._data[:size], self._data[size:]
        self.at += len(data)
        return data

    def _pull(self) -> bool:
        try:
            piece = next(self._pieces, b"")
        except DamagedImage as error:
            self.failure = error
            raise
        self._data += piece
        return bool(piece)

    def close(self) -> None:
        """Let go of the connection."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


class RemoteBlob:
    """Random access to a blob of a repository.

    Whoever reads it in order, from its start, has one request and content that is verified at its
    end; anything else is a request for a part, which no digest covers.
    """

    def __init__(self, repository: Repository, descriptor: Descriptor) -> None:
        self.repository = repository
        self.descriptor = descriptor
        self._lock = threading.Lock()
        self._onward: Stream | None = None

    @property
    def size(self) -> int:
        """Bytes, as the manifest says; a stream of another length is an error."""
        return self.descriptor.size

    @property
    def digest(self) -> Digest:
        """What all of it hashes to."""
        return self.descriptor.digest

    @property
    def annotations(self) -> Mapping[str, str]:
        """What the manifest says about it."""
        return self.descriptor.annotations

    @property
    def stated_compression(self) -> Compression:
        """What the media type claims: the content itself is not here to be looked at."""
        return _COMPRESSIONS.get(media.compression_of(self.descriptor.media_type), "none")

    def stream(self, job: Job) -> Stream:
        """All of it, from its start."""
        return Stream(self.repository.stream(self.descriptor, job), self.size)

    def part(self, start: int, size: int, job: Job) -> bytes:
        """A part; raises as :meth:`Repository.part`, :class:`DamagedImage` beyond the end."""
        if not 0 <= start <= start + size <= self.size:
            raise DamagedImage(
                "A table of contents is malformed", why="it leads out of its own layer"
            )
        return self.repository.part(self.digest, start, size, job) if size else b""

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.blobs.access.RandomAccess.read_at`."""
        with self._lock:
            if self._onward is not None and self._onward.at == offset:
                return self._read_on(self._onward, size)
            if offset == 0 and size >= min(_ONWARD, self.size):
                self.close_stream()
                self._onward = self.stream(Job())
                return self._read_on(self._onward, size)
        wanted = min(size, self.size - offset)
        return self.part(offset, wanted, Job()) if wanted > 0 else b""

    def _read_on(self, stream: Stream, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = stream.read_at(stream.at, size - len(data))
            if not more:
                self._onward = None
                break
            data += more
        return data

    def close_stream(self) -> None:
        """Let go of what was read in order so far."""
        if self._onward is not None:
            self._onward.close()
            self._onward = None
