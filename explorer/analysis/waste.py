"""Where the bytes go: what is stored in layers and not visible in the final filesystem.

Waste is the bytes of content stored in all layers, less those whose inode is visible at the end.
A file that a directory's whiteout hides counts; so does each older version of a changed file, and
each full copy that a change of mode alone made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.stack import NOTHING


@dataclass(frozen=True, slots=True)
class WastedPath:
    """Bytes stored for a path that nobody sees, with the layers that store them."""

    node: int
    path: bytes
    bytes: int
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WastedLayer:
    """Bytes a layer stores that later layers hide or delete; ``by`` blames those, with bytes."""

    layer: int
    bytes: int
    by: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Waste:
    """``efficiency`` is visible over stored bytes, 1.0 where nothing is wasted or stored.

    ``paths`` run from the most wasteful down; ``layers`` has every layer, lowest first.
    """

    stored: int
    wasted: int
    efficiency: float
    paths: tuple[WastedPath, ...]
    layers: tuple[WastedLayer, ...]

    @property
    def percent(self) -> float:
        """Wasted bytes in percent of stored ones."""
        return 100 * self.wasted / self.stored if self.stored else 0.0


def measure_waste(image: OpenImage) -> Waste:
    """The waste of an image."""
    providers, nodes, sizes = _stored_files(image)
    hidden = ~is_in(providers, _visible_inodes(image))
    stored, wasted = int(sizes.sum()), int(sizes[hidden].sum())
    rows = np.flatnonzero(hidden & (sizes > 0))
    layer_of = np.searchsorted(image.stack.starts, providers[rows], side="right") - 1
    return Waste(
        stored=stored,
        wasted=wasted,
        efficiency=1 - wasted / stored if stored else 1.0,
        paths=_by_path(image, nodes[rows], sizes[rows], layer_of),
        layers=_by_layer(image, nodes[rows], sizes[rows], layer_of),
    )


def _stored_files(image: OpenImage) -> tuple[Array, Array, Array]:
    """Every regular file of every layer: provider, node, and the bytes its tar holds."""
    providers, nodes, sizes = (
        [np.empty(0, np.int64)],
        [np.empty(0, np.int64)],
        [np.empty(0, np.int64)],
    )
    for number, index in enumerate(image.stack.layers):
        if index is None:
            continue
        entries = stored_entries(image, number, index)
        held = index.size[entries].copy()
        for entry, sparse in index.sparse.items():
            held[entries == entry] = sparse.stored
        providers.append(entries + int(image.stack.starts[number]))
        nodes.append(image.stack.trie.placed[number][index.node[entries]].astype(np.int64))
        sizes.append(held)
    return np.concatenate(providers), np.concatenate(nodes), np.concatenate(sizes)


def stored_entries(image: OpenImage, number: int, index: LayerIndex) -> Array:
    """The files of a layer, those included that only a hard link of the layer still names."""
    start, stop = image.stack.starts[number : number + 2]
    links = np.flatnonzero(index.live & (index.type == EntryType.HARDLINK))
    inodes = image.stack.inodes(links + start)
    kept = index.live.copy()
    kept[inodes[(inodes >= start) & (inodes < stop)] - start] = True
    return np.flatnonzero(kept & (index.type == EntryType.FILE))


def _visible_inodes(image: OpenImage) -> Array:
    visible = image.final.visible
    return distinct(image.stack.inodes(visible[visible != NOTHING]))


def _by_path(
    image: OpenImage, nodes: Array, sizes: Array, layer_of: Array
) -> tuple[WastedPath, ...]:
    unique, inverse = np.unique(nodes, return_inverse=True)
    totals = np.bincount(inverse, sizes, len(unique)).astype(np.int64)
    layers: dict[int, list[int]] = {}
    for node, layer in zip(nodes.tolist(), layer_of.tolist(), strict=True):
        layers.setdefault(node, []).append(layer)
    rows = [
        WastedPath(node, path, size, tuple(sorted(set(layers[node]))))
        for node, path, size in zip(
            unique.tolist(), image.stack.trie.paths(unique), totals.tolist(), strict=True
        )
    ]
    return tuple(sorted(rows, key=lambda row: (-row.bytes, row.path)))


def _by_layer(
    image: OpenImage, nodes: Array, sizes: Array, layer_of: Array
) -> tuple[WastedLayer, ...]:
    hider = _hiders(image, nodes, layer_of)
    out: list[WastedLayer] = []
    for layer in range(len(image.layers)):
        mine = layer_of == layer
        blamed = np.bincount(hider[mine], sizes[mine], len(image.layers)).astype(np.int64)
        by = tuple((number, int(size)) for number, size in enumerate(blamed.tolist()) if size)
        out.append(WastedLayer(layer, int(sizes[mine].sum()), by))
    return tuple(out)


def _hiders(image: OpenImage, nodes: Array, layer_of: Array) -> Array:
    """For each hidden file, the first later layer that touches its path."""
    hider = np.full(len(nodes), len(image.layers) - 1, np.int64)
    for layer in range(len(image.layers) - 1, -1, -1):
        touched = is_in(nodes, image.stack.deltas[layer].nodes) & (layer > layer_of)
        hider[touched] = layer
    return hider
