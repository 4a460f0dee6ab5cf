"""From a selection to a layer: the columns of its index, and its content, read where it lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from explorer.build.files.nodes import Nodes
from explorer.build.files.pieces import Piece, Selection
from explorer.build.files.reading import Contents
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex

_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """A layer that is foretold: its index, and the tar that its offsets point into.

    ``contents`` is laid out as that tar would be, without headers; ``size`` is the tar's in bytes.
    """

    index: LayerIndex
    contents: Contents
    size: int


def assemble(selection: Selection) -> Assembled:
    """Make a layer of what an instruction writes."""
    draft = _Draft()
    draft.add_made(selection)
    for piece in selection.pieces:
        if len(piece):
            draft.add(piece)
    return draft.finish()


@dataclass(slots=True)
class _Draft:
    nodes: Nodes = field(default_factory=Nodes)
    columns: list[dict[str, Array]] = field(default_factory=list)
    links: list[tuple[int, bytes, int]] = field(default_factory=list)
    xattrs: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    devices: dict[int, tuple[int, int]] = field(default_factory=dict)
    pieces: list[tuple[int, Piece]] = field(default_factory=list)
    count: int = 0

    def add_made(self, selection: Selection) -> None:
        """Directories, an entry each."""
        made = selection.made
        self.columns.append(
            {
                "node": np.array([self.nodes.at(each.path) for each in made], np.int64),
                "type": np.full(len(made), EntryType.DIR, np.int64),
                "mode": np.array([each.mode for each in made], np.int64),
                "uid": np.array([each.uid for each in made], np.int64),
                "gid": np.array([each.gid for each in made], np.int64),
                "size": np.zeros(len(made), np.int64),
                "mtime": np.array([each.mtime_ns for each in made], np.int64),
            }
        )
        self.count += len(made)

    def add(self, piece: Piece) -> None:
        """The rows of a piece, an entry each."""
        branch, rows, start = piece.branch, piece.rows, self.count
        types = branch.types[rows].astype(np.int64)
        size = branch.size[rows].astype(np.int64)
        for place, first in _repeated(rows, branch.inode[rows], types):
            types[place], size[place] = EntryType.HARDLINK, 0
            target = _path(piece, int(rows[first])).lstrip(b"/")
            self.links.append((start + place, target, start + first))
        special = np.flatnonzero((types != EntryType.FILE) & (types != EntryType.DIR)).tolist()
        for place in special:
            row = int(rows[place])
            if types[place] == EntryType.SYMLINK:
                self.links.append((start + place, branch.links.get(row, b""), -1))
            if row in branch.devices:
                self.devices[start + place] = branch.devices[row]
        if branch.xattrs:
            places = {row: place for place, row in enumerate(rows.tolist())}
            for row, values in branch.xattrs.items():
                if row in places:
                    self.xattrs[start + places[row]] = dict(values)
        self.columns.append(
            {
                "node": self.nodes.graft(piece.target, branch, rows),
                "type": types,
                "mode": piece.mode & 0o7777,
                "uid": piece.uid,
                "gid": piece.gid,
                "size": size,
                "mtime": branch.mtime[rows],
            }
        )
        self.pieces.append((start, piece))
        self.count += len(rows)

    def finish(self) -> Assembled:
        """All columns of the layer's index."""
        names = ("node", "type", "mode", "uid", "gid", "size", "mtime")
        columns = {name: np.concatenate([c[name] for c in self.columns]) for name in names}
        parent, name_at, text, moved = self.nodes.finish()
        columns["node"] = moved[columns["node"]]
        stored = (columns["size"] + _BLOCK - 1) // _BLOCK * _BLOCK + _BLOCK
        ends = np.cumsum(stored)
        length = (int(ends[-1]) if len(ends) else 0) + 2 * _BLOCK
        self.links.sort()
        entries, targets, bound = zip(*self.links, strict=True) if self.links else ((), (), ())
        whole = {
            "parent": parent.astype(np.uint32),
            "name_at": name_at.astype(np.uint32),
            "names": text,
            "node": columns["node"].astype(np.uint32),
            "type": columns["type"].astype(np.uint8),
            "mode": columns["mode"].astype(np.uint16),
            "uid": columns["uid"].astype(np.uint32),
            "gid": columns["gid"].astype(np.uint32),
            "size": columns["size"].astype(np.int64),
            "mtime": columns["mtime"].astype(np.int64),
            "offset": ends - stored + _BLOCK,
            "live": _live(columns["node"], columns["type"], parent),
            "link_entry": np.array(entries, np.uint32),
            "link_at": _starts(targets),
            "link_target": np.array(bound, np.int32),
            "fingerprint": np.empty(0, np.uint64),
            "links": np.frombuffer(b"".join(targets), np.uint8),
        }
        index = LayerIndex(whole, length, self.xattrs, self.devices)
        return Assembled(index, Contents(index, tuple(self.pieces), length), length)


def _starts(texts: Iterable[bytes]) -> Array:
    return np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.uint32)


def _path(piece: Piece, row: int) -> bytes:
    below = piece.branch.below(row)
    return piece.target.rstrip(b"/") + b"/" + below if below else piece.target


def _repeated(rows: Array, inodes: Array, types: Array) -> list[tuple[int, int]]:
    """The places of further names of an inode, each with that of its first."""
    if (inodes == rows).all():
        return []
    files = np.flatnonzero(types == EntryType.FILE)
    own = inodes[files]
    _, first, which = np.unique(own, return_index=True, return_inverse=True)
    firsts = files[first[which]]
    again = np.flatnonzero(firsts != files)
    return list(zip(files[again].tolist(), firsts[again].tolist(), strict=True))


def _live(nodes: Array, types: Array, parent: Array) -> Array:
    """Which entries nothing later in the layer replaces, at their path or above it."""
    last = np.zeros(len(parent), np.int64)
    last[nodes] = np.arange(len(nodes))  # of several entries of a node the last is kept
    live: Array = last[nodes] == np.arange(len(nodes))
    blocked = np.zeros(len(parent), bool)
    leaves = nodes[live & (types != EntryType.DIR)]
    is_parent = np.zeros(len(parent), bool)
    is_parent[parent[1:]] = True
    blocked[leaves[is_parent[leaves]]] = True
    if blocked.any():
        for node in range(1, len(parent)):
            above = parent[node]
            if blocked[above]:
                blocked[node] = True
                live[nodes == node] = False
    return live


__all__ = ["Assembled", "assemble"]
