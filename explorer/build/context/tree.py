"""A build context as something that COPY and ADD read from."""

from __future__ import annotations

import os
import stat
from collections.abc import Hashable, Sequence

import numpy as np

from explorer.analysis.content import FileContent
from explorer.build.context.context import Context
from explorer.build.context.hashing import ContentHashes, HashMemo
from explorer.build.context.opening import Neighbours
from explorer.build.context.scanning import signed
from explorer.build.tree import Branch, Hidden
from explorer.errors import ExplorerError, NotFound, Refused
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.progress import Job


class ContextTree:
    """The tree of a context; see :class:`explorer.build.tree.Tree`.

    ``hashes`` remembers what files hold. Owners are 0, whoever owns the files on disk.
    """

    def __init__(
        self, context: Context, hashes: ContentHashes | None = None, title: str = ""
    ) -> None:
        self.context = context
        self._title = title or "the build context"
        self._hashes = hashes or HashMemo()
        self._neighbours = Neighbours(context.folder)

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return self._title

    @property
    def stamp(self) -> Hashable:
        """Equal for two trees only if nothing changed between them."""
        return "context", self.context.stamp

    def entry(self, path: bytes) -> Entry | None:
        """What stands at a path, as lstat told."""
        row = self.context.entries.find(path)
        return None if row is None else self._entry(row, path)

    def children(self, path: bytes) -> Sequence[bytes]:
        """The names in a directory, in the order of their bytes."""
        entries = self.context.entries
        row = entries.find(path)
        return [] if row is None else [entries.name(int(r)) for r in entries.children(row)]

    def branch(self, path: bytes) -> Branch | None:
        """A path and everything below it, in columns; extended attributes are not looked at."""
        entries = self.context.entries
        row = entries.find(path)
        if row is None:
            return None
        rows = slice(row, int(entries.end[row]))
        count = rows.stop - rows.start
        parent = np.maximum(entries.parent[rows] - row, 0)
        # Row 0 has no name of its own.
        name_at = entries.name_at[row : rows.stop + 1] - entries.name_at[row + 1]
        name_at = np.concatenate(([0], name_at[1:]))
        start, stop = int(entries.name_at[row + 1]), int(entries.name_at[rows.stop])
        nobody = np.zeros(count, np.uint32)
        return Branch(
            path=path,
            parent=_fixed(parent),
            name_at=_fixed(name_at),
            names=np.frombuffer(entries.names, np.uint8)[start:stop],
            types=_fixed(entries.type[rows]),
            mode=_fixed(entries.mode[rows]),
            uid=_fixed(nobody),
            gid=_fixed(nobody),
            size=_fixed(_sizes(entries.type[rows], entries.size[rows])),
            mtime=_fixed(entries.mtime[rows]),
            inode=_fixed(_first_names(entries.first_name[rows] - row)),
            links={r - row: t for r, t in entries.targets.items() if row <= r < rows.stop},
            devices={r - row: d for r, d in entries.devices.items() if row <= r < rows.stop},
        )

    def content(self, path: bytes) -> FileContent:
        """The content of a regular file.

        Raises:
            NotFound: it is no regular file.
            Refused: it cannot be read, or changed since the context was scanned.
        """
        entries = self.context.entries
        row = entries.find(path)
        if row is None or entries.type[row] != EntryType.FILE:
            raise NotFound(f"{self.title} has no file {display(path)}")
        size = int(entries.size[row])
        state = int(entries.inode[row]), int(entries.mtime[row])
        return FileContent(_File(self._neighbours, path.strip(b"/"), size, state), 0, size)

    def hidden(self, path: bytes) -> Hidden | None:
        """The rule of the ignore file that keeps a path out of the tree."""
        ignore = self.context.ignore
        rule = ignore.rules.deciding_rule(os.fsdecode(path.strip(b"/"))) if path != b"/" else None
        if rule is None or rule.excepts:
            return None
        return Hidden(str(rule), ignore.name, rule.line)

    def digests(self, path: bytes, job: Job | None = None) -> Array:
        """For each row of the branch of a path 32 bytes that stand for its content.

        They are SHA-256 of a regular file's bytes (with its extended attributes, if it has any),
        zeros for anything else. Hashes only what is not known yet.

        Raises:
            Refused: a file cannot be read, or changes all the time.
            Cancelled: the job was cancelled.
        """
        entries = self.context.entries
        row = entries.find(path)
        if row is None:
            return np.zeros((0, 32), np.uint8)
        return self._hashes.of(self.context, row, int(entries.end[row]), job or Job())

    def is_settled(self, path: bytes) -> bool:
        """Whether what the files below a path hold is known for as long as the stamp stays."""
        entries = self.context.entries
        row = entries.find(path)
        return row is None or self._hashes.knows(self.context, row, int(entries.end[row]))

    def _entry(self, row: int, path: bytes) -> Entry:
        entries = self.context.entries
        kind = EntryType(int(entries.type[row]))
        return Entry(
            path=b"/" + path.strip(b"/"),
            type=kind,
            mode=int(entries.mode[row]),
            size=int(entries.size[row]) if kind is EntryType.FILE else 0,
            mtime_ns=int(entries.mtime[row]),
            link=entries.targets.get(row),
            device=entries.devices.get(row),
        )


class _File:
    """Random access to one file of a context, opened for each read and never through a link."""

    def __init__(
        self, neighbours: Neighbours, path: bytes, size: int, state: tuple[int, int]
    ) -> None:
        self._neighbours = neighbours
        self._path = path
        self._size = size
        self._state = state

    @property
    def size(self) -> int:
        """The bytes it had when the context was scanned."""
        return self._size

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from an offset on.

        Raises:
            Refused: it cannot be read, or is not what it was.
        """
        try:
            fd = self._neighbours.open(self._path)
        except OSError as error:
            raise _unreadable(self._path, (error.strerror or str(error)).lower()) from error
        try:
            found = os.fstat(fd)
            now = found.st_size, (signed(found.st_ino), found.st_mtime_ns)
            if now != (self._size, self._state) or not stat.S_ISREG(found.st_mode):
                raise _unreadable(self._path, "it changed since the build context was looked at")
            return _read(fd, offset, size)
        finally:
            os.close(fd)


def _read(fd: int, offset: int, size: int) -> bytes:
    os.lseek(fd, offset, os.SEEK_SET)
    out = bytearray()
    while len(out) < size and (chunk := os.read(fd, min(size - len(out), 1 << 20))):
        out += chunk
    return bytes(out)


def _unreadable(path: bytes, why: str) -> ExplorerError:
    return Refused(f"{display(path)} in the build context cannot be read", why=why)


def _sizes(types: Array, sizes: Array) -> Array:
    return np.where(types == EntryType.FILE, sizes, 0)


def _first_names(first: Array) -> Array:
    """First names as rows of a branch, where some lie outside it, before its first row."""
    outside = np.flatnonzero(first < 0)
    if not len(outside):
        return first
    first = first.copy()
    _, starts, which = np.unique(first[outside], return_index=True, return_inverse=True)
    first[outside] = outside[starts[which.reshape(-1)]]
    return first


def _fixed(values: Array) -> Array:
    view = values.view()
    view.flags.writeable = False
    return view
