"""A union trie with one more layer, without numbering what is there from scratch.

A preview adds small layers to large ones again and again. The nodes of the lower layers keep their
order; what a new layer adds to them is put in between, subtree by subtree.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.union import UnionTrie, unite

_MOST_LOOKS = 2000  # beyond, uniting all layers anew is quicker


@dataclass(frozen=True, slots=True, eq=False)
class Inserted:
    """The new trie, and where each node of the old one has gone."""

    trie: UnionTrie
    moved: Array


@dataclass(frozen=True, slots=True)
class _Insert:
    """A subtree of the new layer: before which old node it goes, and below which one."""

    place: int
    above: int
    depth: int
    node: int


def insert(old: UnionTrie, layer: LayerIndex) -> Inserted | None:
    """Put one layer more on top; ``None`` where it shares too many paths with those below."""
    own = unite((layer,))
    found = _Search(old, own).run()
    if found is None:
        return None
    matched, inserts = found
    inserts.sort(key=lambda each: (each.place, -each.depth, each.node))
    places = np.array([each.place for each in inserts], np.int64)
    aboves = np.array([each.above for each in inserts], np.int64)
    tops = np.array([each.node for each in inserts], np.int64)
    sizes = own.end[tops].astype(np.int64) - tops
    before = np.concatenate(([0], np.cumsum(sizes)))
    starts = places + before[:-1]
    nodes = np.arange(len(old), dtype=np.int64)
    moved = nodes + before[np.searchsorted(places, nodes, side="right")]
    # Where the nodes of the new layer are, those that were there before and the others.
    placed = np.zeros(len(own), np.int64)
    placed[list(matched)] = moved[list(matched.values())]
    inside = np.arange(int(before[-1])) + np.repeat(tops - before[:-1], sizes)
    placed[inside] = inside + np.repeat(starts - tops, sizes)
    return Inserted(_trie(old, own, layer, moved, placed, inside, (aboves, sizes)), moved)


def _trie(
    old: UnionTrie,
    own: UnionTrie,
    layer: LayerIndex,
    moved: Array,
    placed: Array,
    inside: Array,
    added: tuple[Array, Array],
) -> UnionTrie:
    total = len(old) + len(inside)
    parent, end = np.empty(total, np.uint32), np.empty(total, np.uint32)
    origin_layer, origin_node = np.empty(total, np.uint16), np.empty(total, np.uint32)
    grown = np.concatenate(([0], np.cumsum(np.bincount(added[0], added[1], len(old)))))
    nodes = np.arange(len(old), dtype=np.int64)
    old_end = old.end.astype(np.int64)
    more = (grown[old_end] - grown[nodes]).astype(np.int64)
    parent[moved], end[moved] = moved[old.parent], moved + old_end - nodes + more
    origin_layer[moved], origin_node[moved] = old.origin_layer, old.origin_node
    here = placed[inside]
    parent[here] = placed[own.parent[inside]]
    end[here] = here + own.end[inside].astype(np.int64) - inside
    origin_layer[here], origin_node[here] = len(old.layers), own.origin_node[inside]
    lower = [moved[nodes].astype(np.uint32) for nodes in old.placed]
    return UnionTrie(
        layers=(*old.layers, layer),
        parent=parent,
        end=end,
        origin_layer=origin_layer,
        origin_node=origin_node,
        placed=[*lower, placed[own.placed[0]].astype(np.uint32)],
    )


class _Search:
    """Finds the nodes of a layer in the trie of those below it, from the root down."""

    def __init__(self, old: UnionTrie, own: UnionTrie) -> None:
        self._old = old
        self._own = own
        self._looks = 0

    def run(self) -> tuple[dict[int, int], list[_Insert]] | None:
        """What is there already, by node, and the tops of what is not."""
        matched, inserts = {0: 0}, list[_Insert]()
        waiting = [(0, 0)]
        while waiting:
            node, depth = waiting.pop()
            there = matched[node]
            children = self._children(there)
            for child in self._own.children(node):
                self._looks += 1
                if self._looks > _MOST_LOOKS:
                    return None
                name = self._own.name(child)
                place = bisect_left(children, name, key=lambda at: self._old.name(int(at)))
                if place < len(children) and self._old.name(int(children[place])) == name:
                    matched[child] = int(children[place])
                    waiting.append((child, depth + 1))
                    continue
                follows = place < len(children)
                before = int(children[place]) if follows else int(self._old.end[there])
                inserts.append(_Insert(before, there, depth, child))
        return matched, inserts

    def _children(self, node: int) -> Array:
        first, stop = node + 1, int(self._old.end[node])
        return np.flatnonzero(self._old.parent[first:stop] == node) + first
