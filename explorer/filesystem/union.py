"""All paths of all layers of an image, as one trie.

Nodes are numbered in preorder, siblings by the bytes of their names. So the subtree of a node is
the slice ``node .. end[node]``: hiding it is one slice assignment, its size one difference of a
running sum, and a listing of everything is already in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
    parents, hashes, depths = [], [], []
    for layer, start in zip(layers, starts, strict=False):
        if layer is None:
            parents.append(np.array([start], np.uint32))
            hashes.append(np.zeros(1, np.uint64))
            depths.append(np.zeros(1, np.uint16))
            continue
        parents.append((layer.parent + start).astype(np.uint32))
        hashes.append(name_hashes(layer.names.tobytes(), layer.name_at))
        depths.append(_depths(layer.parent))
    if not layers:
        parents, hashes, depths = (
            [np.zeros(1, np.uint32)],
            [np.zeros(1, np.uint64)],
            [np.zeros(1, np.uint16)],
        )
    united, first, levels = _breadth_first(
        np.concatenate(parents), np.concatenate(hashes), np.concatenate(depths)
    )
    del parents, hashes, depths
    above, number_of = united
    layer_of = (np.searchsorted(starts, first, side="right") - 1).astype(np.uint16)
    node_of = (first - starts[layer_of]).astype(np.uint32)
    preorder, end = _preorder(layers, above, levels, layer_of, node_of)
    order = np.argsort(preorder).astype(np.uint32)
    placed_all = preorder[number_of]
    return UnionTrie(
        layers=layers,
        parent=preorder[above[order]].astype(np.uint32),
        end=end,
        origin_layer=layer_of[order],
        origin_node=node_of[order],
        placed=[placed_all[starts[i] : starts[i + 1]] for i in range(len(layers))],
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
    parent: Array, hashes: Array, depth: Array
) -> tuple[tuple[Array, Array], Array, list[int]]:
    """Number the distinct paths level by level.

    Returns the parent of each distinct path and the number of each given node, the given node
    that stands for each path, and where each level starts.
    """
    order = np.argsort(depth, kind="stable").astype(np.uint32)
    bounds = np.searchsorted(depth[order], np.arange(int(depth[order[-1]]) + 2))
    number = np.zeros(len(parent), np.uint32)
    above, first, levels = [np.zeros(1, np.uint32)], [order[:1].astype(np.int64)], [0, 1]
    for low, high in zip(bounds[1:-1], bounds[2:], strict=True):
        nodes = order[low:high]
        upper = number[parent[nodes]]
        keys = child_keys(upper, hashes[nodes])
        _, representative, inverse = np.unique(keys, return_index=True, return_inverse=True)
        number[nodes] = levels[-1] + inverse
        above.append(upper[representative])
        first.append(nodes[representative].astype(np.int64))
        levels.append(levels[-1] + len(representative))
    return (np.concatenate(above), number), np.concatenate(first), levels


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
    for low, high in zip(levels[-2:0:-1], levels[:1:-1], strict=True):
        np.add.at(size, above[low:high], size[low:high])
    order = _by_name(layers, above, layer_of, node_of)
    # Nodes that precede a sibling, counted with their subtrees.
    running = np.cumsum(size[order]) - size[order]
    group = above[order]
    new_group = np.ones(total, bool)
    new_group[1:] = group[1:] != group[:-1]
    new_group[1:2] = True  # the root comes first and is its own parent
    base = running[np.maximum.accumulate(np.where(new_group, np.arange(total), 0))]
    before = np.empty(total, np.uint32)
    before[order] = running - base
    preorder = np.zeros(total, np.uint32)
    for low, high in zip(levels[1:-1], levels[2:], strict=True):
        preorder[low:high] = preorder[above[low:high]] + 1 + before[low:high]
    end = np.empty(total, np.uint32)
    end[preorder] = preorder + size
    return preorder, end


def _by_name(
    layers: Sequence[LayerIndex | None], above: Array, layer_of: Array, node_of: Array
) -> Array:
    """Breadth-first nodes by parent, then by the bytes of their name; the root apart, first."""
    prefix = np.zeros((2, len(above)), np.uint64)
    for number, layer in enumerate(layers):
        if layer is None:
            continue
        mine = np.flatnonzero(layer_of == number)
        for low in range(0, len(mine), 1 << 16):
            part = mine[low : low + (1 << 16)]
            prefix[:, part] = _prefixes(layer, node_of[part])
    group = above.astype(np.int64)
    group[0] = -1
    order = np.lexsort((prefix[1], prefix[0], group))
    same = (
        (group[order][1:] == group[order][:-1])
        & (prefix[0][order][1:] == prefix[0][order][:-1])
        & (prefix[1][order][1:] == prefix[1][order][:-1])
    )
    return _settle_ties(layers, order, same, layer_of, node_of)


def _prefixes(layer: LayerIndex, nodes: Array) -> Array:
    """The first sixteen bytes of names as two big-endian numbers, short names padded with zero."""
    at = layer.name_at.astype(np.int64)
    start, length = at[nodes], at[nodes + 1] - at[nodes]
    names = layer.names
    columns = np.arange(16)
    places = start[:, None] + columns
    inside = columns < length[:, None]
    padded = names[np.minimum(places, max(len(names) - 1, 0))] if len(names) else places * 0
    block = np.where(inside, padded, 0).astype(np.uint8)
    return np.ascontiguousarray(block).view(">u8").astype(np.uint64).T


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
