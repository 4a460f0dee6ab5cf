"""Entries of a filesystem and what a layer does to them.

Terms follow the OCI image specification, "Image Layer Filesystem Changeset".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

WHITEOUT_PREFIX = b".wh."
OPAQUE_NAME = b".wh..wh..opq"


class EntryType(IntEnum):
    """What an entry is. The first seven exist in a filesystem, the last two only in a layer."""

    FILE = 0
    DIR = 1
    SYMLINK = 2
    HARDLINK = 3
    CHAR = 4
    BLOCK = 5
    FIFO = 6
    WHITEOUT = 7
    OPAQUE = 8

    @property
    def word(self) -> str:
        """The name used in documents and on screen, e.g. ``"symlink"``."""
        return self.name.lower()


class Change(IntEnum):
    """What a layer (or the step from one state to another) does to a path."""

    UNCHANGED = 0
    ADDED = 1
    MODIFIED = 2
    REMOVED = 3

    @property
    def word(self) -> str:
        """The name used in documents and on screen, e.g. ``"added"``."""
        return self.name.lower()

    @property
    def glyph(self) -> str:
        """One character, so that a change never speaks by colour alone."""
        return "·+~−"[self]


class Aspect(IntEnum):
    """One thing that can differ between two versions of a path; documents list their words."""

    TYPE = 0
    CONTENT = 1
    MODE = 2
    UID = 3
    GID = 4
    XATTRS = 5
    CAPABILITY = 6
    LINK = 7
    DEVICE = 8

    @property
    def word(self) -> str:
        """The name used in documents and on screen, e.g. ``"content"``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Entry:
    """One path in one layer, or one path of the merged view.

    ``path`` is absolute and kept byte for byte; ``size`` is the logical size in bytes (for a hard
    link in a merged view: of its inode); ``mtime_ns`` is nanoseconds since the epoch; ``mode`` the
    twelve permission bits; ``link`` the target of a symlink (as written) or of a hard link
    (absolute); ``layer`` the index of the layer that provides the entry, lowest first;
    ``stored`` the bytes of content the layer's tar holds for it (less than ``size`` if sparse).
    """

    path: bytes
    type: EntryType
    mode: int = 0
    uid: int = 0
    gid: int = 0
    size: int = 0
    mtime_ns: int = 0
    link: bytes | None = None
    device: tuple[int, int] | None = None
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)
    layer: int = 0
    stored: int = 0
    implicit: bool = False

    @property
    def name(self) -> bytes:
        """The last component; empty for the root."""
        return self.path.rpartition(b"/")[2]

    @property
    def is_dir(self) -> bool:
        """Whether it is a directory."""
        return self.type is EntryType.DIR


def differing_aspects(old: Entry, new: Entry, *, same_content: bool) -> tuple[Aspect, ...]:
    """What differs between two versions of a path; the modification time does not count.

    ``same_content`` says whether the bytes of two regular files are equal.
    """
    if old.type is not new.type:
        return (Aspect.TYPE,)
    capability = b"security.capability"
    checks = (
        (Aspect.CONTENT, new.type is EntryType.FILE and not same_content),
        (Aspect.MODE, old.mode != new.mode and new.type is not EntryType.SYMLINK),
        (Aspect.UID, old.uid != new.uid),
        (Aspect.GID, old.gid != new.gid),
        (Aspect.XATTRS, _without(old.xattrs, capability) != _without(new.xattrs, capability)),
        (Aspect.CAPABILITY, old.xattrs.get(capability) != new.xattrs.get(capability)),
        (Aspect.LINK, new.type is EntryType.SYMLINK and old.link != new.link),
        (Aspect.DEVICE, old.device != new.device),
    )
    return tuple(aspect for aspect, differs in checks if differs)


def _without(xattrs: Mapping[bytes, bytes], name: bytes) -> dict[bytes, bytes]:
    return {key: value for key, value in xattrs.items() if key != name}
