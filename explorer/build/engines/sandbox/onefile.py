"""One file that was downloaded, as a tree to copy from."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import IO

from explorer.analysis.content import FileContent
from explorer.blobs.access import read_exactly
from explorer.build.files.memory import branch_of
from explorer.build.tree import Branch, Hidden
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display

_ROOT = Entry(b"/", EntryType.DIR, 0o755)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that is open, and that perhaps has no name on disk; it lives as long as this does."""

    file: IO[bytes]
    size: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`explorer.blobs.access.RandomAccess.read_at`."""
        wanted = min(size, self.size - offset)
        return read_exactly(self.file.fileno(), wanted, offset, self._lock) if wanted > 0 else b""


@dataclass(frozen=True, slots=True, eq=False)
class OneFileTree:
    """A root directory with one regular file in it, which ``file`` describes."""

    file: Entry
    opened: OpenedFile
    title: str
    digest: str
    """Of the content, as ``sha256:...``."""

    @property
    def stamp(self) -> Hashable:
        """As :attr:`explorer.build.tree.Tree.stamp`."""
        return "download", self.file.path, self.file.mode, self.file.mtime_ns, self.digest

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`explorer.build.tree.Tree.entry`."""
        return {b"/": _ROOT, self.file.path: self.file}.get(path)

    def children(self, path: bytes) -> Sequence[bytes]:
        """As :meth:`explorer.build.tree.Tree.children`."""
        return [self.file.name] if path == b"/" else []

    def branch(self, path: bytes) -> Branch | None:
        """As :meth:`explorer.build.tree.Tree.branch`."""
        if path == b"/":
            return branch_of([_ROOT, self.file])
        return branch_of([self.file]) if path == self.file.path else None

    def content(self, path: bytes) -> FileContent:
        """As :meth:`explorer.build.tree.Tree.content`."""
        if path != self.file.path:
            raise NotFound(f"{self.title} has no file {display(path)}")
        return FileContent(self.opened, 0, self.opened.size)

    def close(self) -> None:
        """Let go of the file."""
        self.opened.file.close()

    def hidden(self, path: bytes) -> Hidden | None:
        """As :meth:`explorer.build.tree.Tree.hidden`: nothing is."""
