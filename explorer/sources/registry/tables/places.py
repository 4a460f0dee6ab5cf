"""Where the content of files lies in a layer with a table of contents."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from explorer.filesystem.index import Array
from explorer.oci import Digest

HASH = 32  # bytes of a SHA-256
_NONE = bytes(HASH)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a file, and the stretch of the blob that it is compressed in.

    It begins ``inner`` bytes into what the blob holds from ``stored`` to ``end``; content is at
    ``place`` in the space that an index's offsets count. Without ``digest`` nothing can vouch for
    it. ``zeros`` are not stored at all.
    """

    place: int
    size: int
    stored: int
    end: int
    inner: int
    digest: Digest | None
    zeros: bool


class Places:
    """Chunks and files, in columns, in rising order of their place."""

    def __init__(self) -> None:
        self.size = 0
        self._columns = {
            name: array("q") for name in ("place", "size", "stored", "end", "inner", "zeros")
        }
        self._hashes = bytearray()
        self._files = array("q")
        self._file_hashes = bytearray()

    def add_file(self, size: int, digest: bytes | None) -> int:
        """Make room for a file; returns its place."""
        place = self.size
        self.size += size
        if size:
            self._files.append(place)
            self._file_hashes += digest or _NONE
        return place

    def add_chunk(
        self,
        place: int,
        size: int,
        stored: int,
        end: int,
        inner: int,
        digest: bytes | None,
        *,
        zeros: bool = False,
    ) -> None:
        """Add a chunk behind all others; ``end`` 0 stands for where the next one begins."""
        row = place, size, stored, end, inner, int(zeros)
        for column, value in zip(self._columns.values(), row, strict=True):
            column.append(value)
        self._hashes += digest or _NONE

    def finish(self, end: int) -> None:
        """Fill in the ends that are not stated; ``end`` is where all files end in the blob."""
        ends = self._columns["end"]
        starts = np.array(self._columns["stored"], np.int64)
        unstated = np.flatnonzero(np.array(ends, np.int64) == 0)
        if not len(unstated):
            return
        # Several small files can share a stretch: the next one is the next that begins later.
        ordered: Array = np.append(np.sort(starts), end)
        following = ordered[np.minimum(np.searchsorted(ordered, starts, "right"), len(starts))]
        for row in unstated.tolist():
            ends[row] = int(following[row])

    # -- looking up ---------------------------------------------------------------------------

    def chunk_at(self, place: int) -> Chunk | None:
        """The chunk that holds a place, or None where none does."""
        row = _last(self._columns["place"], place)
        if row < 0:
            return None
        chunk = self.chunk(row)
        return chunk if place < chunk.place + chunk.size else None

    def chunk(self, row: int) -> Chunk:
        """One chunk."""
        place, size, stored, end, inner, zeros = (c[row] for c in self._columns.values())
        digest = _digest(self._hashes, row)
        return Chunk(place, size, stored, end, inner, digest, bool(zeros))

    def digest_at(self, place: int) -> Digest | None:
        """The digest of the file that begins at a place, where one is stated."""
        row = _last(self._files, place)
        if row < 0 or self._files[row] != place:
            return None
        return _digest(self._file_hashes, row)


def _last(rising: array[int], value: int) -> int:
    """The row of the last number that is not above a value; -1 if all are."""
    return bisect_right(rising, value) - 1


def _digest(hashes: bytearray, row: int) -> Digest | None:
    data = bytes(hashes[row * HASH : (row + 1) * HASH])
    return Digest("sha256", data.hex()) if data != _NONE else None
