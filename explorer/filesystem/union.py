"""All paths of all layers of an image, as one trie.

Nodes are numbered in preorder, siblings by the bytes of their names. So the subtree of a node is
the slice ``node .. end[node]``: hiding it is one slice assignment, its size one difference of a
running sum, and a listing of everything is already in order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.memory import give_back
from explorer.filesystem.names import normalise
from explorer.filesystem.siblings import by_name
from explorer.filesystem.trie import child_keys, name_hashes

_MANY = 100_000  # nodes
_PIECE = 1 << 16
_FEW_NODES, _FEW_LOOKS = 20_000, 1000  # until then, finding a path needs no table of all


@dataclass(slots=True, eq=False)
class UnionTrie:
    """The paths of a stack of layers.

    ``parent`` and ``end`` have one number a node (``uint32``); ``origin_layer`` and ``origin_node``
    say where its name is kept; ``placed[i]`` maps the nodes of layer ``i`` to ours.
    """

    layers: Sequence[LayerIndex | None]
    parent: Array
    end: Array
    origin_layer: Array
    origin_node: Array
    placed: list[Array]
    _keys: tuple[Array, Array] | None = field(default=None, repr=False)
    _looked: int = field(default=0, repr=False)

    def __len__(self) -> int:
        return len(self.parent)

    def name(self, node: int) -> bytes:
        """The last component of a path; empty for the root."""
        if node == 0:
            return b""
        layer: LayerIndex | None = self.layers[int(self.origin_layer[node])]
        assert layer is not None
        return layer.name(int(self.origin_node[node]))

    def path(self, node: int) -> bytes:
        """The absolute path of a node."""
        parts: list[bytes] = []
        while node:
            parts.append(self.name(node))
            node = int(self.parent[node])
        return b"/" + b"/".join(reversed(parts))

    def paths(self, nodes: Sequence[int] | Array) -> Iterator[bytes]:
        """The paths of nodes given in rising order; directories in common are spelled once."""
        prefixes: dict[int, bytes] = {0: b""}

        def prefix(node: int) -> bytes:
            known = prefixes.get(node)
            if known is None:
                if len(prefixes) > 10_000:
                    prefixes.clear()
                    prefixes[0] = b""
                known = prefixes[node] = self.path(node)
            return known

        parent = self.parent
        for node in nodes:
            number = int(node)
            if number == 0:
                yield b"/"
            else:
                yield prefix(int(parent[number])) + b"/" + self.name(number)

    def children(self, node: int) -> Iterator[int]:
        """The nodes directly below one, by name."""
        child, stop = node + 1, int(self.end[node])
        while child < stop:
            yield child
            child = int(self.end[child])

    def find(self, path: bytes) -> int | None:
        """The node of a path, or None if no layer has it."""
        node = 0
        relative = normalise(path)[0]
        for part in relative.split(b"/") if relative else ():
            child = self._child(node, part)
            if child is None:
                return None
            node = child
        return node

    def _child(self, node: int, name: bytes) -> int | None:
        if self._keys is None and len(self) > _FEW_NODES:
            self._looked += 1
            if self._looked <= _FEW_LOOKS:
                return self._child_by_looking(node, name)
        return self._child_by_key(node, name)

    def _child_by_looking(self, node: int, name: bytes) -> int | None:
        """Needs nothing made ready: a millisecond where a million nodes lie below."""
        first = node + 1
        children = np.flatnonzero(self.parent[first : self.end[node]] == node)
        place = bisect_left(children, name, key=lambda child: self.name(first + int(child)))
        if place == len(children):
            return None
        found = first + int(children[place])
        return found if self.name(found) == name else None

    def _child_by_key(self, node: int, name: bytes) -> int | None:
        """Microseconds, once every name is hashed: some tenths of a second for a million."""
        if self._keys is None:
            keys = child_keys(self.parent, self._hashes())
            order = np.argsort(keys, kind="stable").astype(np.uint32)
            self._keys = keys[order], order
        keys, order = self._keys
        wanted = child_keys(
            np.array([node], np.uint32), np.array([hash(name)], np.int64).view(np.uint64)
        )[0]
        place = int(np.searchsorted(keys, wanted))
        if place == len(keys) or keys[place] != wanted or (found := int(order[place])) == 0:
            return None
        return found

    def _hashes(self) -> Array:
        hashes = np.zeros(len(self), np.uint64)
        for number, layer in enumerate(self.layers):
            if layer is None:
                continue
            mine = np.flatnonzero(self.origin_layer == number)
            own = name_hashes(layer.names, layer.name_at)
            hashes[mine] = own[self.origin_node[mine]]
        return hashes


def unite(layers: Sequence[LayerIndex | None]) -> UnionTrie:
    """Merge the tries of layers, lowest first; a missing layer (None) adds nothing."""
    counts = [layer.node_count if layer is not None else 1 for layer in layers] or [1]
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    tidy = give_back if starts[-1] > _MANY else _leave
    tidy()
    number, above, first, levels = _breadth_first(layers, starts)
    layer_of, node_of = _origins(starts, first)
    del first
    tidy()
    preorder, end = _preorder(layers, above, levels, layer_of, node_of)
    order = np.empty(len(preorder), np.uint32)
    order[preorder] = np.arange(len(preorder), dtype=np.uint32)
    placed = preorder[number]
    del number
    trie = UnionTrie(
        layers=layers,
        parent=preorder[above[order]],
        end=end,
        origin_layer=layer_of[order],
        origin_node=node_of[order],
        placed=[placed[starts[i] : starts[i + 1]] for i in range(len(layers))],
    )
    del above, preorder, order, layer_of, node_of
    tidy()
    return trie


def _leave() -> None:
    """Leave memory as it is."""


def _origins(starts: Array, nodes: Array) -> tuple[Array, Array]:
    """The layer of each node, and its number there, of nodes counted over all layers."""
    layer_of, node_of = np.empty(len(nodes), np.uint16), np.empty(len(nodes), np.uint32)
    for at in range(0, len(nodes), _PIECE):
        part = nodes[at : at + _PIECE]
        layer = np.searchsorted(starts, part, side="right") - 1
        layer_of[at : at + _PIECE], node_of[at : at + _PIECE] = layer, part - starts[layer]
    return layer_of, node_of


def _depths(parent: Array) -> Array:
    """How deep each node lies, by pointer doubling; the root at 0."""
    depth = np.ones(len(parent), np.uint16)
    depth[0] = 0
    ancestor = parent
    while ancestor.any():
        depth = depth + depth[ancestor]
        ancestor = ancestor[ancestor]
    return depth


def _breadth_first(
    layers: Sequence[LayerIndex | None], starts: Array
) -> tuple[Array, Array, Array, list[int]]:
    """Number the distinct paths level by level.

    Returns the number of each node of each layer, the parent of each distinct path, the node of a
    layer that stands for it (counted over all layers), and where each level starts.
    """
    total = int(starts[-1])
    parent, keys = np.zeros(total, np.uint32), np.zeros(total, np.uint64)
    depth = np.zeros(total, np.uint16)
    for layer, start in zip(layers, starts, strict=False):
        if layer is not None:
            mine = slice(start, start + layer.node_count)
            parent[mine] = layer.parent + np.uint32(start)
            name_hashes(layer.names, layer.name_at, out=keys[mine])
            depth[mine] = _depths(layer.parent)
    order, bounds = _by_depth(depth)
    del depth
    # From here on level by level, so that a level is a slice.
    parent, keys = parent[order], keys[order]
    number = np.zeros(total, np.uint32)
    above, first, levels = np.zeros(total, np.uint32), np.zeros(total, np.uint32), [0, 1]
    first[0] = order[0]
    for low, high in pairwise(bounds[1:]):
        upper = number[parent[low:high]]
        level = keys[low:high]  # hashes of names as yet
        for at in range(0, high - low, _PIECE):
            part = slice(at, at + _PIECE)
            level[part] = child_keys(upper[part], level[part])
        done = levels[-1]
        for rows in _by_range(level):
            rows = rows[np.argsort(level[rows], kind="stable")]
            fresh = np.ones(len(rows), bool)
            fresh[1:] = level[rows[1:]] != level[rows[:-1]]
            nodes = order[low:high][rows]
            number[nodes] = done - 1 + np.cumsum(fresh)
            stop = done + int(np.count_nonzero(fresh))
            above[done:stop], first[done:stop] = upper[rows[fresh]], nodes[fresh]
            done = stop
        levels.append(done)
    return number, above[: levels[-1]], first[: levels[-1]], levels


def _by_depth(depth: Array) -> tuple[Array, Array]:
    """The order of nodes by their depth, and where in it each depth starts."""
    counts = np.bincount(depth)
    bounds = np.concatenate(([0], np.cumsum(counts)))
    order, free = np.empty(len(depth), np.uint32), bounds[:-1].copy()
    for at in range(0, len(depth), _PIECE):
        part = depth[at : at + _PIECE]
        rows = np.argsort(part, kind="stable")
        ordered = part[rows]
        nth = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
        order[free[ordered] + nth] = rows + at
        free += np.bincount(part, minlength=len(free))
    return order, bounds


def _by_range(keys: Array) -> Iterator[Array]:
    """The rows of keys, those with the lowest keys first, some ten thousand at a time.

    Keys are hashes: they spread evenly. Sorting a million at once takes much more memory.
    """
    bits = max(0, (len(keys) // _PIECE).bit_length())
    if not bits:
        yield np.arange(len(keys))
        return
    drawer = (keys >> np.uint64(64 - bits)).astype(np.uint16)
    for number in range(1 << bits):
        yield np.flatnonzero(drawer == number)


def _preorder(
    layers: Sequence[LayerIndex | None],
    above: Array,
    levels: list[int],
    layer_of: Array,
    node_of: Array,
) -> tuple[Array, Array]:
    """The preorder number of each breadth-first node, and the end of each subtree in preorder."""
    total = len(above)
    size = np.ones(total, np.uint32)
    before = np.zeros(total, np.uint32)
    for low, high in zip(levels[-2:0:-1], levels[:1:-1], strict=True):
        np.add.at(size, above[low:high], size[low:high])
    for low, high in pairwise(levels[1:]):
        for rows in _by_family(above[low:high]):
            nodes = rows + low
            nodes = nodes[by_name(layers, above[nodes], layer_of[nodes], node_of[nodes])]
            # Those that precede a sibling, counted with their subtrees.
            ahead = np.cumsum(size[nodes], dtype=np.uint32) - size[nodes]
            parents = above[nodes]
            opens = np.flatnonzero(np.concatenate(([True], parents[1:] != parents[:-1])))
            lengths = np.diff(np.append(opens, len(nodes)))
            before[nodes] = ahead - np.repeat(ahead[opens], lengths)
    preorder = np.zeros(total, np.uint32)
    for low, high in pairwise(levels[1:]):
        preorder[low:high] = preorder[above[low:high]] + 1 + before[low:high]
    end = np.empty(total, np.uint32)
    end[preorder] = preorder + size
    return preorder, end


def _by_family(above: Array) -> Iterator[Array]:
    """The rows of nodes by their parents, some ten thousand at a time, no siblings apart."""
    base = int(above.min())
    children = np.cumsum(np.bincount(above - base))
    parent = 0
    while parent < len(children):
        done = int(children[parent - 1]) if parent else 0
        stop = max(parent + 1, int(np.searchsorted(children, done + _PIECE, side="right")))
        yield np.flatnonzero((above >= base + parent) & (above < base + stop))
        parent = stop
