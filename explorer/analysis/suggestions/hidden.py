"""Every file that is stored and not visible at the end, with the layer that hid it and how."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.waste import stored_entries
from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.providers import NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """One row a file: its node and provider, the bytes its layer's tar holds, that layer.

    ``hiders`` are the first later layers that touch the path, ``after`` what they put there.
    """

    nodes: Array
    providers: Array
    sizes: Array
    layers: Array
    hiders: Array
    after: Array

    def __len__(self) -> int:
        return len(self.nodes)

    def take(self, rows: Array) -> Hidden:
        """Some of the rows, by number or by mask."""
        return Hidden(
            self.nodes[rows],
            self.providers[rows],
            self.sizes[rows],
            self.layers[rows],
            self.hiders[rows],
            self.after[rows],
        )


def hidden_files(image: OpenImage) -> Hidden:
    """All hidden files that hold bytes. Their sizes add up to the waste of the image."""
    visible = image.final.visible
    shown = distinct(image.stack.inodes(visible[visible != NOTHING]))
    parts = [
        _of_layer(image, number, index, shown)
        for number, index in enumerate(image.stack.layers)
        if index is not None
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else []
    nodes, providers, sizes, layers = columns or [np.empty(0, np.int64)] * 4
    hiders, after = _hiders(image, nodes, layers)
    return Hidden(nodes, providers, sizes, layers, hiders, after)


def _of_layer(
    image: OpenImage, number: int, index: LayerIndex, shown: Array
) -> tuple[Array, Array, Array, Array]:
    """The hidden files of one layer: node, provider, stored bytes, layer."""
    entries = stored_entries(image, number, index)
    entries = entries[index.size[entries] > 0]
    providers = entries + int(image.stack.starts[number])
    rows = ~is_in(providers, shown)
    entries, providers = entries[rows], providers[rows]
    sizes = index.size[entries].astype(np.int64)
    if index.sparse:
        for row in np.flatnonzero(np.isin(entries, list(index.sparse))).tolist():
            sizes[row] = index.stored_of(int(entries[row]))
    nodes = image.stack.trie.placed[number][index.node[entries]].astype(np.int64)
    return nodes, providers, sizes, np.full(len(nodes), number)


def _hiders(image: OpenImage, nodes: Array, layers: Array) -> tuple[Array, Array]:
    """The first later layer that touches each path, and what it put there."""
    hiders = np.full(len(nodes), image.top, np.int64)
    after = np.full(len(nodes), NOTHING, np.int64)
    for number in range(image.top, -1, -1):
        delta = image.stack.deltas[number]
        if not len(delta.nodes):
            continue
        places = np.searchsorted(delta.nodes, nodes)
        places[places == len(delta.nodes)] = 0
        found = (delta.nodes[places] == nodes) & (layers < number)
        hiders[found] = number
        after[found] = delta.after[places[found]]
    return hiders, after
