"""Where the bytes of an image are: weights for the treemap, rows for the lists. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.analysis.differences import layer_list
from explorer.analysis.duplicates import Duplicates, duplicates
from explorer.analysis.opened import OpenImage
from explorer.analysis.treemap import Weights, visible_weights, wasted_weights
from explorer.analysis.waste import Waste, WastedPath, measure_waste
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.filesystem.state import State
from explorer.progress import Job
from explorer.ui import text

MOST: Final = 500
"""Rows of each list."""
_NAMED: Final = 12
"""Copies of a file that are named on hover."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: a path, its bytes, the layers (or copies) as words, and more on hover."""

    node: int
    size: int
    layers: str
    words: str
    tip: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the view shows: ``visible`` and ``largest`` as of one layer, the rest of the image."""

    visible: Weights
    wasted: Weights
    waste: Waste
    largest: tuple[Row, ...]
    wasteful: tuple[Row, ...]


def look(image: OpenImage, upto: int, job: Job) -> Findings:
    """Measure an image as of layer ``upto``. Raises :class:`explorer.errors.Cancelled`."""
    state = image.state(upto)
    waste = measure_waste(image)
    job.check()
    return Findings(
        visible=visible_weights(state),
        wasted=wasted_weights(image, waste),
        waste=waste,
        largest=largest(state),
        wasteful=tuple(_wasteful(image, path) for path in waste.paths[:MOST]),
    )


def largest(state: State, most: int = MOST) -> tuple[Row, ...]:
    """The largest files of a state, an inode with several names once."""
    stack, nodes = state.stack, state.nodes()
    inodes = stack.inodes(state.visible[nodes])
    inodes = np.where(inodes < stack.starts[-1], inodes, NOTHING)
    inodes, first = np.unique(inodes, return_index=True)
    nodes, inodes = nodes[first][inodes != NOTHING], inodes[inodes != NOTHING]
    is_file = stack.column("type", inodes) == EntryType.FILE
    nodes, sizes = nodes[is_file], stack.column("size", inodes[is_file])
    order = np.lexsort((nodes, -sizes))[:most]
    rows = []
    for node, size in zip(nodes[order].tolist(), sizes[order].tolist(), strict=True):
        layer = stack.provider_layer(int(state.visible[node]))
        rows.append(Row(node, size, str(layer), display(stack.trie.path(node))))
    return tuple(row for row in rows if row.size)


def _wasteful(image: OpenImage, path: WastedPath) -> Row:
    """A wasted path, with who stores it and who is to blame on hover."""
    name = display(path.path)
    tip = f"{name}\n{text.exact_size(path.bytes)} stored in {layer_list(path.layers)}"
    hider = _hider(image, path.node, path.layers[-1])
    layers = ", ".join(map(str, path.layers))
    if hider >= 0:
        layers += f" → {hider}"
        tip += f"\nhidden by layer {hider}"
        made = image.instructions.get(hider)
        if made is not None:
            tip += f": {' '.join((made.summary or made.text).split())}"
    return Row(path.node, path.bytes, layers, name, tip)


def _hider(image: OpenImage, node: int, layer: int) -> int:
    """The first layer above ``layer`` that touches a path; -1 if none does."""
    for above in range(layer + 1, image.top + 1):
        nodes = image.stack.deltas[above].nodes
        row = int(np.searchsorted(nodes, node))
        if row < len(nodes) and int(nodes[row]) == node:
            return above
    return -1


def find_duplicates(image: OpenImage, upto: int, job: Job) -> tuple[Row, ...]:
    """Files of equal content as of a layer, what saves most first; reads what may be equal.

    Raises :class:`explorer.errors.Cancelled`.
    """
    found = duplicates(image, image.state(upto), job)
    return tuple(_repeated(image, group) for group in found[:MOST])


def _repeated(image: OpenImage, group: Duplicates) -> Row:
    paths = [display(path) for path in image.stack.trie.paths(group.nodes[:_NAMED])]
    more = len(group.nodes) - len(paths)
    tip = "\n".join([f"{text.exact_size(group.size)} each", *paths])
    tip += f"\nand {text.count(more)} more" if more else ""
    return Row(group.nodes[0], group.saves, f"{len(group.nodes)} ×", paths[0], tip)
