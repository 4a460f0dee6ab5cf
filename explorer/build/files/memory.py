"""A few files at hand as a tree: here-documents, and what tests need."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from explorer.analysis.content import FileContent
from explorer.blobs.access import InMemory
from explorer.build.tree import Branch, Hidden
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display, is_below, parent

_FILE_MODE = 0o644


class MemoryTree:
    """Files and other entries by their absolute paths; directories that are missing are made."""

    def __init__(
        self,
        files: Mapping[bytes, bytes],
        others: Mapping[bytes, Entry] | None = None,
        title: str = "",
    ) -> None:
        self._files = dict(files)
        self._entries: dict[bytes, Entry] = {
            path: Entry(path, EntryType.FILE, _FILE_MODE, size=len(data))
            for path, data in files.items()
        }
        self._entries.update(others or {})
        for path in list(self._entries):
            while path != b"/":
                path = parent(path)
                self._entries.setdefault(path, Entry(path, EntryType.DIR, 0o755))
        self._entries.setdefault(b"/", Entry(b"/", EntryType.DIR, 0o755))
        self._title = title

    @property
    def title(self) -> str:
        """As :attr:`Tree.title`."""
        return self._title

    @property
    def stamp(self) -> Hashable:
        """As :attr:`Tree.stamp`."""
        entries = ((path, repr(entry)) for path, entry in sorted(self._entries.items()))
        return tuple(entries), tuple(sorted(self._files.items()))

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Tree.entry`."""
        return self._entries.get(path)

    def children(self, path: bytes) -> Sequence[bytes]:
        """As :meth:`Tree.children`."""
        found = self._entries.get(path)
        if found is None or not found.is_dir:
            return ()
        below = (each for each in self._entries if each != b"/" and parent(each) == path)
        return sorted(each.rpartition(b"/")[2] for each in below)

    def branch(self, path: bytes) -> Branch | None:
        """As :meth:`Tree.branch`."""
        if path not in self._entries:
            return None
        paths = [each for each in self._entries if each == path or is_below(each, path)]
        paths.sort(key=lambda each: each.split(b"/"))
        return branch_of([self._entries[each] for each in paths])

    def content(self, path: bytes) -> FileContent:
        """As :meth:`Tree.content`."""
        data = self._files.get(path)
        if data is None:
            raise NotFound(f"No file {display(path)}")
        return FileContent(InMemory(data), 0, len(data))

    def hidden(self, path: bytes) -> Hidden | None:
        """As :meth:`Tree.hidden`: nothing is."""


def branch_of(entries: Sequence[Entry]) -> Branch:
    """The branch of entries in preorder, the top first; a HARDLINK links to a path before it."""
    rows = {entry.path: row for row, entry in enumerate(entries)}
    names = [b"", *(entry.name for entry in entries[1:])]
    inode = [rows[e.link or b""] if e.type is EntryType.HARDLINK else rows[e.path] for e in entries]
    real = [entries[row] for row in inode]
    above = [0, *(rows[parent(entry.path)] for entry in entries[1:])]
    return Branch(
        path=entries[0].path,
        parent=np.array(above, np.int64),
        name_at=np.concatenate(([0], np.cumsum([len(name) for name in names]))).astype(np.int64),
        names=np.frombuffer(b"".join(names), np.uint8),
        types=np.array([entry.type for entry in real], np.uint8),
        mode=np.array([entry.mode for entry in real], np.int64),
        uid=np.array([entry.uid for entry in real], np.int64),
        gid=np.array([entry.gid for entry in real], np.int64),
        size=np.array([entry.size for entry in real], np.int64),
        mtime=np.array([entry.mtime_ns for entry in real], np.int64),
        inode=np.array(inode, np.int64),
        links={row: e.link for row, e in enumerate(real) if e.type is EntryType.SYMLINK and e.link},
        xattrs={row: e.xattrs for row, e in enumerate(real) if e.xattrs},
        devices={row: e.device for row, e in enumerate(real) if e.device is not None},
    )
