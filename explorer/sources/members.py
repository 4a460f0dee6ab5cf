"""Files by name, in a folder or in a tar: what layouts and archives are made of."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Protocol

from explorer.blobs.access import Part, RandomAccess, SharedFile
from explorer.errors import DamagedImage, ExplorerError, Refused
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import normalise
from explorer.oci.document import MAX_DOCUMENT

_MEMBER_LIMIT = 200_000


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
        self._open: dict[Path, SharedFile] = {}

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
        if path not in self._open:
            self._open[path] = SharedFile(path)
        return self._open[path]


class TarMembers:
    """Files in an archive, from the index of its headers."""

    def __init__(self, access: RandomAccess, index: LayerIndex) -> None:
        self._access = access
        self._index = index
        self._entries: dict[bytes, int] = {}
        if len(index) > _MEMBER_LIMIT:
            raise DamagedImage("The archive is no image", why="it has too many members")
        for entry in range(len(index)):
            if index.live[entry]:
                self._entries[index.path(int(index.node[entry]))] = entry

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


def read_document(members: Members, name: str) -> bytes | None:
    """A small file whole, or None; raises :class:`DamagedImage` if it is not small."""
    found = members.get(name)
    if found is None:
        return None
    if found.size > MAX_DOCUMENT:
        raise DamagedImage(f"{name} is no document", why=f"it has {found.size:,} bytes")
    return found.read_at(0, found.size)


def tolerate(problem: ExplorerError) -> str:
    """An error as a warning, for the parts of an image that can be shown without it."""
    return f"{problem.what}: {problem.why}" if problem.why else problem.what
