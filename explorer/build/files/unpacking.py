"""How an archive meets what is there already, as Docker's unpacker has it.

Its root is the destination: no symlink leads it out of there.
"""

from __future__ import annotations

import numpy as np

from explorer.build.files.filesystem import Filesystem, NotAFolderError
from explorer.build.tree import Branch, resolve
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display, join


def through_links(
    filesystem: Filesystem, branch: Branch, target: bytes
) -> tuple[Array, list[tuple[bytes, int]]]:
    """The rows of an archive that go below the target, and those that its symlinks lead elsewhere.

    What an archive names replaces what is there. A directory that it names only as part of other
    paths is used as it is, be it a symlink: then its row is given with where that leads.

    Raises:
        NotAFolderError: such a path is neither.
    """
    keep = np.ones(len(branch), bool)
    keep[0] = False
    elsewhere: list[tuple[bytes, int]] = []
    ends = branch.ends() if len(branch.implied) > 1 else None
    for row in branch.implied.tolist():
        if row == 0 or not keep[row] or ends is None:
            continue
        path = join(target, branch.below(row))
        there = filesystem.entry(path)
        if there is None:
            continue
        keep[row] = False
        if there.type is EntryType.SYMLINK:
            keep[row : ends[row]] = False
            elsewhere.append((_jailed(filesystem, target, branch.below(row)), row))
        elif there.type is not EntryType.DIR:
            raise NotAFolderError(f"mkdir {display(path)}: not a directory")
    return np.flatnonzero(keep), elsewhere


class _Jail:
    """A filesystem as an unpacker sees it whose root is a directory of it."""

    def __init__(self, filesystem: Filesystem, root: bytes) -> None:
        self._filesystem = filesystem
        self._root = root

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Tree.entry`."""
        return self._filesystem.entry(self.outside(path))

    def outside(self, path: bytes) -> bytes:
        """A path of the jail in the whole filesystem."""
        return self._root if path == b"/" else join(self._root, path.lstrip(b"/"))


def _jailed(filesystem: Filesystem, root: bytes, below: bytes) -> bytes:
    """Where a path leads for an unpacker whose root is ``root``."""
    jail = _Jail(filesystem, root)
    inside = b"/" + below
    return jail.outside(resolve(jail, inside) or inside)
