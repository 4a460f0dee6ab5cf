"""The history of one path through the layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from explorer.filesystem.stack import NOTHING


class Cause(StrEnum):
    """How a layer came to remove a path."""

    WHITEOUT = "whiteout"
    PARENT_WHITEOUT = "whiteout of a directory above"
    OPAQUE = "opaque directory above"
    REPLACED = "a directory above was replaced"


@dataclass(frozen=True, slots=True)
class Version:
    """What one layer did to a path.

    ``entry`` is the path as it stands after the layer, or for a removal, as it was before;
    ``provider`` and ``previous`` are the providers after and before (see
    :class:`explorer.filesystem.stack.Stack`), :data:`NOTHING` where there is none. ``cost`` is the
    bytes of content this layer stores for the path. ``cause`` explains a removal.
    """

    layer: int
    change: Change
    what: tuple[Aspect, ...]
    entry: Entry
    provider: int
    previous: int
    cost: int
    cause: Cause | None = None

    @property
    def recoverable(self) -> bool:
        """Whether the content of a removed path can still be read from a lower layer."""
        return self.change is Change.REMOVED and self.entry.type is EntryType.FILE


def timeline(image: OpenImage, node: int) -> tuple[Version, ...]:
    """Every layer that touched a path, lowest first.

    A layer that stores the path again without any difference counts: its change is
    :attr:`Change.UNCHANGED`, and its cost is real.
    """
    versions: list[Version] = []
    for layer, delta in enumerate(image.stack.deltas):
        row = int(np.searchsorted(delta.nodes, node))
        if row == len(delta.nodes) or delta.nodes[row] != node:
            continue
        before, after = int(delta.before[row]), int(delta.after[row])
        versions.append(_version(image, node, layer, before, after))
    return tuple(versions)


def _version(image: OpenImage, node: int, layer: int, before: int, after: int) -> Version:
    stack = image.stack
    if after == NOTHING:
        entry = stack.entry(node, before)
        cause = removal_cause(image, node, layer)
        return Version(layer, Change.REMOVED, (), entry, after, before, 0, cause)
    entry = stack.entry(node, after)
    cost = stored_bytes(image, after)
    if before == NOTHING:
        return Version(layer, Change.ADDED, (), entry, after, before, cost)
    what = stack.aspects(before, after)
    change = Change.MODIFIED if what else Change.UNCHANGED
    return Version(layer, change, what, entry, after, before, cost)


def stored_bytes(image: OpenImage, provider: int) -> int:
    """Bytes of content a layer's tar holds for a provider; a hard link holds none of its own."""
    layer, entry = image.stack.split(provider)
    index = image.stack.layers[layer]
    if index is None or entry < 0 or index.type[entry] != EntryType.FILE:
        return 0
    return index.stored_of(entry)


def removal_cause(image: OpenImage, node: int, layer: int) -> Cause:
    """What in a layer removed a path that was visible below it."""
    marks, parent = image.stack.marks[layer], image.stack.trie.parent
    if _holds(marks.whiteouts, node):
        return Cause.WHITEOUT
    while node:
        node = int(parent[node])
        if _holds(marks.whiteouts, node):
            return Cause.PARENT_WHITEOUT
        if _holds(marks.opaques, node):
            return Cause.OPAQUE
    return Cause.REPLACED


def _holds(nodes: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.uint32]], node: int) -> bool:
    place = int(np.searchsorted(nodes, node))
    return place < len(nodes) and int(nodes[place]) == node
