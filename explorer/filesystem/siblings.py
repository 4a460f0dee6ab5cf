"""Putting nodes in order: by parent, then by the bytes of their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.filesystem.index import Array, LayerIndex

_PIECE = 1 << 14


def by_name(
    layers: Sequence[LayerIndex | None], above: Array, layer_of: Array, node_of: Array
) -> Array:
    """The order that puts some nodes by parent (``above``), then by name.

    ``layer_of`` and ``node_of`` say in which layer, and at which node of it, a name is kept.
    Eight bytes of the names are compared at first; of those that are alike the next eight, and only
    of those that are still alike all.
    """
    prefix = _prefixes(layers, layer_of, node_of, 0)
    order = np.lexsort((prefix, above)).astype(np.uint32)
    again = _like_the_one_before(order, above, prefix)
    del prefix
    if not again.any():
        return order
    tied = again.copy()
    tied[:-1] |= again[1:]
    places = np.flatnonzero(tied)
    group = np.cumsum(~again, dtype=np.uint32)[places]
    nodes = order[places]
    second = _prefixes(layers, layer_of[nodes], node_of[nodes], 8)
    rank = np.lexsort((second, group))
    nodes, second = nodes[rank], second[rank]
    same = np.zeros(len(nodes) + 1, bool)
    same[1:-1] = (group[1:] == group[:-1]) & (second[1:] == second[:-1])
    _settle(layers, nodes, same, layer_of, node_of)
    order[places] = nodes
    return order


def _like_the_one_before(order: Array, *keys: Array) -> Array:
    """Whether each node has the same keys as the one before it."""
    same = np.ones(len(order), bool)
    same[:1] = False
    for low in range(1, len(order), _PIECE):
        part = order[low - 1 : low + _PIECE]
        for key in keys:
            values = key[part]
            same[low : low + _PIECE] &= values[1:] == values[:-1]
    return same


def _prefixes(
    layers: Sequence[LayerIndex | None], layer_of: Array, node_of: Array, start: int
) -> Array:
    """Eight bytes of names from ``start`` on, as big-endian numbers, padded with zero."""
    prefix = np.zeros(len(layer_of), np.uint64)
    for low in range(0, len(layer_of), _PIECE):
        kept_in, nodes = layer_of[low : low + _PIECE], node_of[low : low + _PIECE]
        part = prefix[low : low + _PIECE]
        for number in set(kept_in.tolist()):
            layer = layers[number]
            if layer is not None:
                mine = kept_in == number
                part[mine] = _prefixes_in(layer, nodes[mine], start)
    return prefix


def _prefixes_in(layer: LayerIndex, nodes: Array, start: int) -> Array:
    at = layer.name_at
    first = at[nodes].astype(np.int64) + start
    places = first[:, None] + np.arange(8)
    inside = places < at[nodes + 1][:, None]
    names = layer.names
    block = np.where(inside, names[np.where(inside, places, 0)], 0) if len(names) else places * 0
    return np.ascontiguousarray(block.astype(np.uint8)).view(">u8").astype(np.uint64)[:, 0]


def _settle(
    layers: Sequence[LayerIndex | None],
    nodes: Array,
    same: Array,
    layer_of: Array,
    node_of: Array,
) -> None:
    """Put nodes in order, in place, whose names share sixteen bytes with the one before."""

    def name(node: int) -> bytes:
        layer: LayerIndex | None = layers[int(layer_of[node])]
        assert layer is not None
        return layer.name(int(node_of[node]))

    starts = np.flatnonzero(~same[:-1] & same[1:])
    stops = np.flatnonzero(same[:-1] & ~same[1:]) + 1
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        nodes[start:stop] = sorted(nodes[start:stop].tolist(), key=name)
