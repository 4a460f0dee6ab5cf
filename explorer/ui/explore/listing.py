"""Which paths the tree lists, as which version, and with what mark: one number for each node.

Pure arrays, no Qt: made in a thread, then shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.filesystem.arrays import is_in
from explorer.filesystem.entry import Change, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.stack import NOTHING, Stack
from explorer.progress import Job
from explorer.ui.explore.model import Mode


class Mark(IntEnum):
    """What the selected layers do to a path, as the tree marks it."""

    NONE = 0
    SAME = 1
    ADDED = 2
    MODIFIED = 3
    REMOVED = 4
    PASSING = 5
    GONE = 6

    @property
    def glyph(self) -> str:
        """One character, so that a mark never speaks by colour alone."""
        return (" ", "·", "+", "~", "−", "±", "−")[self]

    @property
    def role(self) -> str:
        """The scheme's colour role."""
        roles = ("muted", "muted", "added", "modified", "removed", "removed", "muted")
        return roles[self]

    @property
    def words(self) -> str:
        """What it means, for the tool tip and for screen readers."""
        return (
            "Not touched by the selected layers",
            "Stored again without any difference",
            "Added",
            "Modified",
            "Deleted",
            "Added and deleted again within the selected layers",
            "Deleted by a lower layer; its bytes are still stored",
        )[self]

    @property
    def is_absent(self) -> bool:
        """Whether the path is not there after the selected layers."""
        return self >= Mark.REMOVED


_OF_CHANGE = np.array([Mark.SAME, Mark.ADDED, Mark.MODIFIED, Mark.REMOVED], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """What the tree can show. All arrays have one number for each node of the image's trie.

    ``listed`` is true for what belongs to the view, ``shown`` for the directories above it, too.
    ``provider`` is the version shown (of a deleted path: the one that was deleted), ``mark`` a
    :class:`Mark`, ``inside`` whether the selected layers change anything below, ``folder`` whether
    the node is a directory, ``size`` bytes: of a file its own, of a directory all below it, an
    inode once; deleted files count only for deleted directories.
    """

    image: OpenImage
    mode: Mode
    first: int
    last: int
    listed: Array
    shown: Array
    provider: Array
    mark: Array
    inside: Array
    folder: Array
    size: Array

    def only_inside(self, node: int) -> bool:
        """Whether the selected layers change nothing of a node itself, yet something below it."""
        return bool(self.inside[node]) and int(self.mark[node]) <= Mark.SAME

    @property
    def count(self) -> int:
        """How many paths are listed, the root left out."""
        return int(self.listed.sum()) - int(self.listed[0])


def make_listing(
    image: OpenImage,
    mode: Mode,
    first: int,
    last: int,
    *,
    deleted: bool = False,
    job: Job | None = None,
) -> Listing:
    """List the layers ``first`` to ``last`` of an image in one of the three modes.

    ``deleted`` has the merged mode list everything that any layer up to ``last`` deleted.
    """
    job = job or Job()
    stack = image.stack
    provider = _latest(stack, last)
    mark = np.zeros(len(stack.trie), np.uint8)
    if last < 0:
        return _finish(image, mode, first, last, mark > 0, provider, mark, job)
    visible = image.state(last).visible
    if mode is Mode.MERGED:
        listed = _merged(image, first, last, visible, provider, mark, deleted)
    elif mode is Mode.COMPARE:
        listed = _compared(image, first, last, provider, mark)
    else:
        listed = _touched(image, first, last, provider, mark)
    job.check()
    return _finish(image, mode, first, last, listed, provider, mark, job)


def _latest(stack: Stack, last: int) -> Array:
    """The newest version of every path up to a layer, also of the deleted ones."""
    provider = np.full(len(stack.trie), NOTHING, np.int64)
    provider[0] = stack.starts[-1]
    for delta in stack.deltas[: last + 1]:
        there = delta.after != NOTHING
        provider[delta.nodes[there]] = delta.after[there]
    return provider


def _merged(
    image: OpenImage,
    first: int,
    last: int,
    visible: Array,
    provider: Array,
    mark: Array,
    deleted: bool,
) -> Array:
    changes = image.changes(first, last)
    listed: Array = visible != NOTHING
    if deleted:
        listed = provider != NOTHING
        mark[listed & (visible == NOTHING)] = Mark.GONE
    mark[changes.nodes] = _OF_CHANGE[changes.kinds]
    return listed


def _compared(image: OpenImage, first: int, last: int, provider: Array, mark: Array) -> Array:
    changes = image.changes(first, last).only(Change.ADDED, Change.MODIFIED, Change.REMOVED)
    mark[changes.nodes] = _OF_CHANGE[changes.kinds]
    gone = changes.kinds == Change.REMOVED
    # What is gone is shown as it was before the range, whatever happened to it within.
    provider[changes.nodes[gone]] = changes.before[gone]
    return mark > 0


def _touched(image: OpenImage, first: int, last: int, provider: Array, mark: Array) -> Array:
    listed = np.zeros(len(mark), bool)
    for delta in image.stack.deltas[first : last + 1]:
        listed[delta.nodes] = True
    mark[listed] = Mark.PASSING
    changes = image.changes(first, last)
    mark[changes.nodes] = _OF_CHANGE[changes.kinds]
    return listed


def _finish(
    image: OpenImage,
    mode: Mode,
    first: int,
    last: int,
    listed: Array,
    provider: Array,
    mark: Array,
    job: Job,
) -> Listing:
    stack, end = image.stack, image.stack.trie.end
    mark[~listed] = Mark.NONE
    below = _counts_below(listed, end)
    shown = listed | (below > 0)
    shown[0] = True
    folder = below > 0
    nodes = np.flatnonzero(shown & (provider != NOTHING))
    folder[nodes] |= stack.column("type", provider[nodes]) == EntryType.DIR
    folder[0] = True
    job.check()
    absent = mark >= Mark.REMOVED
    size = _sizes(stack, listed, folder, provider, absent)
    by_these = (mark >= Mark.ADDED) & (mark != Mark.GONE)
    inside = _counts_below(by_these, end) > 0
    return Listing(image, mode, first, last, listed, shown, provider, mark, inside, folder, size)


def _counts_below(wanted: Array, end: Array) -> Array:
    """How many of the wanted nodes lie strictly below each node."""
    running = np.concatenate((np.zeros(1, np.int32), np.cumsum(wanted, dtype=np.int32)))
    total: Array = running[end] - running[1:]
    return total


def _sizes(stack: Stack, listed: Array, folder: Array, provider: Array, absent: Array) -> Array:
    nodes = np.flatnonzero(listed & ~folder & (provider != NOTHING))
    inodes = stack.inodes(provider[nodes])
    known = (inodes != NOTHING) & (inodes < stack.starts[-1])
    nodes, inodes = nodes[known], inodes[known]
    regular = stack.column("type", inodes) == EntryType.FILE
    own = np.where(regular, stack.column("size", inodes), 0)
    size = np.zeros(len(provider), np.int64)
    size[nodes] = own
    gone = absent[nodes]
    end = stack.trie.end
    linked = inodes[inodes != provider[nodes]]
    there = _totals(nodes[~gone], inodes[~gone], own[~gone], linked, end)
    removed = _totals(nodes[gone], inodes[gone], own[gone], linked, end)
    return np.where(folder, np.where(absent, removed, there), size)


def _totals(nodes: Array, inodes: Array, sizes: Array, linked: Array, end: Array) -> Array:
    """The bytes below each node, an inode counted at its first name only.

    ``linked`` are the inodes that can have several names: all others need no second look.
    """
    counted = np.ones(len(nodes), bool)
    several = np.flatnonzero(is_in(inodes, linked)) if len(linked) else linked
    if len(several):
        counted[several] = False
        counted[several[np.unique(inodes[several], return_index=True)[1]]] = True
    content = np.zeros(len(end) + 1, np.int64)
    content[nodes[counted] + 1] = sizes[counted]
    running = np.cumsum(content)
    total: Array = running[end] - running[:-1]
    return total
