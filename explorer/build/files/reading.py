"""The content of a layer that is foretold, read from where its files lie."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np

from explorer.analysis.content import FileContent
from explorer.build.files.pieces import Piece
from explorer.errors import DamagedImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import display

_HELD = 32  # contents that are kept open


class Contents:
    """A tar that does not exist: bytes are asked of the trees when they are read.

    Headers and padding read as zeros. Raises, on reading, what
    :meth:`explorer.build.tree.Tree.content` raises.
    """

    def __init__(self, index: LayerIndex, pieces: tuple[tuple[int, Piece], ...], size: int) -> None:
        self._index = index
        self._pieces = pieces
        self._starts = [start for start, _ in pieces]
        self._size = size
        self._held: OrderedDict[int, FileContent] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The length of the tar in bytes."""
        return self._size

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.blobs.access.RandomAccess.read_at`."""
        wanted = max(0, min(size, self._size - offset))
        out = bytearray(wanted)
        offsets, sizes = self._index.offset, self._index.size
        entry = max(0, int(np.searchsorted(offsets, offset, side="right")) - 1)
        while wanted and entry < len(offsets) and offsets[entry] < offset + wanted:
            start, length = int(offsets[entry]), int(sizes[entry])
            low, high = max(start, offset), min(start + length, offset + wanted)
            if low < high and self._index.type[entry] == EntryType.FILE:
                data = self.content(entry).read_at(low - start, high - low)
                out[low - offset : low - offset + len(data)] = data
            entry += 1
        return bytes(out)

    def content(self, entry: int) -> FileContent:
        """The content of the file that an entry is."""
        with self._lock:
            found = self._held.pop(entry, None)
            if found is None:
                place = int(np.searchsorted(self._starts, entry, side="right")) - 1
                start, piece = self._pieces[place]
                row = int(piece.branch.inode[int(piece.rows[entry - start])])
                path = piece.branch.path_of(row)
                found = piece.tree.content(path)
                if found.size != self._index.size_of(entry):
                    raise DamagedImage(
                        f"{display(path)} is no longer what it was",
                        why=f"it changed in {piece.tree.title} after that was looked at",
                        hint="Refresh the preview",
                    )
            self._held[entry] = found
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return found
