"""A stack of layers as one filesystem: what each layer shows, changes and costs.

The rules are those of the OCI image specification ("Image Layer Filesystem Changeset") as
overlayfs applies them. The stack is replayed once, lowest layer first; for each layer only the
nodes whose provider changes are kept, so that any state is a few slice copies away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.filesystem.arrays import distinct
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.providers import NOTHING, Contents, Providers
from explorer.filesystem.union import unite
from explorer.progress import Job

__all__ = ["NOTHING", "Contents", "Delta", "LayerEffect", "Marks", "Providers", "Stack"]


_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class LayerEffect:
    """What one layer does to the filesystem below it. Bytes are logical sizes of regular files.

    ``contribution`` is what it adds to the merged filesystem (negative where it deletes more),
    ``cumulative`` the merged filesystem so far; an inode with several names counts once.
    """

    added: int
    modified: int
    removed: int
    contribution: int
    cumulative: int


@dataclass(frozen=True, slots=True, eq=False)
class Delta:
    """The nodes whose provider a layer changes, rising, with the provider before and after."""

    nodes: Array
    before: Array
    after: Array


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The whiteouts and opaque marks of one layer, as nodes, rising."""

    whiteouts: Array
    opaques: Array


class Stack(Providers):
    """The merged filesystem of a stack of layers, as of each of them."""

    def __init__(
        self,
        layers: Sequence[LayerIndex | None],
        contents: Contents | None = None,
        job: Job | None = None,
    ) -> None:
        super().__init__(layers, unite(tuple(layers)), contents)
        self.problems: list[str] = []
        self.deltas: list[Delta] = []
        self.marks: list[Marks] = []
        self.effects: list[LayerEffect] = []
        self._replay(job or Job())

    # -- the replay ---------------------------------------------------------------------------

    def nothing_visible(self) -> Array:
        """The providers of all nodes below the lowest layer: nothing but a root."""
        total = int(self.starts[-1]) + len(self.layers)
        visible = np.full(len(self.trie), NOTHING, np.int32 if total < 2**31 else np.int64)
        visible[0] = self.starts[-1]
        return visible

    def _replay(self, job: Job) -> None:
        visible = self.nothing_visible()
        names = np.zeros(int(self.starts[-1]), np.int32)  # how many paths show each inode
        cumulative = 0
        for number, layer in enumerate(self.layers):
            job.check()
            before = visible.copy()
            marks = Marks(np.empty(0, np.uint32), np.empty(0, np.uint32))
            if layer is not None:
                marks = self._apply(number, layer, visible)
            self.marks.append(marks)
            nodes = np.flatnonzero(visible != before).astype(np.uint32)
            delta = Delta(nodes, before[nodes], visible[nodes])
            self.deltas.append(delta)
            change = self._bytes_changed(delta, names)
            cumulative += change
            self.effects.append(self._effect(delta, change, cumulative))

    def _apply(self, number: int, layer: LayerIndex, visible: Array) -> Marks:
        """Put one layer on top of what is visible."""
        placed, end = self.trie.placed[number], self.trie.end
        live = np.flatnonzero(layer.live).astype(np.uint32)
        kinds, nodes = layer.type[live], placed[layer.node[live]]
        real = kinds < EntryType.WHITEOUT
        self._bind(number, layer, visible)
        whiteouts = np.sort(nodes[kinds == EntryType.WHITEOUT])
        opaques = np.sort(nodes[kinds == EntryType.OPAQUE])
        for node in whiteouts.tolist():
            visible[node : end[node]] = NOTHING
        for node in opaques.tolist():
            visible[node + 1 : end[node]] = NOTHING
        for node in self._passing(layer, placed):
            visible[node : end[node]] = NOTHING
        opaque = live[kinds == EntryType.OPAQUE]
        if not real.all():
            live, nodes, kinds = live[real], nodes[real], kinds[real]
        for node in self._covering(nodes, kinds):
            visible[node + 1 : end[node]] = NOTHING
        self._imply(number, layer, visible, live, opaque)
        for low in range(0, len(nodes), _PIECE):
            part = slice(low, low + _PIECE)
            visible[nodes[part]] = live[part] + self.starts[number]
        return Marks(whiteouts.astype(np.uint32), opaques.astype(np.uint32))

    def _covering(self, nodes: Array, kinds: Array) -> Iterator[int]:
        """The nodes of anything but directories that have others below them, from lower layers."""
        for low in range(0, len(nodes), _PIECE):
            part = nodes[low : low + _PIECE]
            hides = (kinds[low : low + _PIECE] != EntryType.DIR) & (self.trie.end[part] > part + 1)
            yield from part[hides].tolist()

    @staticmethod
    def _passing(layer: LayerIndex, placed: Array) -> list[int]:
        """Where a layer put something in place of a directory, and then replaced that too."""
        passing = ~layer.live & (layer.type != EntryType.DIR) & (layer.type < EntryType.WHITEOUT)
        nodes: list[int] = distinct(placed[layer.node[passing]]).tolist()
        return nodes

    def _imply(
        self, number: int, layer: LayerIndex, visible: Array, entries: Array, opaques: Array
    ) -> None:
        """Directories that the layer names only as part of a path."""
        own = np.zeros(layer.node_count, bool)
        own[layer.node[entries]] = True
        needed = own.copy()
        needed[layer.node[opaques]] = True
        above = np.zeros(layer.node_count, bool)
        above[layer.parent[needed]] = True
        while (fresh := above & ~needed).any():
            needed |= fresh
            above[layer.parent[fresh]] = True
        nodes = self.trie.placed[number][needed & ~own]
        nodes = nodes[~self._is_dir(visible[nodes])]
        visible[nodes] = self.starts[-1] + number

    def _is_dir(self, providers: Array) -> Array:
        present = providers != NOTHING
        out = np.zeros(len(providers), bool)
        out[present] = self.column("type", providers[present]) == EntryType.DIR
        return out

    def _bind(self, number: int, layer: LayerIndex, visible: Array) -> None:
        """Bind this layer's hard links to their inodes, in its own entries or in lower layers."""
        rows = layer.link_entry
        hard = np.flatnonzero(layer.type[rows] == EntryType.HARDLINK)
        start = int(self.starts[number])
        for row in hard.tolist():
            entry, target = int(rows[row]), int(layer.link_target[row])
            if target >= 0:
                inode = self.inode(start + target)
            else:
                inode = self._lower_inode(layer, entry, visible)
            self.bound[start + entry] = inode

    def _lower_inode(self, layer: LayerIndex, entry: int, visible: Array) -> int:
        path = layer.link_of(entry) or b""
        node = self.trie.find(path)
        provider = int(visible[node]) if node is not None else NOTHING
        if provider == NOTHING:
            self.problems.append(f"a hard link to {path[:80]!r} has no target")
            return NOTHING
        return self.inode(provider)

    def _bytes_changed(self, delta: Delta, names: Array) -> int:
        """How many bytes of content appear, less those that vanish, by one layer.

        An inode counts while any path shows it. In pieces, for a layer can have a million paths.
        """
        change = 0
        for low in range(0, len(delta.nodes), _PIECE):
            gone = self._content_inodes(delta.before[low : low + _PIECE])
            np.subtract.at(names, gone, 1)
            lost = distinct(gone)
            change -= int(self.column("size", lost[names[lost] == 0]).sum())
        for low in range(0, len(delta.nodes), _PIECE):
            come = self._content_inodes(delta.after[low : low + _PIECE])
            new = distinct(come)
            change += int(self.column("size", new[names[new] == 0]).sum())
            np.add.at(names, come, 1)
        return change

    def _content_inodes(self, providers: Array) -> Array:
        chosen = providers[(providers != NOTHING) & (providers < self.starts[-1])]
        inodes = self.inodes(chosen)
        inodes = inodes[inodes != NOTHING]
        files: Array = inodes[self.column("type", inodes) == EntryType.FILE]
        return files

    def _effect(self, delta: Delta, change: int, cumulative: int) -> LayerEffect:
        had, has = delta.before != NOTHING, delta.after != NOTHING
        both = np.flatnonzero(had & has)
        modified = self.differs(delta.before[both], delta.after[both])
        return LayerEffect(
            added=int((~had & has).sum()),
            modified=int(modified.sum()),
            removed=int((had & ~has).sum()),
            contribution=change,
            cumulative=cumulative,
        )
