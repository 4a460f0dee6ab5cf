"""Folders by their paths, where the system has no descriptors for them (Windows)."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from explorer.analysis.extract.folder import Attributes, Folder
from explorer.filesystem.entry import Entry


class NamedFolder:
    """A folder named by its path. Before each step it is checked to be what it was.

    Weaker than :class:`OpenFolder`: who can write to the destination could win a race.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = self._checked()

    def open(self, name: str) -> NamedFolder:
        """As :meth:`Folder.open`."""
        self._check()
        return NamedFolder(self._path / name)

    def make(self, name: str) -> None:
        """As :meth:`Folder.make`."""
        self._check()
        (self._path / name).mkdir(0o700)

    def create(self, name: str) -> int:
        """As :meth:`Folder.create`."""
        self._check()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.open(self._path / name, flags, 0o600)

    def symlink(self, name: str, target: bytes) -> None:
        """As :meth:`Folder.symlink`."""
        self._check()
        (self._path / name).symlink_to(os.fsdecode(target))

    def link(self, name: str, folder: Folder, source: str) -> None:
        """As :meth:`Folder.link`."""
        assert isinstance(folder, NamedFolder)
        self._check()
        folder._check()
        follow = os.link not in os.supports_follow_symlinks
        os.link(folder._path / source, self._path / name, follow_symlinks=follow)

    def special(self, name: str, entry: Entry, attributes: Attributes) -> None:
        """As :meth:`Folder.special`: not here."""
        raise OSError(errno.ENOTSUP, "this system has no such files")

    def rename(self, name: str, to: str) -> None:
        """As :meth:`Folder.rename`."""
        self._check()
        (self._path / name).replace(self._path / to)

    def remove(self, name: str) -> None:
        """As :meth:`Folder.remove`."""
        self._check()
        (self._path / name).unlink()

    def look(self, name: str) -> os.stat_result | None:
        """As :meth:`Folder.look`."""
        self._check()
        try:
            return (self._path / name).lstat()
        except FileNotFoundError:
            return None

    def settle(self, name: str, mtime_ns: int, owner: tuple[int, int] | None) -> None:
        """As :meth:`Folder.settle`; where links cannot be dated they keep today's date."""
        found, path = self.look(name), self._path / name
        with contextlib.suppress(OverflowError, OSError):
            if os.utime in os.supports_follow_symlinks:
                os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)
            elif found is not None and not stat.S_ISLNK(found.st_mode):
                os.utime(path, ns=(mtime_ns, mtime_ns))

    def apply(self, attributes: Attributes) -> list[str]:
        """As :meth:`Folder.apply`."""
        self._check()
        with contextlib.suppress(OverflowError, OSError):
            self._path.chmod(attributes.mode)
            os.utime(self._path, ns=(attributes.mtime_ns, attributes.mtime_ns))
        return []

    def close(self) -> None:
        """As :meth:`Folder.close`."""

    def _checked(self) -> tuple[int, int]:
        found = self._path.lstat()
        junction = getattr(found, "st_reparse_tag", 0) != 0
        if not stat.S_ISDIR(found.st_mode) or junction:
            raise NotADirectoryError(errno.ENOTDIR, "it is not a folder")
        return found.st_dev, found.st_ino

    def _check(self) -> None:
        if self._checked() != self._identity:
            raise OSError(errno.ESTALE, "the folder was replaced meanwhile")
