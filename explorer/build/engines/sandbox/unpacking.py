"""A layer as a folder that overlayfs can lay others upon.

Whiteouts become character devices 0:0, opaque directories an attribute (the kernel's
``Documentation/filesystems/overlayfs.rst``). A directory that the layer only implies takes the
attributes of the one below, as it does for whoever unpacks onto an overlay. Files are made below a
folder that nobody else has, by their real paths in the layer's index, so no symlink is followed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import Final

from explorer.analysis.content import ContentReader
from explorer.blobs.access import SharedFile
from explorer.blobs.compression import Compression, detect
from explorer.build.engines.sandbox.attributes import OPAQUE, OWNER
from explorer.build.engines.sandbox.request import Lower
from explorer.errors import DamagedImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import display
from explorer.oci import Digest
from explorer.sources.image import Layer
from explorer.sources.reading import index_layer
from explorer.store.cache import Caches

_NODES: Final = {
    EntryType.CHAR: stat.S_IFCHR,
    EntryType.BLOCK: stat.S_IFBLK,
    EntryType.FIFO: stat.S_IFIFO,
}


def unpack(lower: Lower, *, unprivileged: bool, single: bool = False) -> list[str]:
    """Unpack a blob into ``lower.target``, which is there and empty; returns what was left out.

    ``single``: only one user exists, and owners are noted in the attribute :data:`OWNER`.

    Raises :class:`DamagedImage` for a layer that is not whole, and ``OSError``.
    """
    path = Path(lower.blob)
    blob = SharedFile(path)
    compression: Compression = detect(blob.read_at(0, 8))
    digest = Digest.parse(f"{path.parent.name}:{path.name}")
    layer = Layer(0, digest, None, None, "", compression, blob.size, blob)
    caches = Caches.at()
    indexed = index_layer(layer, caches)
    if indexed.index is None or indexed.problem:
        raise DamagedImage("A layer cannot be unpacked", why=indexed.problem)
    content = ContentReader([indexed], caches)
    try:
        unpacking = _Unpacking(indexed.index, content, lower, OPAQUE[unprivileged], single=single)
        return unpacking.run()
    finally:
        content.close(keep=False)


class _Unpacking:
    def __init__(
        self, index: LayerIndex, content: ContentReader, lower: Lower, opaque: str, *, single: bool
    ) -> None:
        self._index = index
        self._content = content
        self._root = os.fsencode(lower.target)
        self._below = tuple(map(os.fsencode, lower.below))
        self._opaque = opaque
        self._single = single
        self._paths: dict[int, bytes] = {0: b""}
        self._folders: list[tuple[bytes, int]] = []
        self._left_out: list[str] = []

    def run(self) -> list[str]:
        """Folders before what is in them, hard links after files, the times of folders last."""
        index = self._index
        self._attributes_of_below(b"")
        live = index.live.nonzero()[0]
        ordered = live[index.node[live].argsort(kind="stable")].tolist()
        links = [entry for entry in ordered if index.type[entry] == EntryType.HARDLINK]
        for entry in ordered:
            if index.type[entry] != EntryType.HARDLINK:
                self._put(entry)
        for entry in links:
            self._link(entry)
        for path, entry in reversed(self._folders):
            self._attributes(path, entry)
        return self._left_out

    # -- paths ----------------------------------------------------------------------------------

    def _path(self, node: int) -> bytes:
        """The path of a node, relative, with a slash before it; the folders above it are made."""
        known = self._paths.get(node)
        if known is not None:
            return known
        parent = int(self._index.parent[node])
        above = self._folder(parent)
        return above + b"/" + self._index.name(node)

    def _folder(self, node: int) -> bytes:
        """A node that has to be a directory: made, if no entry has made it."""
        known = self._paths.get(node)
        if known is None:
            known = self._path(node)
            os.mkdir(self._root + known, 0o755)  # noqa: PTH102 - paths are bytes
            self._paths[node] = known
            self._attributes_of_below(known)
        return known

    def _attributes_of_below(self, path: bytes) -> None:
        """Give a folder what the one in the layers below has, if one shows there."""
        for lower in self._below:
            try:
                found = os.lstat(lower + path)
            except OSError:
                if _hides(lower, path, self._opaque):
                    return
                continue
            if stat.S_ISDIR(found.st_mode):
                shutil.copystat(lower + path, self._root + path)
                os.chown(self._root + path, found.st_uid, found.st_gid)
                os.chmod(self._root + path, stat.S_IMODE(found.st_mode))  # noqa: PTH101
            return

    # -- entries --------------------------------------------------------------------------------

    def _put(self, entry: int) -> None:
        index = self._index
        kind, node = EntryType(int(index.type[entry])), int(index.node[entry])
        if kind is EntryType.OPAQUE:
            os.setxattr(self._root + self._folder(node), self._opaque, b"y")
            return
        if kind is EntryType.DIR:
            self._directory(node, entry)
            return
        path = self._root + self._path(node)
        match kind:
            case EntryType.WHITEOUT:
                # What stands here as well replaces what it hides; it needs no mark of its own.
                if not self._has_more(node, entry):
                    os.mknod(path, stat.S_IFCHR, 0)
                return
            case EntryType.FILE:
                self._file(path, entry)
            case EntryType.SYMLINK:
                os.symlink(index.link_of(entry) or b"", path)  # noqa: PTH211
            case _:
                if not self._device(path, kind, entry):
                    return
        self._attributes(path, entry)

    def _has_more(self, node: int, entry: int) -> bool:
        """Whether the layer has something else at or below the path of a whiteout."""
        index = self._index
        same = (index.node == node) & index.live
        same[entry] = False
        below = bool((index.parent[1:] == node).any())
        return bool(same.any()) or below

    def _directory(self, node: int, entry: int) -> None:
        if node not in self._paths:
            path = self._path(node)
            os.mkdir(self._root + path, 0o700)  # noqa: PTH102
            self._paths[node] = path
        self._folders.append((self._root + self._paths[node], entry))

    def _file(self, path: bytes, entry: int) -> None:
        content = self._content.open(0, entry)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            for offset, data in content.data_runs():
                os.pwrite(fd, data, offset)
            os.ftruncate(fd, content.size)
        finally:
            os.close(fd)

    def _device(self, path: bytes, kind: EntryType, entry: int) -> bool:
        major, minor = self._index.devices.get(entry, (0, 0))
        try:
            os.mknod(path, _NODES[kind] | 0o600, os.makedev(major, minor))
        except PermissionError:
            self._left_out.append(display(path.removeprefix(self._root)))
            return False
        return True

    def _attributes(self, path: bytes, entry: int) -> None:
        index = self._index
        self._own(path, int(index.uid[entry]), int(index.gid[entry]))
        if index.type[entry] != EntryType.SYMLINK:
            os.chmod(path, int(index.mode[entry]))  # noqa: PTH101
        for name, value in index.xattrs.get(entry, {}).items():
            with contextlib.suppress(OSError):  # a file system need not take all of them
                os.setxattr(path, name, value, follow_symlinks=False)
        time = int(index.mtime[entry])
        os.utime(path, ns=(time, time), follow_symlinks=False)

    def _own(self, path: bytes, uid: int, gid: int) -> None:
        if not self._single:
            os.lchown(path, uid, gid)
        elif uid or gid:
            with contextlib.suppress(OSError):  # a symlink takes no such attribute
                os.setxattr(path, OWNER, f"{uid}:{gid}".encode(), follow_symlinks=False)

    # -- hard links -----------------------------------------------------------------------------

    def _link(self, entry: int) -> None:
        path = self._root + self._path(int(self._index.node[entry]))
        target = self._index.bound_entry(entry)
        while target >= 0 and self._index.type[target] == EntryType.HARDLINK:
            target = self._index.bound_entry(target)
        if target >= 0 and self._index.live[target]:
            source = self._root + self._path(int(self._index.node[target]))
            os.link(source, path, follow_symlinks=False)
        elif target >= 0:
            self._file(path, target)  # its own name was replaced later in the layer
            self._attributes(path, target)
        else:
            self._copy_of_below(b"/" + (self._index.link_of(entry) or b"").lstrip(b"/"), path)

    def _copy_of_below(self, wanted: bytes, path: bytes) -> None:
        for lower in self._below:
            source = lower + wanted
            try:
                found = os.lstat(source)
            except OSError:
                if _hides(lower, wanted, self._opaque):
                    break
                continue
            if stat.S_ISREG(found.st_mode):
                shutil.copy2(source, path, follow_symlinks=False)
                os.lchown(path, found.st_uid, found.st_gid)
                return
            break
        self._left_out.append(display(path.removeprefix(self._root)))


def _hides(lower: bytes, path: bytes, opaque: str) -> bool:
    """Whether a layer that lacks a path keeps those below it from showing there."""
    parts = path.strip(b"/").split(b"/")
    here = lower
    for part in parts[:-1] if parts else ():
        here += b"/" + part
        try:
            found = os.lstat(here)
        except OSError:
            return False
        if not stat.S_ISDIR(found.st_mode):
            return True
        with contextlib.suppress(OSError):
            if os.getxattr(here, opaque, follow_symlinks=False) == b"y":
                return True
    return False
