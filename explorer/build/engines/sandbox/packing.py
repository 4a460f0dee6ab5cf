"""What a RUN changed, as the tar of a layer: the upper folder of its overlay.

Entries come in the order of their paths, times cut to seconds, whiteouts and opaque directories as
the OCI image specification writes them (layer.md).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import Final

from explorer.build.engines.sandbox.attributes import OPAQUE, OWNER
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.layertar import END, member

_CHUNK: Final = 1 << 20
_KINDS: Final = {
    stat.S_IFREG: EntryType.FILE,
    stat.S_IFDIR: EntryType.DIR,
    stat.S_IFLNK: EntryType.SYMLINK,
    stat.S_IFCHR: EntryType.CHAR,
    stat.S_IFBLK: EntryType.BLOCK,
    stat.S_IFIFO: EntryType.FIFO,
}
_KEPT_ATTRIBUTES: Final = ("security.capability", "user.")
_OUR_ATTRIBUTES: Final = ("user.overlay.", "user.layerscope.")


def pack(upper: str, below: str, *, unprivileged: bool) -> Iterator[bytes]:
    """The tar of an upper folder that was laid upon ``below``.

    The root directory is in it only if its mode or owner changed. Raises ``OSError``.
    """
    packing = _Packing(os.fsencode(upper), OPAQUE[unprivileged])
    root, before = os.lstat(upper), os.lstat(below)
    if (root.st_mode, root.st_uid, root.st_gid) != (before.st_mode, before.st_uid, before.st_gid):
        yield from member(packing.entry(b"/", root))
    yield from packing.folder(b"")
    yield END


class _Packing:
    def __init__(self, root: bytes, opaque: str) -> None:
        self._root = root
        self._opaque = opaque
        self._inodes: dict[tuple[int, int], bytes] = {}

    def folder(self, path: bytes) -> Iterator[bytes]:
        """Everything below a folder, by name."""
        if self._is_opaque(path):
            yield from member(Entry(path or b"/", EntryType.OPAQUE))
        for name in sorted(os.listdir(self._root + path)):  # noqa: PTH208 - names are bytes
            below = path + b"/" + name
            found = os.lstat(self._root + below)
            if stat.S_ISSOCK(found.st_mode):
                continue  # nobody listens any more
            if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0:
                yield from member(Entry(below, EntryType.WHITEOUT))
                continue
            yield from self._one(below, found)
            if stat.S_ISDIR(found.st_mode):
                yield from self.folder(below)

    def _is_opaque(self, path: bytes) -> bool:
        try:
            return os.getxattr(self._root + (path or b"/"), self._opaque) == b"y"
        except OSError:
            return False

    def _one(self, path: bytes, found: os.stat_result) -> Iterator[bytes]:
        entry = self.entry(path, found)
        if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
            first = self._inodes.setdefault((found.st_dev, found.st_ino), path)
            if first != path:
                yield from member(_linked(entry, first))
                return
        if entry.type is EntryType.FILE:
            yield from member(entry, self._content(path, found.st_size))
        else:
            yield from member(entry)

    def entry(self, path: bytes, found: os.stat_result) -> Entry:
        """What a layer says of a path."""
        kind = _KINDS[stat.S_IFMT(found.st_mode)]
        full = self._root + path
        uid, gid = _owner(full, found)
        is_device = kind in (EntryType.CHAR, EntryType.BLOCK)
        return Entry(
            path,
            kind,
            stat.S_IMODE(found.st_mode),
            uid,
            gid,
            found.st_size if kind is EntryType.FILE else 0,
            found.st_mtime_ns,
            os.readlink(full) if kind is EntryType.SYMLINK else None,  # noqa: PTH115
            (os.major(found.st_rdev), os.minor(found.st_rdev)) if is_device else None,
            _attributes(full),
        )

    def _content(self, path: bytes, size: int) -> Iterator[bytes]:
        fd = os.open(self._root + path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            left = size
            while left and (data := os.read(fd, min(left, _CHUNK))):
                left -= len(data)
                yield data
        finally:
            os.close(fd)


def _linked(entry: Entry, first: bytes) -> Entry:
    return Entry(
        entry.path,
        EntryType.HARDLINK,
        entry.mode,
        entry.uid,
        entry.gid,
        mtime_ns=entry.mtime_ns,
        link=first,
    )


def _owner(path: bytes, found: os.stat_result) -> tuple[int, int]:
    """Who a file belongs to; where only one user exists, what was noted when it was unpacked."""
    if not found.st_uid and not found.st_gid:
        with contextlib.suppress(OSError, ValueError):
            uid, _, gid = os.getxattr(path, OWNER, follow_symlinks=False).partition(b":")
            return int(uid), int(gid)
    return found.st_uid, found.st_gid


def _attributes(path: bytes) -> dict[bytes, bytes]:
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError:
        return {}
    kept = [
        name
        for name in names
        if name.startswith(_KEPT_ATTRIBUTES) and not name.startswith(_OUR_ATTRIBUTES)
    ]
    return {
        os.fsencode(name): os.getxattr(path, name, follow_symlinks=False) for name in sorted(kept)
    }
