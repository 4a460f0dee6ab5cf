"""A squarified treemap of a filesystem: where the bytes lie, as nested rectangles.

The layout is that of Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): rectangles are laid
in rows along the shorter side, and a row ends where one more would make it less square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.waste import Waste
from explorer.filesystem.index import Array
from explorer.filesystem.state import State
from explorer.filesystem.union import UnionTrie

HEADER = 18.0  # pixels that the name of a directory takes
MARGIN = 2.0  # pixels around what a directory holds
SMALLEST = 20.0  # square pixels; what is smaller is left to the colour of its directory
MOST = 4000  # tiles


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Tile:
    """A path and its rectangle; ``layer`` provides it, -1 for a directory that shows its content.

    ``header`` says whether there is room for a directory's name above what it holds.
    """

    node: int
    rect: Rect
    size: int
    depth: int
    layer: int
    is_folder: bool
    header: bool


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Bytes below and at each node, and the layer that each node's own bytes are in."""

    trie: UnionTrie
    totals: Array
    layers: Array


def visible_weights(state: State) -> Weights:
    """The bytes a container sees; an inode counts at its first name."""
    stack = state.stack
    layers = np.searchsorted(stack.starts, state.visible, side="right") - 1
    return Weights(stack.trie, state.sizes(), layers.astype(np.int32))


def wasted_weights(image: OpenImage, waste: Waste) -> Weights:
    """The bytes that layers store and nobody sees."""
    trie = image.stack.trie
    own = np.zeros(len(trie) + 1, np.int64)
    layers = np.full(len(trie), -1, np.int32)
    for path in waste.paths:
        own[path.node + 1] = path.bytes
        layers[path.node] = path.layers[-1]
    running = np.cumsum(own)
    return Weights(trie, running[trie.end] - running[: len(trie)], layers)


def lay_out(weights: Weights, top: int, width: float, height: float) -> tuple[Tile, ...]:
    """The tiles of what lies at and below ``top``, a directory always before what it holds."""
    whole = Rect(0.0, 0.0, width, height)
    if whole.area <= 0 or not int(weights.totals[top]):
        return ()
    tiles: list[Tile] = []
    pending: list[tuple[int, Rect, int]] = [(top, whole, 0)]
    for node, rect, depth in _breadth_first(pending):
        if len(tiles) >= MOST:
            break
        children = _children(weights, node, rect)
        is_folder = bool(children) or weights.trie.end[node] > node + 1
        header = bool(children) and rect.width >= 44 and rect.height >= 2 * HEADER
        layer = -1 if children else int(weights.layers[node])
        size = int(weights.totals[node])
        tiles.append(Tile(node, rect, size, depth, layer, is_folder, header))
        inner = _inside(rect, header=header) if depth else _inside(rect, header=False, margin=0)
        for child, place in zip(children, squarify([s for _, s in children], inner), strict=True):
            if place.area >= SMALLEST:
                pending.append((child[0], place, depth + 1))
    return tuple(tiles)


def _breadth_first(
    pending: list[tuple[int, Rect, int]],
) -> Iterator[tuple[int, Rect, int]]:
    """What is pending, and what is added to it on the way: the large before the small."""
    at = 0
    while at < len(pending):
        yield pending[at]
        at += 1


def _children(weights: Weights, node: int, rect: Rect) -> list[tuple[int, int]]:
    """What a directory holds, with its bytes, the largest first; none where it has no room."""
    if rect.area < 4 * SMALLEST:
        return []
    found: list[tuple[int, int]] = []
    totals = weights.totals
    child, stop = node + 1, int(weights.trie.end[node])
    while child < stop:
        size = int(totals[child])
        if size:
            found.append((child, size))
        child = int(weights.trie.end[child])
    found.sort(key=lambda pair: -pair[1])
    return found


def _inside(rect: Rect, *, header: bool, margin: float = MARGIN) -> Rect:
    above = HEADER if header else margin
    return Rect(
        rect.x + margin,
        rect.y + above,
        max(rect.width - 2 * margin, 0.0),
        max(rect.height - above - margin, 0.0),
    )


def squarify(sizes: Sequence[float], rect: Rect) -> list[Rect]:
    """Rectangles for sizes given in falling order, which fill ``rect`` in proportion."""
    total = float(sum(sizes))
    if not total or rect.area <= 0:
        return [Rect(rect.x, rect.y, 0.0, 0.0) for _ in sizes]
    scale = rect.area / total
    areas = [size * scale for size in sizes]
    out: list[Rect] = []
    start = 0
    while start < len(areas):
        side = min(rect.width, rect.height)
        stop = _row(areas, start, side)
        placed, rect = _place(areas[start:stop], rect)
        out += placed
        start = stop
    return out


def _row(areas: Sequence[float], start: int, side: float) -> int:
    """Where the row that begins at ``start`` ends: before it would become less square."""
    total = areas[start]
    largest = smallest = areas[start]
    worst = _worst(largest, smallest, total, side)
    stop = start + 1
    while stop < len(areas):
        total += areas[stop]
        smallest = areas[stop]
        following = _worst(largest, smallest, total, side)
        if following > worst:
            break
        worst = following
        stop += 1
    return stop


def _worst(largest: float, smallest: float, total: float, side: float) -> float:
    """The highest ratio of sides in a row of these areas along a side."""
    if not smallest or not side:
        return float("inf")
    square = side * side
    return max(square * largest / (total * total), total * total / (square * smallest))


def _place(areas: Sequence[float], rect: Rect) -> tuple[list[Rect], Rect]:
    """One row along the shorter side, and the rectangle that is left."""
    total = sum(areas)
    out: list[Rect] = []
    if rect.width >= rect.height:
        depth = total / rect.height if rect.height else 0.0
        y = rect.y
        for area in areas:
            length = area / depth if depth else 0.0
            out.append(Rect(rect.x, y, depth, length))
            y += length
        return out, Rect(rect.x + depth, rect.y, max(rect.width - depth, 0.0), rect.height)
    depth = total / rect.width
    x = rect.x
    for area in areas:
        length = area / depth if depth else 0.0
        out.append(Rect(x, rect.y, length, depth))
        x += length
    return out, Rect(rect.x, rect.y + depth, rect.width, max(rect.height - depth, 0.0))
