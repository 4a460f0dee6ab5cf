"""All entries of a folder in columns, in preorder, siblings by the bytes of their names.

A subtree is a slice. What is kept of the structure is the depth of each row, which stays right
however slices are cut out and put together; parents and ends follow from it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

import numpy as np

from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array

FIELDS: Final = (
    *("depth", "type", "mode", "size", "mtime", "ctime", "inode", "device", "links", "name"),
)
"""What one row of a scan holds, in order; ``name`` is the length of the name in bytes."""

_T = TypeVar("_T")
_KINDS: Final = {"depth": np.uint16, "type": np.uint8, "mode": np.uint16, "links": np.uint32}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows as they are cut and joined: one array a field, the names in one piece.

    ``targets`` are those of symlinks, and ``devices`` the numbers of device files, by row.
    """

    fields: Mapping[str, Array]
    names: bytes
    targets: Mapping[int, bytes]
    devices: Mapping[int, tuple[int, int]]

    @classmethod
    def of(
        cls,
        rows: array[int],
        names: bytes,
        targets: Mapping[int, bytes],
        devices: Mapping[int, tuple[int, int]],
    ) -> Columns:
        """Take rows that follow each other field by field."""
        table = np.frombuffer(rows, np.int64).reshape(-1, len(FIELDS))
        fields = {
            name: np.ascontiguousarray(table[:, place], _KINDS.get(name, np.int64))
            for place, name in enumerate(FIELDS)
        }
        return cls(fields, names, dict(targets), dict(devices))

    @classmethod
    def joined(cls, pieces: Sequence[Columns]) -> Columns:
        """Pieces one after another."""
        if len(pieces) == 1:
            return pieces[0]
        fields = {name: np.concatenate([piece.fields[name] for piece in pieces]) for name in FIELDS}
        targets: dict[int, bytes] = {}
        devices: dict[int, tuple[int, int]] = {}
        at = 0
        for piece in pieces:
            targets.update((at + row, target) for row, target in piece.targets.items())
            devices.update((at + row, device) for row, device in piece.devices.items())
            at += len(piece)
        return cls(fields, b"".join(piece.names for piece in pieces), targets, devices)

    def __len__(self) -> int:
        return len(self.fields["depth"])


class Entries:
    """The entries of a folder; row 0 is the folder itself, whose name is empty.

    ``mtime`` and ``ctime`` are in nanoseconds; ``mode`` has the twelve permission bits; ``device``
    is the filesystem's, ``links`` the number of names of the inode.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        fields = columns.fields
        self.depth: Array = fields["depth"]
        self.type: Array = fields["type"]
        self.mode: Array = fields["mode"]
        self.size: Array = fields["size"]
        self.mtime: Array = fields["mtime"]
        self.ctime: Array = fields["ctime"]
        self.inode: Array = fields["inode"]
        self.device: Array = fields["device"]
        self.links: Array = fields["links"]
        self.name_at: Array = np.concatenate(([0], np.cumsum(fields["name"])))
        self.names = columns.names
        self.targets = columns.targets
        self.devices = columns.devices
        self._last: tuple[bytes, int | None] = (b"", 0)

    def __len__(self) -> int:
        return len(self.depth)

    @cached_property
    def parent(self) -> Array:
        """The row of each row's directory; row 0 is its own."""
        parent = np.zeros(len(self), np.int64)
        above = np.flatnonzero(self.depth == 0)
        for depth in range(1, int(self.depth.max(initial=0)) + 1):
            here = np.flatnonzero(self.depth == depth)
            parent[here] = above[np.searchsorted(above, here) - 1]
            above = here
        return parent

    @cached_property
    def end(self) -> Array:
        """The row after the last one of each row's subtree."""
        count = np.ones(len(self), np.int64)
        parent = self.parent
        for depth in range(int(self.depth.max(initial=0)), 0, -1):
            here = np.flatnonzero(self.depth == depth)
            count += np.bincount(parent[here], count[here], len(self)).astype(np.int64)
        return np.arange(len(self)) + count

    @cached_property
    def _children(self) -> tuple[Array, Array]:
        """All rows but the first ordered by parent, and where each parent's begin."""
        rows = np.argsort(self.parent[1:], kind="stable") + 1
        starts = np.searchsorted(self.parent[rows], np.arange(len(self) + 1))
        return rows, starts

    def children(self, row: int) -> Array:
        """The rows in a directory, in the order of their names."""
        rows, starts = self._children
        return rows[starts[row] : starts[row + 1]]

    def name(self, row: int) -> bytes:
        """The last component of a row's path."""
        return self.names[self.name_at[row] : self.name_at[row + 1]]

    def path(self, row: int) -> bytes:
        """The path of a row relative to the folder, without a leading slash."""
        parts: list[bytes] = []
        while row:
            parts.append(self.name(row))
            row = int(self.parent[row])
        return b"/".join(reversed(parts))

    def child(self, row: int, name: bytes) -> int | None:
        """The row of a name in a directory."""
        rows = self.children(row)
        place = bisect_left(rows, name, key=lambda child: self.name(int(child)))
        if place == len(rows) or self.name(int(rows[place])) != name:
            return None
        return int(rows[place])

    def find(self, path: bytes) -> int | None:
        """The row of a path; symlinks are not followed."""
        above, slash, name = path.rpartition(b"/")
        if not slash or not name:
            return self._find(path)
        known, row = self._last
        if known != above:  # who asks for one file often asks for its neighbours next
            row = self._find(above)
            self._last = above, row
        return None if row is None else self.child(row, name)

    def _find(self, path: bytes) -> int | None:
        row: int | None = 0
        for part in path.split(b"/"):
            if part and row is not None:
                row = self.child(row, part)
        return row

    @cached_property
    def sizes(self) -> Array:
        """Bytes of the regular files in each row's subtree."""
        files = np.where(self.type == EntryType.FILE, self.size, 0)
        sums = np.concatenate(([0], np.cumsum(files)))
        return sums[self.end] - sums[:-1]

    @cached_property
    def counts(self) -> Array:
        """Entries in each row's subtree but directories."""
        sums = np.concatenate(([0], np.cumsum(self.type != EntryType.DIR)))
        return sums[self.end] - sums[:-1]

    @cached_property
    def first_name(self) -> Array:
        """The first row that shares each row's inode: itself but for hard links."""
        first = np.arange(len(self))
        linked = np.flatnonzero((self.links > 1) & (self.type == EntryType.FILE))
        if len(linked):
            keys = np.stack([self.device[linked], self.inode[linked]], axis=1)
            _, starts, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
            first[linked] = linked[starts[which.reshape(-1)]]
        return first

    def slice(self, start: int, stop: int) -> Columns:
        """Some rows, to be joined with others."""
        fields = {name: values[start:stop] for name, values in self.columns.fields.items()}
        return Columns(
            fields,
            self.names[self.name_at[start] : self.name_at[stop]],
            _within(self.targets, start, stop),
            _within(self.devices, start, stop),
        )


def _within(found: Mapping[int, _T], start: int, stop: int) -> dict[int, _T]:
    return {row - start: value for row, value in found.items() if start <= row < stop}
