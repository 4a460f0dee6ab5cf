"""The paths of a layer in the making, as the trie its index keeps."""

from __future__ import annotations

import numpy as np

from explorer.build.files.stacked import spread
from explorer.build.tree import Branch
from explorer.filesystem.index import Array
from explorer.filesystem.names import is_below, parent
from explorer.filesystem.trie import child_keys, name_hashes


class Nodes:
    """Grows by single paths and by whole branches; two nodes of one path become one in the end."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {b"/": 0}
        self._parents: list[Array] = [np.zeros(1, np.int64)]
        self._lengths: list[Array] = [np.zeros(1, np.int64)]
        self._names: list[Array] = []
        self._count = 1
        self._grafts: list[bytes] = []

    def at(self, path: bytes) -> int:
        """The node of a path, made with those above it."""
        missing: list[bytes] = []
        while path not in self._known:
            missing.append(path)
            path = parent(path)
        for each in reversed(missing):
            name = each.rpartition(b"/")[2]
            above = np.array([self._known[parent(each)]], np.int64)
            self._known[each] = self._append(above, np.array([len(name)]), _bytes(name))
        return self._known[missing[0] if missing else path]

    def graft(self, target: bytes, branch: Branch, rows: Array) -> Array:
        """The nodes of some rows of a branch whose row 0 is at ``target``."""
        top = self.at(target)
        if len(rows) == 1 and rows[0] == 0:
            return np.array([top], np.int64)
        needed = np.zeros(len(branch), bool)
        needed[rows] = True
        fresh = np.unique(branch.parent[rows])
        while len(fresh := fresh[~needed[fresh]]):
            needed[fresh] = True
            fresh = np.unique(branch.parent[fresh])
        needed[0] = False
        added = np.flatnonzero(needed)
        node_of = np.zeros(len(branch), np.int64)
        node_of[added] = self._count + np.arange(len(added))
        node_of[0] = top
        at = branch.name_at.astype(np.int64)
        lengths = np.diff(at)[added]
        if len(added) == len(branch) - 1:
            text = branch.names[at[1] : at[-1]]
        else:
            text = branch.names[spread(at[added], lengths)]
        self._append(node_of[branch.parent[added]], lengths, text)
        self._grafts.append(target)
        nodes: Array = node_of[rows]
        return nodes

    def _append(self, parents: Array, lengths: Array, names: Array) -> int:
        self._parents.append(parents)
        self._lengths.append(lengths)
        self._names.append(names)
        first = self._count
        self._count += len(parents)
        return first

    def finish(self) -> tuple[Array, Array, Array, Array]:
        """Parents, where names start, names, and what became of each node that was given out."""
        parents = np.concatenate(self._parents)
        lengths = np.concatenate(self._lengths)
        names = np.concatenate(self._names) if self._names else np.empty(0, np.uint8)
        name_at = np.concatenate(([0], np.cumsum(lengths)))
        moved = np.arange(len(parents))
        if self._overlap():
            return _merged(parents, name_at, names)
        return parents, name_at, names, moved

    def _overlap(self) -> bool:
        """Whether a path may have two nodes: two branches meet, or one and a single path."""
        grafts = self._grafts
        if any(is_below(path, graft) for graft in set(grafts) for path in self._known):
            return True
        return len(set(grafts)) < len(grafts)


def _merged(parents: Array, name_at: Array, names: Array) -> tuple[Array, Array, Array, Array]:
    """One node a path: the first of each."""
    hashes = name_hashes(names, name_at)
    leader = np.arange(len(parents))
    level = np.zeros(1, np.int64)
    depth = _depths(parents)
    for deep in range(1, int(depth.max()) + 1):
        level = np.flatnonzero(depth == deep)
        keys = child_keys(leader[parents[level]], hashes[level])
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        leader[level] = level[first[which]]
    keep = leader == np.arange(len(parents))
    moved = (np.cumsum(keep) - 1)[leader]
    kept = np.flatnonzero(keep)
    lengths = np.diff(name_at)[kept]
    text = names[spread(name_at[kept], lengths)]
    return moved[parents[kept]], np.concatenate(([0], np.cumsum(lengths))), text, moved


def _depths(parents: Array) -> Array:
    depth = np.ones(len(parents), np.int64)
    depth[0] = 0
    ancestor = parents
    while ancestor.any():
        depth = depth + depth[ancestor]
        ancestor = ancestor[ancestor]
    return depth


def _bytes(text: bytes) -> Array:
    return np.frombuffer(text, np.uint8)
