"""One extraction: a subtree of a merged filesystem, entry by entry, into an open folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable

from explorer.analysis.extract.folder import Attributes, Folder, apply
from explorer.analysis.extract.names import host_name
from explorer.analysis.extract.trail import Trail
from explorer.analysis.extract.values import Keep, Skipped
from explorer.analysis.extract.writing import NO_ROOM, write_content
from explorer.analysis.opened import OpenImage
from explorer.errors import DamagedImage, NotFound, Refused, StorageFull
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.state import State
from explorer.progress import Job

_DATED_BY_DESCRIPTOR = os.utime in os.supports_fd
_SPECIAL = (EntryType.CHAR, EntryType.BLOCK, EntryType.FIFO)


class Unpacker:
    """Writes entries and keeps count; what cannot be written is noted, and the rest goes on."""

    def __init__(
        self, image: OpenImage, state: State, folder: Folder, keep: Keep, job: Job
    ) -> None:
        self.files = 0
        self.bytes = 0
        self.skipped: list[Skipped] = []
        self._image = image
        self._state = state
        self._keep = keep
        self._job = job
        self._trail = Trail(folder, self._finish)
        self._first: dict[int, tuple[tuple[str, ...], str]] = {}
        self._made: set[tuple[int, int]] = set()

    def unpack(self, nodes: Iterable[int], top: int, name: str, linked: set[int]) -> None:
        """Write the nodes of a subtree, in preorder; ``name`` is that of its top.

        ``linked`` are the inodes that have several names among the nodes. Raises
        :class:`StorageFull` and :class:`Cancelled`, and then what was written stays; where not
        even the top can be written, :class:`Refused`, or what is wrong with its content.
        """
        trie, passed = self._state.stack.trie, -1
        try:
            for node in nodes:
                self._job.check()
                if node < passed:
                    continue  # below a folder that could not be made
                if not self._one(node, top, name, linked):
                    passed = int(trie.end[node])
        finally:
            self._trail.close()

    def _one(self, node: int, top: int, name: str, linked: set[int]) -> bool:
        """Write one entry; whether what lies below it can follow."""
        entry = self._state.entry(node)
        assert entry is not None
        try:
            if node != top:
                self._trail.climb(int(self._state.stack.trie.parent[node]))
                name = host_name(entry.name)
            if entry.is_dir:
                self._directory(node, name, entry)
            else:
                self._leaf(node, name, entry, linked)
        except (OSError, ValueError) as error:
            self._failed(entry.path, error)
            if node == top and isinstance(error, OSError):
                raise Refused(
                    f"{display(entry.path)} cannot be written", why=self.skipped[-1].why
                ) from error
            return False
        except (DamagedImage, NotFound) as error:
            if node == top:
                raise
            self._skip(entry.path, f"its content cannot be read: {error.why or error.what}")
            return False
        return True

    # -- folders ------------------------------------------------------------------------------

    def _directory(self, node: int, name: str, entry: Entry) -> None:
        if not name:  # the root, into a folder that is there
            self._trail.enter_top(node)
            return
        folder = self._trail.folder
        found = folder.look(name) if self._keep.force else None
        if found is not None and stat.S_ISDIR(found.st_mode):
            if (found.st_dev, found.st_ino) in self._made:
                raise FileExistsError(0, _SAME_NAME)
            self._trail.enter(node, name, None)
            return
        folder.make(name)
        self._trail.enter(node, name, entry)
        self._note_made(folder, name)

    def _finish(self, folder: Folder, entry: Entry) -> None:
        """Set what a folder has, once everything in it is written."""
        try:
            for problem in folder.apply(self._attributes(entry)):
                self._skip(entry.path, problem)
        except OSError as error:
            self._failed(entry.path, error)

    # -- everything else ----------------------------------------------------------------------

    def _leaf(self, node: int, name: str, entry: Entry, linked: set[int]) -> None:
        if entry.type in _SPECIAL and not self._keep.devices:
            kind = "named pipe" if entry.type is EntryType.FIFO else "device node"
            self._skip(entry.path, f"it is a {kind}, and those were not asked for")
            return
        folder, way = self._trail.folder, name
        found = folder.look(name) if self._keep.force else None
        if found is not None:
            if (found.st_dev, found.st_ino) in self._made:
                raise FileExistsError(0, _SAME_NAME)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(0, "there is a folder in its place")
            way = f".layerscope-{secrets.token_hex(8)}"
        self._write(node, way, entry, linked)
        if way != name:
            self._replace(folder, way, name)
        self._note_made(folder, name)
        self.files += 1
        inode = self._state.stack.inode(int(self._state.visible[node]))
        if inode in linked:
            self._first.setdefault(inode, (self._trail.names, name))

    def _replace(self, folder: Folder, way: str, name: str) -> None:
        try:
            folder.rename(way, name)
        except OSError:
            with contextlib.suppress(OSError):
                folder.remove(way)
            raise

    def _write(self, node: int, name: str, entry: Entry, linked: set[int]) -> None:
        folder = self._trail.folder
        inode = self._state.stack.inode(int(self._state.visible[node]))
        if inode in linked and self._link(inode, name):
            return
        if entry.type is EntryType.FILE:
            self._file(folder, node, name, entry)
            return
        attributes = self._attributes(entry)
        if entry.type is EntryType.SYMLINK:
            folder.symlink(name, entry.link or b"")
        else:
            folder.special(name, entry, attributes)
        try:
            owner = attributes.owner if entry.type is EntryType.SYMLINK else None
            folder.settle(name, entry.mtime_ns, owner)
        except OSError:
            self._skip(entry.path, "its date or owner could not be set")

    def _link(self, inode: int, name: str) -> bool:
        """Make a further name of a file that was written; False where that cannot be."""
        first = self._first.get(inode)
        if first is None:
            return False
        try:
            with self._trail.opened(first[0]) as folder:
                self._trail.folder.link(name, folder, first[1])
        except FileExistsError:
            raise
        except OSError:
            return False  # a file system without hard links: write the content again
        return True

    def _file(self, folder: Folder, node: int, name: str, entry: Entry) -> None:
        content = self._image.content(int(self._state.visible[node]))
        descriptor = folder.create(name)
        problems: list[str] = []
        try:
            try:
                written = write_content(content, descriptor, self._job)
                problems = apply(descriptor, self._attributes(entry))
            finally:
                os.close(descriptor)
        except BaseException:
            # Half a file is worse than none.
            with contextlib.suppress(OSError):
                folder.remove(name)
            raise
        self.bytes += written
        if not _DATED_BY_DESCRIPTOR:
            folder.settle(name, entry.mtime_ns, None)
        for problem in problems:
            self._skip(entry.path, problem)

    def _attributes(self, entry: Entry) -> Attributes:
        keep = self._keep
        mode = keep.mode(entry.mode, is_dir=entry.is_dir)
        if entry.mode & 0o6000 & ~mode and entry.type is not EntryType.SYMLINK:
            self._skip(entry.path, "its set-user-ID or set-group-ID bit was left out")
        xattrs = {name: value for name, value in entry.xattrs.items() if keep.xattr(name)}
        for name in entry.xattrs.keys() - xattrs.keys():
            self._skip(entry.path, f"its extended attribute {display(name)} was left out")
        owner = (entry.uid, entry.gid) if keep.owners else None
        return Attributes(mode, entry.mtime_ns, owner, xattrs)

    # -- what went wrong ----------------------------------------------------------------------

    def _note_made(self, folder: Folder, name: str) -> None:
        if self._keep.force:
            found = folder.look(name)
            if found is not None:
                self._made.add((found.st_dev, found.st_ino))

    def _failed(self, path: bytes, error: OSError | ValueError) -> None:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise StorageFull(
                "The disk is full",
                why=f"{self.files:,} files with {self.bytes:,} bytes were written, and are kept",
                hint="Free some space and extract again, or choose another folder",
            ) from error
        if isinstance(error, FileExistsError):
            self._skip(path, _SAME_NAME)
        else:
            self._skip(path, getattr(error, "strerror", "") or str(error))

    def _skip(self, path: bytes, why: str) -> None:
        self.skipped.append(Skipped(path, why))


_SAME_NAME = "there is something of its name already, or of one this file system takes for the same"
