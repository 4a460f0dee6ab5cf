"""The figures of the tool "dive", for those whose gates are tuned to them.

They differ from ours: every copy of a path counts, the first too, and a path below a removed
directory does not. For each path over all layers, leaf nodes only: a file contributes its size, a
file's whiteout nothing, a directory's whiteout the bytes of the subtree below it. Efficiency is the
sum of the smallest contributions over the sum of all; wasted is all contributions of paths with
two or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.filesystem.entry import EntryType


@dataclass(frozen=True, slots=True)
class DiveFigures:
    """``paths`` are ``(path, bytes, layers)`` of those stored more than once, largest first."""

    efficiency: float
    wasted: int
    paths: tuple[tuple[bytes, int, tuple[int, ...]], ...]


@dataclass(slots=True)
class _Tally:
    smallest: int
    total: int
    layers: list[int]


def dive_figures(image: OpenImage) -> DiveFigures:
    """What dive reports for an image."""
    tallies: dict[int, _Tally] = {}
    for layer in range(len(image.layers)):
        for node, size in _contributions(image, layer):
            tally = tallies.get(node)
            if tally is None:
                tallies[node] = _Tally(size, size, [layer])
            else:
                tally.smallest = min(tally.smallest, size)
                tally.total += size
                tally.layers.append(layer)
    least = sum(tally.smallest for tally in tallies.values())
    total = sum(tally.total for tally in tallies.values())
    repeated = [(node, tally) for node, tally in tallies.items() if len(tally.layers) > 1]
    trie = image.stack.trie
    paths = [(trie.path(node), tally.total, tuple(tally.layers)) for node, tally in repeated]
    return DiveFigures(
        efficiency=least / total if total else 1.0,
        wasted=sum(size for _, size, _ in paths),
        paths=tuple(sorted(paths, key=lambda row: (-row[1], row[0]))),
    )


def _contributions(image: OpenImage, layer: int) -> list[tuple[int, int]]:
    """``(node, bytes)`` of the leaves of one layer's own tree."""
    index = image.stack.layers[layer]
    if index is None:
        return []
    live = np.flatnonzero(index.live & (index.type != EntryType.OPAQUE))
    inner = np.zeros(index.node_count, bool)
    inner[index.parent[1:]] = True
    live = live[~inner[index.node[live]]]
    nodes = image.stack.trie.placed[layer][index.node[live]]
    kinds, sizes = index.type[live], index.size[live]
    out: list[tuple[int, int]] = []
    for node, kind, size in zip(nodes.tolist(), kinds.tolist(), sizes.tolist(), strict=True):
        if kind == EntryType.WHITEOUT:
            out.append((node, _subtree(image, layer, node)))
        else:
            out.append((node, size))
    return out


def _subtree(image: OpenImage, layer: int, node: int) -> int:
    """Bytes below a directory as the layers under it left it; nothing for a file."""
    below = image.state(layer - 1)
    stop = int(image.stack.trie.end[node])
    if stop == node + 1:
        return 0
    providers = below.visible[node + 1 : stop]
    providers = providers[(providers >= 0) & (providers < image.stack.starts[-1])]
    return int(image.stack.column("size", providers).sum())
