"""Files by name, in a folder or in a tar: what layouts and archives are made of."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from explorer.blobs.access import Part, RandomAccess, SharedFile
from explorer.errors import DamagedImage, ExplorerError, LimitExceeded, Refused
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import normalise

# Registries refuse manifests above 4 MiB; as a value, JSON takes thirty times its length.
LARGEST_DOCUMENT = 4 << 20  # bytes
# Docker makes 127 layers, the kernel stacks 500.
MOST_LAYERS = 1000
_MEMBER_LIMIT = 200_000
_DEEPEST, _LONGEST = 32, 1024  # of the paths that images keep their parts under


class Members(Protocol):
    """Files by name."""

    def get(self, name: str) -> RandomAccess | None:
        """A regular file, links followed as long as they stay inside; None if there is none.

        Raises :class:`Refused` for one that may not be read.
        """


class FolderMembers:
    """Files below a folder. A link that leaves it is not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real = root.resolve()
        # Held by whoever reads them: a layout has more blobs than a process may open files.
        self._open: WeakValueDictionary[Path, SharedFile] = WeakValueDictionary()

    def get(self, name: str) -> RandomAccess | None:
        """As :meth:`Members.get`."""
        try:
            path = (self._real / name).resolve()
            found = path.is_relative_to(self._real) and path.is_file()
        except PermissionError as error:
            why = error.strerror or "it may not be looked at"
            raise Refused(
                f"{name} cannot be opened", why=why, hint="Check its permissions"
            ) from error
        except (OSError, RuntimeError, ValueError):
            return None
        if not found:
            return None
        file = self._open.get(path)
        if file is None:
            file = self._open[path] = SharedFile(path)
        return file


class TarMembers:
    """Files in an archive, from the index of its headers."""

    def __init__(self, access: RandomAccess, index: LayerIndex) -> None:
        self._access = access
        self._index = index
        self._entries: dict[bytes, int] = {}
        if max(len(index), index.node_count) > _MEMBER_LIMIT:
            raise DamagedImage("The archive is no image", why="it has too many members")
        paths = _short_paths(index)
        for entry in index.live.nonzero()[0].tolist():
            path = paths[int(index.node[entry])]
            if path is not None:
                self._entries[path] = entry

    def get(self, name: str) -> RandomAccess | None:
        """As :meth:`Members.get`."""
        path = b"/" + normalise(name.encode("utf-8", "surrogateescape"))[0]
        for _ in range(40):
            entry = self._entries.get(path)
            if entry is None:
                return None
            kind = self._index.type[entry]
            if kind == EntryType.FILE:
                size = self._index.size_of(entry)
                return Part(self._access, int(self._index.offset[entry]), size)
            link = self._index.link_of(entry)
            if link is None:
                return None
            if kind == EntryType.SYMLINK:
                link = posixpath.join(posixpath.dirname(path), link)
            path = b"/" + normalise(link)[0]
        return None


def _short_paths(index: LayerIndex) -> list[bytes | None]:
    """The paths of all nodes, but None for those that lie deeper than any part of an image."""
    paths: list[bytes | None] = [b""]
    for node, parent in enumerate(index.parent[1:].tolist(), 1):
        above = paths[parent]
        path = above + b"/" + index.name(node) if above is not None else None
        short = path is not None and len(path) <= _LONGEST and path.count(b"/") <= _DEEPEST
        paths.append(path if short else None)
    paths[0] = b"/"
    return paths


def read_document(members: Members, name: str) -> bytes | None:
    """A small file whole, or None; raises :class:`DamagedImage` if it is not small."""
    found = members.get(name)
    if found is None:
        return None
    if found.size > LARGEST_DOCUMENT:
        why = f"it has {found.size:,} bytes, and no more than {LARGEST_DOCUMENT:,} are read"
        raise LimitExceeded(f"{name} is no document", why=why)
    return found.read_at(0, found.size)


def check_layers(count: int) -> None:
    """Raise :class:`LimitExceeded` for more layers than anything could run."""
    if count > MOST_LAYERS:
        raise LimitExceeded(
            "The image is no image that could run",
            why=f"it has {count:,} layers; Linux stacks 500, and {MOST_LAYERS:,} are shown",
            hint="Do not trust where it comes from",
        )


def tolerate(problem: ExplorerError) -> str:
    """An error as a warning, for the parts of an image that can be shown without it."""
    return f"{problem.what}: {problem.why}" if problem.why else problem.what
