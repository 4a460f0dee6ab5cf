"""Files of a merged filesystem that hold the same bytes under several names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import State
from explorer.progress import Job


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Files of equal content: ``size`` bytes each, at ``nodes``, the names of one inode once."""

    size: int
    nodes: tuple[int, ...]

    @property
    def saves(self) -> int:
        """Bytes that one copy in place of all would save."""
        return self.size * (len(self.nodes) - 1)


def duplicates(
    image: OpenImage,
    state: State | None = None,
    job: Job | None = None,
    *,
    least: int = 4096,
    most: int = 8 << 30,
) -> tuple[Duplicates, ...]:
    """Groups of equal files of ``least`` bytes and more, the most wasteful group first.

    Only files of equal size are read, at most ``most`` bytes of them all, the largest first.
    Raises :class:`Cancelled`.
    """
    state, job = state or image.final, job or Job()
    nodes, inodes, sizes = _candidates(state, least)
    groups: dict[tuple[int, int], list[int]] = {}
    read = 0
    job.expect(int(min(sizes.sum(), most)))
    for node, inode, size in zip(nodes.tolist(), inodes.tolist(), sizes.tolist(), strict=True):
        if read + size > most:
            continue
        read += size
        mark = _fingerprint(image, inode, job)
        job.advance(size)
        if mark is not None:
            groups.setdefault((size, mark), []).append(node)
    found = (
        Duplicates(size, tuple(sorted(group)))
        for (size, _), group in groups.items()
        if len(group) > 1
    )
    return tuple(sorted(found, key=lambda group: (-group.saves, group.nodes)))


def _candidates(state: State, least: int) -> tuple[Array, Array, Array]:
    """Files of a size that another has too, with their inodes and sizes, the largest first."""
    stack = state.stack
    nodes = state.nodes()
    inodes = stack.inodes(state.visible[nodes])
    nodes, inodes = nodes[inodes != NOTHING], inodes[inodes != NOTHING]
    inodes, first = np.unique(inodes, return_index=True)
    nodes = nodes[first]
    sizes = stack.column("size", inodes)
    fits = (stack.column("type", inodes) == EntryType.FILE) & (sizes >= max(least, 1))
    nodes, inodes, sizes = nodes[fits], inodes[fits], sizes[fits]
    _, group, counts = np.unique(sizes, return_inverse=True, return_counts=True)
    shared = counts[group] > 1
    nodes, inodes, sizes = nodes[shared], inodes[shared], sizes[shared]
    # The largest first; within a size in the order in which they are stored.
    order = np.lexsort((inodes, -sizes))
    return nodes[order], inodes[order], sizes[order]


def _fingerprint(image: OpenImage, inode: int, job: Job) -> int | None:
    layer, entry = image.stack.split(inode)
    if entry < 0:
        return None
    try:
        return image.contents.fingerprint(layer, entry, job)
    except (DamagedImage, NotFound):
        return None
