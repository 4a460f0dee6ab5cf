"""Paths of a sandbox, walked one folder at a time by open folders.

The image controls the tree, and a RUN beside this one may be changing what they share (a cache
mount): no path is looked up by its text twice, and no symlink leads out of the root.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

Make = Literal["", "folder", "file"]
"""What a path that is not there becomes: an error, a folder, or an empty file in folders."""

_LOOK: Final = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_LINKS: Final = 40


@dataclass(slots=True)
class Stubs:
    """Files and folders that were made only to be mounted on, the deepest last.

    Each with the time its folder had before, in nanoseconds.
    """

    made: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """Something in a sandbox: ``fd`` holds it, ``above`` its folder, where it is ``name``."""

    fd: int
    above: int
    name: str

    @property
    def path(self) -> str:
        """A path that means just this, however the tree changes; for this process alone."""
        return f"/proc/self/fd/{self.fd}"

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(os.fstat(self.fd).st_mode)

    @contextmanager
    def mounted(self) -> Iterator[str]:
        """A path to what has been mounted on it since."""
        fd = os.open(self.name, _LOOK, dir_fd=self.above)
        try:
            yield f"/proc/self/fd/{fd}"
        finally:
            os.close(fd)


@contextmanager
def place(root: str, path: str, make: Make = "", stubs: Stubs | None = None) -> Iterator[Place]:
    """Find a path of the sandbox whose root is at ``root``, symlinks followed within it.

    What is made on the way is noted in ``stubs``. Raises ``OSError``.
    """
    walk = _Walk(os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC), make, stubs)
    try:
        walk.go(path)
        yield Place(walk.folders[-1], walk.folders[-2 if walk.names else -1], walk.name)
    finally:
        walk.close()


class _Walk:
    def __init__(self, root: int, make: Make, stubs: Stubs | None) -> None:
        self.folders = [root]
        self.names: list[str] = []
        self._make = make
        self._stubs = stubs

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else "."

    def go(self, path: str) -> None:
        ahead = path.split("/")[::-1]
        links = 0
        while ahead:
            part = ahead.pop()
            if part in ("", "."):
                continue
            if part == "..":
                self._back()
                continue
            fd = self._open(part, is_last=not any(ahead))
            if not stat.S_ISLNK(os.fstat(fd).st_mode):
                self.folders.append(fd)
                self.names.append(part)
                continue
            target = _target(fd)
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            while target.startswith("/") and self.names:
                self._back()
            ahead += target.split("/")[::-1]

    def _back(self) -> None:
        if self.names:
            self.names.pop()
            os.close(self.folders.pop())

    def _open(self, part: str, *, is_last: bool) -> int:
        here = self.folders[-1]
        try:
            return os.open(part, _LOOK, dir_fd=here)
        except FileNotFoundError:
            if not self._make:
                raise
        if self._stubs is not None:
            self._stubs.made.append(("/".join(("", *self.names, part)), os.fstat(here).st_mtime_ns))
        if is_last and self._make == "file":
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
            os.close(os.open(part, flags, 0o644, dir_fd=here))
        else:
            os.mkdir(part, 0o755, dir_fd=here)
        return os.open(part, _LOOK, dir_fd=here)

    def close(self) -> None:
        for fd in self.folders:
            os.close(fd)


def _target(fd: int) -> str:
    try:
        return os.readlink("", dir_fd=fd)
    finally:
        os.close(fd)


def clear(upper: str, made: list[tuple[str, int]]) -> None:
    """Take stubs out of an upper folder again, unless the command has put something there.

    The command may have put a symlink where a folder was: then nothing is touched.
    """
    for path, time in reversed(made):
        folder, _, name = path.rpartition("/")
        with contextlib.suppress(OSError):
            fd = _strictly(upper, folder)
            try:
                _take_out(fd, name)
                os.utime(fd, ns=(time, time))
            finally:
                os.close(fd)


def _strictly(upper: str, folder: str) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(upper, flags)
    for part in filter(None, folder.split("/")):
        try:
            below = os.open(part, flags, dir_fd=fd)
        finally:
            os.close(fd)
        fd = below
    return fd


def _take_out(folder: int, name: str) -> None:
    with contextlib.suppress(OSError):
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            os.rmdir(name, dir_fd=folder)
        elif stat.S_ISREG(found.st_mode) and found.st_size == 0:
            os.unlink(name, dir_fd=folder)
