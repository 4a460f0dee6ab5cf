"""Opening folders and files below a folder, and never what lies outside it.

Every component is opened by its name in a folder that is open already, and none may be a symlink:
whatever is exchanged meanwhile, nothing outside is reached. Where the system has no such calls
(Windows), paths are opened and links refused when they are seen.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HAS_DESCRIPTORS: Final = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
"""Whether folders can be opened, and names be looked up in an open folder."""

_FOLDER: Final = (
    os.O_RDONLY
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    # A pipe in the place of a folder or file must not be waited for.
    | getattr(os, "O_NONBLOCK", 0)
)
_FILE: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class OpenFolder:
    """A folder that is open: its names, and what stands below them. To be closed."""

    def __init__(self, path: str, fd: int | None) -> None:
        self._path = path
        self._fd = fd
        self._identity: tuple[int, int] | None = None

    @classmethod
    def root(cls, path: Path) -> OpenFolder:
        """Open a folder by its path; here alone symlinks are followed.

        Raises ``OSError`` where it is none or cannot be opened.
        """
        if not HAS_DESCRIPTORS:
            return cls(os.path.realpath(path, strict=True), None)
        return cls(str(path), os.open(path, _FOLDER))

    def scan(self) -> Iterator[os.DirEntry[str]]:
        """The entries of the folder, in no order."""
        with os.scandir(self._path if self._fd is None else self._fd) as entries:
            yield from entries

    def status(self) -> os.stat_result:
        """The folder's own status."""
        return os.lstat(self._path) if self._fd is None else os.fstat(self._fd)

    def folder(self, name: str) -> OpenFolder:
        """Open a folder in this one; raises ``OSError`` for anything else, a symlink too."""
        path = os.path.join(self._path, name)  # noqa: PTH118 - a name may be any bytes
        if self._fd is None:
            _refuse_link(path)
            return OpenFolder(path, None)
        return OpenFolder(path, os.open(name, _FOLDER | _NO_FOLLOW, dir_fd=self._fd))

    def file(self, name: str) -> int:
        """Open a regular file in this folder for reading; raises ``OSError`` for anything else."""
        if self._fd is None:
            path = os.path.join(self._path, name)  # noqa: PTH118
            _refuse_link(path)
            fd = os.open(path, _FILE)
        else:
            fd = os.open(name, _FILE | _NO_FOLLOW, dir_fd=self._fd)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(errno.EINVAL, "not a regular file", name)
        return fd

    def target(self, name: str) -> bytes:
        """Where a symlink in this folder points to."""
        if self._fd is None:
            path = os.path.join(self._path, name)  # noqa: PTH118
            return os.fsencode(Path(path).readlink())
        return os.fsencode(os.readlink(name, dir_fd=self._fd))

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return self._identity is None

    def above(self, closed: OpenFolder) -> OpenFolder:
        """Open the folder that holds this one, which was open once and is closed now.

        Raises ``OSError`` where this one was moved to another folder meanwhile.
        """
        if self._fd is None:
            return OpenFolder(closed._path, None)
        found = OpenFolder(closed._path, os.open("..", _FOLDER, dir_fd=self._fd))
        if _identity(found.status()) != closed._identity:
            found.close()
            raise OSError(errno.ESTALE, "the folder was moved", closed._path)
        return found

    def close(self) -> None:
        """Close it."""
        if self._identity is None and self._fd is not None:
            self._identity = _identity(os.fstat(self._fd))
            os.close(self._fd)
        elif self._identity is None:
            self._identity = (0, 0)

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_below(root: Path, path: bytes) -> OpenFolder:
    """Open a folder below another one by its relative path; no component may be a symlink.

    Raises ``OSError``.
    """
    folder = OpenFolder.root(root)
    for part in _parts(path):
        with folder:
            folder = folder.folder(part)
    return folder


class Neighbours:
    """Opens files below a folder as :func:`open_file`, and keeps the folder of the last one open:
    the next is often beside it. Safe from any thread; closed when nobody holds it any more.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._held: list[tuple[bytes, OpenFolder]] = []
        weakref.finalize(self, _close_all, self._held)

    def open(self, path: bytes) -> int:
        """The descriptor of a regular file; raises ``OSError``."""
        above, _, name = path.rpartition(b"/")
        with self._lock:
            if not self._held or self._held[0][0] != above:
                _close_all(self._held)
                self._held.append((above, open_below(self._root, above)))
            return self._held[0][1].file(os.fsdecode(name))


def _close_all(held: list[tuple[bytes, OpenFolder]]) -> None:
    while held:
        held.pop()[1].close()


def open_file(root: Path, path: bytes) -> int:
    """Open a regular file below a folder, as :func:`open_below`; the descriptor."""
    above, _, name = path.rpartition(b"/")
    with open_below(root, above) as folder:
        return folder.file(os.fsdecode(name))


@contextlib.contextmanager
def closing(fd: int) -> Iterator[int]:
    """A descriptor that is closed in the end."""
    try:
        yield fd
    finally:
        os.close(fd)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _parts(path: bytes) -> list[str]:
    parts = os.fsdecode(path).split("/")
    if ".." in parts:
        raise OSError(errno.EINVAL, "the path leaves the folder", path)
    return [part for part in parts if part not in ("", ".")]


def _refuse_link(path: str) -> None:
    found = os.lstat(path)
    reparse = getattr(found, "st_file_attributes", 0) & 0x400
    if stat.S_ISLNK(found.st_mode) or reparse:
        raise OSError(errno.ELOOP, "a link is not followed", path)
