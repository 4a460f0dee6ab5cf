"""A folder of this machine that is written to and never left.

Every operation names one entry of an open folder, and none follows a symlink: whoever puts one into
the destination meanwhile, or had one there before, redirects nothing.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from explorer.filesystem.entry import Entry, EntryType


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is set on a file or folder once it is whole. ``owner`` is None to leave it."""

    mode: int
    mtime_ns: int
    owner: tuple[int, int] | None = None
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)


class Folder(Protocol):
    """A folder that is open. Methods raise ``OSError``; names are of entries directly in it."""

    def open(self, name: str) -> Folder:
        """A folder in it; fails for anything else, links to folders too."""

    def make(self, name: str) -> None:
        """A new folder, for its owner alone."""

    def create(self, name: str) -> int:
        """A new file, open for writing, for its owner alone."""

    def symlink(self, name: str, target: bytes) -> None:
        """A new symlink."""

    def link(self, name: str, folder: Folder, source: str) -> None:
        """A further name for a file that is in a folder of the same kind."""

    def special(self, name: str, entry: Entry, attributes: Attributes) -> None:
        """A new device node or named pipe, with its owner and mode."""

    def rename(self, name: str, to: str) -> None:
        """Give an entry another name, in place of what has it."""

    def remove(self, name: str) -> None:
        """Delete an entry that is no folder."""

    def look(self, name: str) -> os.stat_result | None:
        """What is there, None if nothing; of a symlink, itself."""

    def settle(self, name: str, mtime_ns: int, owner: tuple[int, int] | None) -> None:
        """Date (and own) an entry that cannot be opened."""

    def apply(self, attributes: Attributes) -> list[str]:
        """Set the attributes of the folder itself; says what could not be set."""

    def close(self) -> None:
        """Let go of it."""


class OpenFolder:
    """A folder held by its descriptor (openat(2)); it stays the same wherever it is moved."""

    def __init__(self, descriptor: int) -> None:
        self._fd = descriptor

    @classmethod
    def at(cls, path: Path) -> OpenFolder:
        """The folder that the user named; links on the way to it are the user's own."""
        return cls(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))

    def open(self, name: str) -> OpenFolder:
        """As :meth:`Folder.open`."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return OpenFolder(os.open(name, flags, dir_fd=self._fd))

    def make(self, name: str) -> None:
        """As :meth:`Folder.make`."""
        os.mkdir(name, 0o700, dir_fd=self._fd)

    def create(self, name: str) -> int:
        """As :meth:`Folder.create`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, 0o600, dir_fd=self._fd)

    def symlink(self, name: str, target: bytes) -> None:
        """As :meth:`Folder.symlink`."""
        os.symlink(target, os.fsencode(name), dir_fd=self._fd)

    def link(self, name: str, folder: Folder, source: str) -> None:
        """As :meth:`Folder.link`."""
        assert isinstance(folder, OpenFolder)
        os.link(source, name, src_dir_fd=folder._fd, dst_dir_fd=self._fd, follow_symlinks=False)

    def special(self, name: str, entry: Entry, attributes: Attributes) -> None:
        """As :meth:`Folder.special`."""
        kind = {EntryType.CHAR: stat.S_IFCHR, EntryType.BLOCK: stat.S_IFBLK}
        device = os.makedev(*entry.device) if entry.device else 0
        os.mknod(name, kind.get(entry.type, stat.S_IFIFO) | 0o600, device, dir_fd=self._fd)
        if not hasattr(os, "O_PATH"):
            return
        # What was made just now is held, so that its bits go to nothing else; opening a device
        # for more than that would do things.
        held = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._fd)
        try:
            handle = Path(f"/proc/self/fd/{held}")
            if stat.S_ISLNK(os.fstat(held).st_mode):
                return
            if attributes.owner is not None:
                os.chown(handle, *attributes.owner)
            handle.chmod(attributes.mode)
        finally:
            os.close(held)

    def rename(self, name: str, to: str) -> None:
        """As :meth:`Folder.rename`."""
        os.rename(name, to, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def remove(self, name: str) -> None:
        """As :meth:`Folder.remove`."""
        os.unlink(name, dir_fd=self._fd)

    def look(self, name: str) -> os.stat_result | None:
        """As :meth:`Folder.look`."""
        try:
            return os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def settle(self, name: str, mtime_ns: int, owner: tuple[int, int] | None) -> None:
        """As :meth:`Folder.settle`."""
        if owner is not None:
            os.chown(name, *owner, dir_fd=self._fd, follow_symlinks=False)
        with contextlib.suppress(OverflowError):
            os.utime(name, ns=(mtime_ns, mtime_ns), dir_fd=self._fd, follow_symlinks=False)

    def apply(self, attributes: Attributes) -> list[str]:
        """As :meth:`Folder.apply`."""
        return apply(self._fd, attributes)

    def close(self) -> None:
        """As :meth:`Folder.close`."""
        os.close(self._fd)


def apply(descriptor: int, attributes: Attributes) -> list[str]:
    """Set attributes through a descriptor; says what this machine or user cannot set."""
    failed: list[str] = []
    mode = attributes.mode
    if attributes.owner is not None and hasattr(os, "fchown"):
        try:
            os.fchown(descriptor, *attributes.owner)
        except OSError:
            failed.append("its owner could not be set")
            mode &= ~0o6000  # privileges of another than the one they were meant for
    for name, value in attributes.xattrs.items():
        try:
            os.setxattr(descriptor, name, value)
        except (OSError, AttributeError):
            shown = name.decode("utf-8", "replace")
            failed.append(f"its extended attribute {shown} could not be set")
    if hasattr(os, "fchmod"):
        # After the owner: a change of owner takes the privileged bits away.
        os.fchmod(descriptor, mode)
    if os.utime in os.supports_fd:
        with contextlib.suppress(OverflowError, OSError):
            os.utime(descriptor, ns=(attributes.mtime_ns, attributes.mtime_ns))
    return failed
