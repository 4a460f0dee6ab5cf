"""Where things go: values that a layer is made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.build.files.mishap import Mishap
from explorer.build.files.sources import Remote, Unmatched
from explorer.build.tree import Branch, Tree
from explorer.dockerfile.words import Word
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import is_below, join


@dataclass(frozen=True, slots=True)
class Made:
    """A directory that is made on the way. ``mtime_ns`` is 0 where it is the time of the build."""

    path: bytes
    mode: int
    uid: int
    gid: int
    mtime_ns: int = 0

    @property
    def entry(self) -> Entry:
        """The same as an entry."""
        return Entry(self.path, EntryType.DIR, self.mode, self.uid, self.gid, 0, self.mtime_ns)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some rows of a branch, and the path where row 0 goes (whether or not it is among them).

    ``rows`` rise; ``mode``, ``uid`` and ``gid`` are what they will have, an entry each.
    """

    target: bytes
    tree: Tree
    branch: Branch
    rows: Array
    mode: Array
    uid: Array
    gid: Array
    word: Word

    def __len__(self) -> int:
        return len(self.rows)

    def paths(self) -> Iterator[tuple[bytes, bytes]]:
        """Each source path in the tree with its path in the destination."""
        below = self.branch.all_below()
        top = self.branch.path
        for row in self.rows.tolist():
            rest = below[row]
            yield (join(top, rest), join(self.target, rest)) if rest else (top, self.target)

    def entry(self, path: bytes) -> Entry | None:
        """What this piece puts at a path of the destination."""
        row = self.row(path)
        place = int(np.searchsorted(self.rows, row)) if row is not None else len(self.rows)
        if row is None or place == len(self.rows) or self.rows[place] != row:
            return None
        branch = self.branch
        return Entry(
            path=path,
            type=EntryType(int(branch.types[row])),
            mode=int(self.mode[place]),
            uid=int(self.uid[place]),
            gid=int(self.gid[place]),
            size=int(branch.size[row]),
            mtime_ns=int(branch.mtime[row]),
            link=branch.links.get(row),
            device=branch.devices.get(row),
            xattrs=branch.xattrs.get(row, {}),
        )

    def row(self, path: bytes) -> int | None:
        """The row that goes to a path of the destination, if the branch has one."""
        if path == self.target:
            return 0
        if not is_below(path, self.target):
            return None
        row = 0
        for name in path[len(self.target.rstrip(b"/")) + 1 :].split(b"/"):
            child = self._child(row, name)
            if child is None:
                return None
            row = child
        return row

    def _child(self, row: int, name: bytes) -> int | None:
        children = np.flatnonzero(self.branch.parent == row)
        children = children[children != 0]
        place = bisect_left(children, name, key=lambda child: self.branch.name(int(child)))
        if place < len(children) and self.branch.name(int(children[place])) == name:
            return int(children[place])
        return None

    def kinds(self, folder: bytes) -> Mapping[bytes, EntryType]:
        """The names this piece puts into a directory of the destination."""
        row = self.row(folder)
        if row is None:
            return {}
        children = self.rows[(self.branch.parent[self.rows] == row) & (self.rows != 0)]
        types = self.branch.types[children].tolist()
        names = map(self.branch.name, children.tolist())
        return dict(zip(names, map(EntryType, types), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What an instruction writes into a filesystem, in the order it does.

    ``remote`` are sources that are only known once they are downloaded. With ``linked``
    (``--link``) nothing of the filesystem below plays a part. ``unmatched`` are patterns that find
    nothing. ``mishaps`` tell what goes wrong; where one of them is an error, the rest is what there
    would be without it.
    """

    made: tuple[Made, ...] = ()
    pieces: tuple[Piece, ...] = ()
    remote: tuple[Remote, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    linked: bool = False
    unmatched: tuple[Unmatched, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether the build stops here."""
        return any(mishap.is_error for mishap in self.mishaps)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.made and not any(map(len, self.pieces))

    def operations(self) -> Iterator[tuple[bytes, bytes]]:
        """Each source path with its destination, in order."""
        for piece in self.pieces:
            yield from piece.paths()
