"""In which order and under which directory the tree shows what is listed. Pure arrays, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from explorer.filesystem.index import Array
from explorer.progress import Job
from explorer.ui.explore.columns import COLUMNS, NAME
from explorer.ui.explore.listing import Listing, Mark

NOWHERE = -1


class Shape(StrEnum):
    """How the paths are laid out."""

    TREE = "tree"
    COLLAPSED = "collapsed"
    """A directory that holds nothing but one directory shares a row with it."""
    FLAT = "flat"
    """Files and the like, by their whole paths, in one list."""


@dataclass(frozen=True, slots=True)
class Order:
    """By which column rows are sorted, and whether the largest comes first."""

    column: str = NAME.key
    descending: bool = False


class _Level:
    """Rows of one depth, those of a directory together.

    ``owner`` says which row of the level above each lies in, ``first`` where in this level the rows
    of its directory begin, ``size`` how many rows it makes with all that is in view below it.
    """

    __slots__ = ("first", "nodes", "owner", "size")

    def __init__(
        self, nodes: Array, owner: Array | None = None, first: Array | None = None
    ) -> None:
        self.nodes = nodes
        self.owner = np.zeros(0, np.int64) if owner is None else owner
        self.first = np.zeros(len(nodes), np.int64) if first is None else first
        self.size = np.ones(len(nodes), np.int64)

    def places(self, above: Array) -> Array:
        """In which row each comes, from the rows of the level above."""
        before = np.cumsum(self.size) - self.size
        before -= before[self.first] if len(before) else before
        return above[self.owner] + 1 + before if len(self.owner) else before


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The rows below each directory of a listing, from ``top`` on.

    The rows of directory ``d`` are ``order[start[d]:stop[d]]``; ``above[n]`` is the directory whose
    row ``n`` is, :data:`NOWHERE` for what is no row. In a collapsed tree that is not always its
    parent.
    """

    listing: Listing
    shape: Shape
    top: int
    order: Array
    start: Array
    stop: Array
    above: Array

    def rows(self, folder: int) -> Array:
        """The nodes that are rows of a directory, in order."""
        return self.order[self.start[folder] : self.stop[folder]]

    def has_rows(self, folder: int) -> bool:
        """Whether a directory has any."""
        return bool(self.start[folder] < self.stop[folder])

    def ancestors(self, node: int) -> list[int]:
        """The rows a node lies under, the nearest first. Empty also for what is no row."""
        result: list[int] = []
        above = int(self.above[node])
        while above not in (self.top, NOWHERE):
            result.append(above)
            above = int(self.above[above])
        return result

    def row_for(self, node: int) -> int:
        """The row that stands for a node: its own or that of the chain it is part of, else -1."""
        if node <= self.top or node >= len(self.above):
            return NOWHERE
        if self.above[node] != NOWHERE:
            return node
        # A directory inside a chain: the chain's row is its only descendant that is a row itself.
        inside = self.above[node : int(self.listing.image.stack.trie.end[node])]
        found = np.flatnonzero(inside != NOWHERE)
        chained = self.shape is Shape.COLLAPSED and len(found) > 0
        return int(found[0]) + node if chained else NOWHERE

    def unfold(self, opened: Array, folder: int | None = None) -> tuple[Array, Array]:
        """The rows in view below a directory, and how deep each lies; ``opened`` is a mask.

        Level by level, so that twenty thousand open directories cost no more than one.
        """
        openable = opened & (self.start < self.stop)
        levels = [_Level(self.rows(self.top if folder is None else folder))]
        while (below := self._below(levels[-1].nodes, openable)) is not None:
            levels.append(below)
        for upper, lower in zip(levels[-2::-1], levels[:0:-1], strict=True):
            upper.size += np.bincount(lower.owner, lower.size, len(upper.nodes)).astype(np.int64)
        rows = np.empty(int(levels[0].size.sum()), np.int32)
        depths = np.empty(len(rows), np.uint16)
        places = np.zeros(0, np.int64)
        for depth, level in enumerate(levels):
            places = level.places(places)
            rows[places], depths[places] = level.nodes, depth
        return rows, depths

    def _below(self, nodes: Array, openable: Array) -> _Level | None:
        """The rows of all open directories of one level; None if none is open."""
        owners = np.flatnonzero(openable[nodes])
        if not len(owners):
            return None
        starts = self.start[nodes[owners]]
        counts = self.stop[nodes[owners]] - starts
        firsts = np.cumsum(counts) - counts
        inside = np.arange(int(counts.sum())) - np.repeat(firsts, counts)
        children = self.order[np.repeat(starts, counts) + inside]
        return _Level(children, np.repeat(owners, counts), np.repeat(firsts, counts))

    def folders(self, most: int) -> Array:
        """The directories that have rows, outermost first, at most so many; for unfolding all."""
        holders: Array = np.flatnonzero(self.start < self.stop)
        holders = holders[(holders != self.top) & (self.above[holders] != NOWHERE)]
        if len(holders) <= most:
            return holders
        # Siblings of one level together: a plain breadth-first walk.
        level, found = self.rows(self.top), 0
        chosen: list[Array] = []
        while found < most and len(level):
            level = level[self.start[level] < self.stop[level]][: most - found]
            chosen.append(level)
            found += len(level)
            level = np.concatenate([self.rows(int(node)) for node in level] or [level])
        result: Array = np.concatenate(chosen)
        return result


def arrange(
    listing: Listing,
    shape: Shape,
    order: Order,
    top: int = 0,
    *,
    chosen: Array | None = None,
    job: Job | None = None,
) -> Arrangement:
    """Arrange what a listing shows below ``top``; ``chosen`` is a mask of what a filter lets by."""
    job = job or Job()
    trie = listing.image.stack.trie
    stop = int(trie.end[top])
    listed, shown = listing.listed, listing.shown
    if chosen is not None:
        listed = listed & chosen
        shown = _with_ancestors(listed, trie.end)
    nodes = np.flatnonzero(shown[top + 1 : stop]) + (top + 1)
    above = np.full(len(trie), NOWHERE, np.int64)
    if shape is Shape.FLAT:
        nodes = nodes[_stands_alone(listing, listed, nodes)]
        above[nodes] = top
    elif shape is Shape.COLLAPSED:
        nodes, nearest = _collapse(listing, nodes)
        above[nodes] = nearest
    else:
        above[nodes] = trie.parent[nodes]
    job.check()
    rows = _sorted(listing, nodes, above, order, grouped=shape is not Shape.FLAT)
    counts = np.bincount(above[rows], minlength=len(trie)) if len(rows) else above * 0
    bounds = np.cumsum(counts)
    return Arrangement(
        listing=listing,
        shape=shape,
        top=top,
        order=rows.astype(np.int32),
        start=(bounds - counts).astype(np.int32),
        stop=bounds.astype(np.int32),
        above=above.astype(np.int32),
    )


def _with_ancestors(listed: Array, end: Array) -> Array:
    running = np.concatenate((np.zeros(1, np.int32), np.cumsum(listed, dtype=np.int32)))
    shown: Array = running[end] > running[:-1]
    return shown


def _stands_alone(listing: Listing, listed: Array, nodes: Array) -> Array:
    """What a flat list has: all but directories that only hold other rows."""
    end = listing.image.stack.trie.end
    empty = end[nodes] == nodes + 1
    changed = listing.mark[nodes] == Mark.MODIFIED
    alone: Array = listed[nodes] & (~listing.folder[nodes] | changed | empty)
    return alone


def _collapse(listing: Listing, nodes: Array) -> tuple[Array, Array]:
    """Which nodes have rows of their own in a collapsed tree, and below which directory."""
    parent = listing.image.stack.trie.parent
    children = np.bincount(parent[nodes], minlength=len(parent))
    child = np.zeros(len(parent), np.int64)
    child[parent[nodes]] = nodes
    single = nodes[(children[nodes] == 1)]
    only = child[single]
    quiet = (listing.mark[single] == Mark.NONE) | (listing.mark[single] == listing.mark[only])
    chained = single[listing.folder[only] & quiet]
    nearest = np.arange(len(parent), dtype=np.int64)
    nearest[chained] = parent[chained]
    while True:
        further = nearest[nearest]
        if (further == nearest).all():
            break
        nearest = further
    is_chained = np.zeros(len(parent), bool)
    is_chained[chained] = True
    rows = nodes[~is_chained[nodes]]
    return rows, nearest[parent[rows]]


def _sorted(listing: Listing, nodes: Array, above: Array, order: Order, *, grouped: bool) -> Array:
    group = above[nodes]
    if order.column == NAME.key:
        # Nodes are numbered by name: reversed, they are in falling order already.
        nodes = nodes[::-1] if order.descending else nodes
        if not grouped:
            return nodes
        folders_first = above[nodes] * 2 + ~listing.folder[nodes]
        return nodes[np.argsort(folders_first, kind="stable")]
    rank = COLUMNS[order.column].rank(listing, nodes).astype(np.int64)
    rank = -rank if order.descending else rank
    return nodes[np.lexsort((rank, group) if grouped else (rank,))]
