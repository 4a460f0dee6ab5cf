"""Where COPY and ADD read from: a build context, a stage's filesystem, an image, an archive.

Paths are absolute inside the tree and kept byte for byte; ``/`` is the root. No method follows a
symlink, at any component; :func:`resolve` does, and never leaves the root.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from explorer.analysis.content import FileContent
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array

MOST_LINKS = 255
"""How many symlinks one path may run through, as containerd's resolver has it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Why a path that is there on disk is no part of a tree: a rule of its ignore file.

    ``pattern`` is the rule as written, ``file`` the ignore file's name, ``line`` counts from 1.
    """

    pattern: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A path and everything below it, in columns: one row an entry, row 0 the path itself.

    Rows are in preorder and siblings in the order of their names' bytes, so a subtree is a slice.
    ``parent`` holds the row of each row's directory (row 0 its own), ``names`` and ``name_at`` the
    names as in :class:`~explorer.filesystem.index.LayerIndex`; row 0's is empty. ``mtime`` is in
    nanoseconds. ``inode`` is the first row that shares the row's inode: the row itself but for
    further names of a hard link. ``types`` never holds HARDLINK. ``links`` has the targets of
    symlinks; ``xattrs`` and ``devices`` only rows that have any. ``implied`` are rows, rising, of
    directories that a tar names only as part of other paths. All arrays are read only.
    """

    path: bytes
    parent: Array
    name_at: Array
    names: Array
    types: Array
    mode: Array
    uid: Array
    gid: Array
    size: Array
    mtime: Array
    inode: Array
    links: Mapping[int, bytes] = field(default_factory=dict)
    xattrs: Mapping[int, Mapping[bytes, bytes]] = field(default_factory=dict)
    devices: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    implied: Array = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.types)

    def name(self, row: int) -> bytes:
        """The last component of a row's path; empty for row 0."""
        return self.names[self.name_at[row] : self.name_at[row + 1]].tobytes()

    def below(self, row: int) -> bytes:
        """The path of a row relative to row 0, without leading slash; empty for row 0."""
        parts: list[bytes] = []
        while row:
            parts.append(self.name(row))
            row = int(self.parent[row])
        return b"/".join(reversed(parts))

    def path_of(self, row: int) -> bytes:
        """The path of a row in its tree."""
        below = self.below(row)
        return self.path.rstrip(b"/") + b"/" + below if below else self.path

    def all_below(self) -> list[bytes]:
        """:meth:`below` of every row, in their order."""
        text, at = self.names.tobytes(), self.name_at.tolist()
        out: list[bytes] = [b""]
        for row, above in enumerate(self.parent.tolist()[1:], start=1):
            name = text[at[row] : at[row + 1]]
            out.append(out[above] + b"/" + name if above else name)
        return out

    def ends(self) -> Array:
        """For each row, the row after the last one of its subtree."""
        size = np.ones(len(self), np.int64)
        parent = self.parent.tolist()
        sizes = size.tolist()
        for row in range(len(sizes) - 1, 0, -1):
            sizes[parent[row]] += sizes[row]
        return np.arange(len(sizes)) + np.array(sizes, np.int64)


class Tree(Protocol):
    """Something that files can be copied from.

    Files of a build context belong to uid and gid 0, whoever owns them on disk, as BuildKit has
    it; entries that its ignore file leaves out are not there.
    """

    @property
    def title(self) -> str:
        """What it is called in messages, e.g. ``the build context`` or ``stage build``."""

    @property
    def stamp(self) -> Hashable:
        """Equal for two trees only if they hold the same entries with the same content."""

    def entry(self, path: bytes) -> Entry | None:
        """What stands at a path, as lstat tells; ``None`` if nothing does."""

    def children(self, path: bytes) -> Sequence[bytes]:
        """The names in a directory, in the order of their bytes; none for anything else."""

    def branch(self, path: bytes) -> Branch | None:
        """A path and everything below it; ``None`` if nothing stands there."""

    def content(self, path: bytes) -> FileContent:
        """The content of a regular file, read when it is asked for.

        Raises :class:`~explorer.errors.NotFound` for anything else, and
        :class:`~explorer.errors.ExplorerError` where it cannot be read or is no longer what the
        tree says.
        """

    def hidden(self, path: bytes) -> Hidden | None:
        """The rule that keeps a path out of the tree; ``None`` where none does."""


class Entries(Protocol):
    """The part of a :class:`Tree` that paths are resolved with."""

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Tree.entry`."""


class Readable(Entries, Protocol):
    """A :class:`Tree` as far as single paths go."""

    def content(self, path: bytes) -> FileContent:
        """As :meth:`Tree.content`."""


def resolve(tree: Entries, path: bytes, *, follow_last: bool = True) -> bytes | None:
    """The path that a path leads to once its symlinks are followed, held at the tree's root.

    The result need not exist; ``None`` where symlinks go in circles. What comes after a component
    that does not exist is kept as written, ``..`` taken away.
    """
    ahead = path.split(b"/")[::-1]
    real: list[bytes] = []
    hops = 0
    while ahead:
        part = ahead.pop()
        if part in (b"", b"."):
            continue
        if part == b"..":
            del real[-1:]
            continue
        here = b"/" + b"/".join((*real, part))
        entry = (
            tree.entry(here) if follow_last or any(p not in (b"", b".") for p in ahead) else None
        )
        if entry is None or entry.type is not EntryType.SYMLINK or not entry.link:
            real.append(part)
            continue
        hops += 1
        if hops > MOST_LINKS:
            return None
        if entry.link.startswith(b"/"):
            real = []
        ahead += entry.link.split(b"/")[::-1]
    return b"/" + b"/".join(real)
