"""Renames: removed and added files of one change set that hold the same bytes.

Layers know no renames: ``RUN mv`` removes a path and stores all its bytes again at another. Files
are paired by size first and content then, so that little is read; which of several equal files
became which is told by name and directory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import Change, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import ChangeSet
from explorer.progress import Job

_MANY = 250_000  # pairs of files of one size that are ranked by likeness
_File = tuple[int, int]  # node and inode


@dataclass(frozen=True, slots=True)
class Rename:
    """The removed ``old`` node came back as the added ``new`` one; ``size`` in bytes.

    ``before`` and ``after`` are the providers.
    """

    old: int
    new: int
    before: int
    after: int
    size: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is done to find renames: bytes compared, and pairs of files looked at."""

    bytes: int = 2 << 30
    pairs: int = 1_000_000


def renames(
    changes: ChangeSet, job: Job | None = None, *, least: int = 1, bounds: Bounds | None = None
) -> tuple[Rename, ...]:
    """The renames in a change set, by new path, of files of ``least`` bytes and more.

    Beyond the bounds files stay removed and added. Raises :class:`Cancelled`.
    """
    removed = _files(changes, Change.REMOVED, changes.before, least)
    added = _files(changes, Change.ADDED, changes.after, least)
    search = _Search(changes, job or Job(), bounds or Bounds())
    for size in sorted(removed.keys() & added.keys(), reverse=True):
        search.pair(size, removed[size], added[size])
    return tuple(sorted(search.found, key=lambda rename: rename.new))


def _files(
    changes: ChangeSet, kind: Change, providers: Array, least: int
) -> dict[int, list[_File]]:
    """Regular files of one kind of change as ``(node, inode)``, by size."""
    rows = np.flatnonzero(changes.kinds == kind)
    inodes = changes.stack.inodes(providers[rows])
    rows, inodes = rows[inodes != NOTHING], inodes[inodes != NOTHING]
    sizes = changes.stack.column("size", inodes)
    fits = (changes.stack.column("type", inodes) == EntryType.FILE) & (sizes >= max(least, 1))
    by_size: dict[int, list[_File]] = defaultdict(list)
    nodes = changes.nodes[rows]
    columns = zip(nodes[fits].tolist(), inodes[fits].tolist(), sizes[fits].tolist(), strict=True)
    for node, inode, size in columns:
        by_size[size].append((node, inode))
    return by_size


class _Search:
    def __init__(self, changes: ChangeSet, job: Job, bounds: Bounds) -> None:
        self.found: list[Rename] = []
        self._stack = changes.stack
        self._job = job
        self._bytes = bounds.bytes
        self._pairs = bounds.pairs

    def pair(self, size: int, removed: list[_File], added: list[_File]) -> None:
        """Pair files of one size; those that keep their name, or their directory, first."""
        if len(removed) * len(added) > _MANY:
            # A million files of one size: only those that keep their name are looked at.
            by_name: dict[bytes, list[_File]] = defaultdict(list)
            for file in removed:
                by_name[self._stack.trie.name(file[0])].append(file)
            for file in added:
                self._match(size, file, by_name.get(self._stack.trie.name(file[0]), []))
            return
        for file in added:
            removed.sort(key=self._likeness(file[0]))
            self._match(size, file, removed)

    def _match(self, size: int, file: _File, left: list[_File]) -> None:
        """Pair a file with the first that it equals, and take that one out."""
        node, inode = file
        for place, (old, before) in enumerate(left):
            if self._pairs <= 0:
                return
            if self._equal(before, inode, size):
                self.found.append(Rename(old, node, before, inode, size))
                del left[place]
                return

    def _likeness(self, node: int) -> Callable[[_File], tuple[bool, bool, int]]:
        trie = self._stack.trie
        name, parent = trie.name(node), int(trie.parent[node])

        def rank(old: _File) -> tuple[bool, bool, int]:
            return trie.name(old[0]) != name, int(trie.parent[old[0]]) != parent, old[0]

        return rank

    def _equal(self, a: int, b: int, size: int) -> bool:
        self._job.check()
        self._pairs -= 1
        if a == b:
            return True
        if self._bytes < size:
            return False
        self._bytes -= size
        try:
            return self._stack.same_content(a, b)
        except (DamagedImage, NotFound):
            return False
