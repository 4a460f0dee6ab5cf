"""All paths of all layers of an image, as one trie.

Nodes are numbered in preorder, siblings by the bytes of their names. So the subtree of a node is
the slice ``node .. end[node]``: hiding it is one slice assignment, its size one difference of a
running sum, and a listing of everything is already in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.names import normalise
from explorer.filesystem.trie import child_keys, name_hashes


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
        if self._keys is None:
            hashes = self._hashes()
            keys = child_keys(self.parent, hashes)
            order = np.argsort(keys, kind="stable").astype(np.uint32)
            self._keys = keys[order], order
        keys, order = self._keys
        wanted = child_keys(np.array([node]), np.array([hash(name)], np.int64).view(np.uint64))[0]
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
            own = name_hashes(layer.names.tobytes(), layer.name_at)
            hashes[mine] = own[self.origin_node[mine]]
        return hashes


def unite(layers: Sequence[LayerIndex | None]) -> UnionTrie:
    """Merge the tries of layers, lowest first; a missing layer (None) adds nothing."""
    counts = [layer.node_count if layer is not None else 1 for layer in layers] or [1]
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    number, above, first, levels = _breadth_first(layers, starts)
    layer_of = (np.searchsorted(starts, first, side="right") - 1).astype(np.uint16)
    node_of = (first - starts[layer_of]).astype(np.uint32)
    del first
    preorder, end = _preorder(layers, above, levels, layer_of, node_of)
    order = np.empty(len(preorder), np.uint32)
    order[preorder] = np.arange(len(preorder), dtype=np.uint32)
    placed = preorder[number]
    return UnionTrie(
        layers=layers,
        parent=preorder[above[order]],
        end=end,
        origin_layer=layer_of[order],
        origin_node=node_of[order],
        placed=[placed[starts[i] : starts[i + 1]] for i in range(len(layers))],
    )


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
    parent, hashes = np.zeros(total, np.uint32), np.zeros(total, np.uint64)
    depth = np.zeros(total, np.uint16)
    for layer, start in zip(layers, starts, strict=False):
        if layer is not None:
            mine = slice(start, start + layer.node_count)
            parent[mine] = layer.parent + np.uint32(start)
            hashes[mine] = name_hashes(layer.names.tobytes(), layer.name_at)
            depth[mine] = _depths(layer.parent)
    order = np.argsort(depth, kind="stable").astype(np.uint32)
    bounds = np.searchsorted(depth, np.arange(int(depth.max()) + 2), sorter=order)
    del depth
    number = np.zeros(total, np.uint32)
    above, first, levels = [np.zeros(1, np.uint32)], [order[:1]], [0, 1]
    for low, high in pairwise(bounds[1:]):
        nodes = order[low:high]
        upper = number[parent[nodes]]
        keys = child_keys(upper, hashes[nodes])
        rank = np.argsort(keys, kind="stable").astype(np.uint32)
        keys = keys[rank]
        fresh = np.ones(len(keys), bool)
        fresh[1:] = keys[1:] != keys[:-1]
        del keys
        number[nodes[rank]] = np.cumsum(fresh, dtype=np.uint32) + np.uint32(levels[-1] - 1)
        standing = rank[fresh]
        above.append(upper[standing])
        first.append(nodes[standing])
        levels.append(levels[-1] + len(standing))
    return number, np.concatenate(above), np.concatenate(first), levels


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
        order = _by_name(layers, above[low:high], layer_of[low:high], node_of[low:high])
        # Nodes that precede a sibling, counted with their subtrees.
        ahead = np.cumsum(size[low:high][order], dtype=np.uint32) - size[low:high][order]
        group = above[low:high][order]
        opens = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
        lengths = np.diff(np.append(opens, len(group)))
        before[low:high][order] = ahead - np.repeat(ahead[opens], lengths)
    preorder = np.zeros(total, np.uint32)
    for low, high in pairwise(levels[1:]):
        preorder[low:high] = preorder[above[low:high]] + 1 + before[low:high]
    end = np.empty(total, np.uint32)
    end[preorder] = preorder + size
    return preorder, end


def _by_name(
    layers: Sequence[LayerIndex | None], above: Array, layer_of: Array, node_of: Array
) -> Array:
    """The nodes of one level by parent, then by the bytes of their name."""
    prefix = _all_prefixes(layers, layer_of, node_of, 0)
    order = np.lexsort((prefix, above)).astype(np.uint32)
    same = _ties(order, above, prefix)
    if not same.any():
        return order
    second = _all_prefixes(layers, layer_of, node_of, 8)
    order = np.lexsort((second, prefix, above)).astype(np.uint32)
    same = _ties(order, above, prefix) & _ties(order, second, second)
    return _settle_ties(layers, order, same, layer_of, node_of) if same.any() else order


def _ties(order: Array, *keys: Array) -> Array:
    """Whether each node but the first has the same keys as the one before it."""
    same = np.ones(len(order) - 1, bool)
    for key in keys:
        ordered = key[order]
        same &= ordered[1:] == ordered[:-1]
    return same


def _all_prefixes(
    layers: Sequence[LayerIndex | None], layer_of: Array, node_of: Array, start: int
) -> Array:
    prefix = np.zeros(len(layer_of), np.uint64)
    for number, layer in enumerate(layers):
        if layer is None:
            continue
        mine = np.flatnonzero(layer_of == number).astype(np.uint32)
        for low in range(0, len(mine), 1 << 14):
            part = mine[low : low + (1 << 14)]
            prefix[part] = _prefixes(layer, node_of[part], start)
    return prefix


def _prefixes(layer: LayerIndex, nodes: Array, start: int) -> Array:
    """Eight bytes of names from ``start`` on, as big-endian numbers, padded with zero."""
    at = layer.name_at
    first = at[nodes].astype(np.int64) + start
    places = first[:, None] + np.arange(8)
    inside = places < at[nodes + 1][:, None]
    names = layer.names
    block = np.where(inside, names[np.where(inside, places, 0)], 0) if len(names) else places * 0
    return np.ascontiguousarray(block.astype(np.uint8)).view(">u8").astype(np.uint64)[:, 0]


def _settle_ties(
    layers: Sequence[LayerIndex | None],
    order: Array,
    same: Array,
    layer_of: Array,
    node_of: Array,
) -> Array:
    """Put names that share their first sixteen bytes in order."""
    starts = np.flatnonzero(same & ~np.concatenate(([False], same[:-1])))
    stops = np.flatnonzero(same & ~np.concatenate((same[1:], [False]))) + 2

    def name(node: int) -> bytes:
        layer: LayerIndex | None = layers[int(layer_of[node])]
        assert layer is not None
        return layer.name(int(node_of[node]))

    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        order[start:stop] = sorted(order[start:stop].tolist(), key=name)
    return order
