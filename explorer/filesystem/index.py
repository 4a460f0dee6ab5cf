"""The index of one layer: every entry of its tar, in columns.

A layer of a million entries costs some 80 MB this way, where objects would cost a gigabyte.
Paths are kept as a trie: a node is a name below another node, node 0 the root, and a parent's
number is always smaller than its children's. An entry belongs to a node; a node without entry is
a directory that the tar only implies. A node can hold three entries: what stands there, a whiteout
of what stood there in lower layers, and an opaque mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.filesystem.entry import Entry, EntryType

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SparseMap:
    """Where the data of a sparse file lies: ``(logical offset, length)`` runs, stored in order.

    ``data`` is the offset of the first stored byte in the plain tar.
    """

    data: int
    runs: tuple[tuple[int, int], ...]

    @property
    def stored(self) -> int:
        """Bytes of data in the tar."""
        return sum(length for _, length in self.runs)


COLUMNS: dict[str, str] = {
    # nodes
    "parent": "u4",
    "name_at": "u4",  # one more than there are nodes: name i is names[name_at[i]:name_at[i + 1]]
    # entries, in the order of the tar
    "node": "u4",
    "type": "u1",
    "mode": "u2",
    "uid": "u4",
    "gid": "u4",
    "size": "i8",
    "mtime": "i8",  # nanoseconds
    "offset": "i8",  # of the content in the plain tar
    "live": "?",  # False where a later entry of the same layer replaces this one
    # entries with a link target, in the order of the tar
    "link_entry": "u4",
    "link_at": "u4",  # one more than there are links
    "link_target": "i4",  # the entry of this layer a hard link binds to, or -1
    "fingerprint": "u8",  # two numbers an entry; empty if content was not read
    "names": "u1",
    "links": "u1",
}


@dataclass(frozen=True, slots=True, eq=False)
class LayerIndex:
    """Every entry of one layer. Shapes are given in :data:`COLUMNS`.

    ``length`` is the length of the plain tar in bytes as far as it was read; ``damage`` says why
    reading stopped early, and is empty for a whole layer; ``problems`` are remarks on entries that
    no unpacker would take as they stand.
    """

    columns: Mapping[str, Array]
    length: int
    xattrs: Mapping[int, Mapping[bytes, bytes]] = field(default_factory=dict)
    devices: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    sparse: Mapping[int, SparseMap] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    damage: str = ""

    def __getattr__(self, name: str) -> Array:
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return len(self.columns["type"])

    @property
    def node_count(self) -> int:
        """How many nodes the trie has, the root included."""
        return len(self.columns["parent"])

    @property
    def has_fingerprints(self) -> bool:
        """Whether the content of files was read and fingerprinted."""
        return len(self.columns["fingerprint"]) == 2 * len(self)

    def name(self, node: int) -> bytes:
        """The last component of a node's path."""
        at = self.columns["name_at"]
        return self.columns["names"][at[node] : at[node + 1]].tobytes()

    def path(self, node: int) -> bytes:
        """The absolute path of a node; ``/`` for the root."""
        parts: list[bytes] = []
        parent = self.columns["parent"]
        while node:
            parts.append(self.name(node))
            node = int(parent[node])
        return b"/" + b"/".join(reversed(parts))

    def link_of(self, entry: int) -> bytes | None:
        """The link target of an entry as the tar gives it."""
        row = self._link_row(entry)
        if row < 0:
            return None
        at = self.columns["link_at"]
        return self.columns["links"][at[row] : at[row + 1]].tobytes()

    def bound_entry(self, entry: int) -> int:
        """The entry whose content a hard link shares: in this layer, or -1 for a lower one."""
        row = self._link_row(entry)
        return int(self.columns["link_target"][row]) if row >= 0 else -1

    def _link_row(self, entry: int) -> int:
        rows = self.columns["link_entry"]
        row = int(np.searchsorted(rows, entry))
        return row if row < len(rows) and rows[row] == entry else -1

    def fingerprint(self, entry: int) -> tuple[int, int] | None:
        """The content fingerprint of a regular file, if content was read."""
        if not self.has_fingerprints:
            return None
        marks = self.columns["fingerprint"]
        return int(marks[2 * entry]), int(marks[2 * entry + 1])

    def size_of(self, entry: int) -> int:
        """The logical size of an entry, in bytes."""
        return int(self.columns["size"][entry])

    def stored_of(self, entry: int) -> int:
        """Bytes of content that the tar holds for an entry."""
        sparse = self.sparse.get(entry)
        return sparse.stored if sparse is not None else int(self.columns["size"][entry])

    def entry(self, entry: int, *, layer: int = 0) -> Entry:
        """One entry as a value."""
        columns = self.columns
        kind = EntryType(int(columns["type"][entry]))
        link = self.link_of(entry) if kind in (EntryType.SYMLINK, EntryType.HARDLINK) else None
        return Entry(
            path=self.path(int(columns["node"][entry])),
            type=kind,
            mode=int(columns["mode"][entry]),
            uid=int(columns["uid"][entry]),
            gid=int(columns["gid"][entry]),
            size=int(columns["size"][entry]),
            mtime_ns=int(columns["mtime"][entry]),
            link=link,
            device=self.devices.get(entry),
            xattrs=self.xattrs.get(entry, {}),
            layer=layer,
            stored=self.stored_of(entry),
        )

    @property
    def nbytes(self) -> int:
        """Memory the columns take, in bytes."""
        return sum(column.nbytes for column in self.columns.values())
