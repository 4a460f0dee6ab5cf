"""One walk over a folder: what BuildKit would send of it, and what it would leave out."""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from explorer.build.context.entries import Columns
from explorer.build.context.found import Found
from explorer.build.context.ignoring import Decider
from explorer.build.context.opening import OpenFolder
from explorer.dockerfile.ignore import Matched
from explorer.errors import LimitExceeded
from explorer.filesystem.entry import EntryType
from explorer.progress import Job

MOST_ENTRIES: Final = 20_000_000
"""No context has more than this."""

_KEPT_OPEN: Final = 64  # folders, one in another; deeper ones are opened again on the way
_CHECK_EVERY: Final = 1024
_TYPES: Final = {
    stat.S_IFREG: EntryType.FILE,
    stat.S_IFDIR: EntryType.DIR,
    stat.S_IFLNK: EntryType.SYMLINK,
    stat.S_IFCHR: EntryType.CHAR,
    stat.S_IFBLK: EntryType.BLOCK,
    stat.S_IFIFO: EntryType.FIFO,
}
Known: TypeAlias = Callable[[bytes, os.stat_result], bool]
_DIR: Final = int(EntryType.DIR)


@dataclass(slots=True)
class _Level:
    """A folder on the way down, and what is still to be visited in it."""

    folder: OpenFolder
    path: str
    matched: Matched | None
    ignored: bool
    names: Iterator[tuple[bytes, str, os.stat_result]]
    start: tuple[int, int]  # rows and bytes of names before the folder itself
    kept: bool = False


class Walk:
    """Walks folders; all entries are added to the same columns.

    An ignored folder is entered only if a rule may keep something in it, and is an entry only if
    one does. Symlinks are recorded and never followed, sockets left out.
    """

    def __init__(self, decider: Decider, job: Job, found: Found) -> None:
        self.found = found
        self._decider = decider
        self._decides = not decider.idle
        self._job = job
        self._rows = array("q")
        self._names = bytearray()
        self._targets: dict[int, bytes] = {}
        self._devices: dict[int, tuple[int, int]] = {}
        self._width = len(_row(0, 0, os.stat_result((0,) * 10), 0))
        self._count = 0
        self._root = os.geteuid() == 0 if hasattr(os, "geteuid") else True
        self._levels: list[_Level] = []
        self._known: Known | None = None
        self.known: list[int] = []

    @property
    def columns(self) -> Columns:
        """What was found."""
        return Columns.of(self._rows, bytes(self._names), self._targets, self._devices)

    def folder(
        self, folder: OpenFolder, path: str, depth: int, name: bytes, known: Known | None = None
    ) -> None:
        """Add a folder that is open, with all that is kept below it; it stays open.

        Directories right in it that are ``known`` are not entered; ``self.known`` has their rows.

        Raises:
            LimitExceeded: the folder has more entries than any context.
            Cancelled: the job was cancelled.
        """
        ignored, matched = self._decider.at(path)
        self._known = known
        try:
            self._enter(folder, path, ignored, matched, name, depth)
            while self._levels:
                level = self._levels[-1]
                for raw, shown, found in level.names:
                    if self._visit(level, raw, shown, found, depth + len(self._levels)):
                        break
                else:
                    self._leave()
        finally:
            while self._levels:
                level = self._levels.pop()
                if self._levels:
                    level.folder.close()

    # -- one entry ------------------------------------------------------------------------------

    def _visit(
        self, level: _Level, raw: bytes, name: str, found: os.stat_result, depth: int
    ) -> bool:
        """Add an entry of a level; whether a folder was entered."""
        path = f"{level.path}/{name}" if level.path else name
        if stat.S_ISDIR(found.st_mode):
            return self._visit_folder(level, raw, name, path, found, depth)
        self._count += 1
        if not self._count % _CHECK_EVERY:
            self._check()
        if self._decides and self._decider.file(path, level.matched):
            self.found.left_out += 1
            self.found.left_out_bytes += found.st_size if stat.S_ISREG(found.st_mode) else 0
            return False
        self._add(level, raw, name, path, found, depth)
        return False

    def _add(
        self, level: _Level, raw: bytes, name: str, path: str, found: os.stat_result, depth: int
    ) -> None:
        kind = _TYPES.get(stat.S_IFMT(found.st_mode))
        if kind is None:
            self.found.note(path, "a socket is no part of a build context")
            return
        row = len(self._rows) // self._width
        if kind is EntryType.SYMLINK:
            try:
                self._targets[row] = level.folder.target(name)
            except OSError:
                return  # gone, or replaced, since it was listed
        elif kind in (EntryType.CHAR, EntryType.BLOCK):
            self._devices[row] = (os.major(found.st_rdev), os.minor(found.st_rdev))
        elif kind is EntryType.FILE and not self._root and not _readable(found):
            self.found.note(path, "it cannot be read: permission denied")
        self._rows.extend(_row(depth, int(kind), found, len(raw)))
        self._names += raw
        level.kept = True

    def _visit_folder(
        self, level: _Level, raw: bytes, name: str, path: str, found: os.stat_result, depth: int
    ) -> bool:
        ignored, matched = False, None
        if not self._decider.idle:
            ignored, matched = self._decider.folder(path, level.matched)
            if ignored and not self._decider.may_keep_below(path):
                self.found.close(path)
                return False
        if self._known is not None and len(self._levels) == 1 and self._known(raw, found):
            self.known.append(len(self._rows) // self._width)
            self._rows.extend(_row(depth, _DIR, found, len(raw)))
            self._names += raw
            level.kept = True
            return False
        try:
            folder = level.folder.folder(name)
        except FileNotFoundError:
            return False
        except OSError as error:
            if not ignored:
                self.found.note(path, f"the folder cannot be read: {_why(error)}")
            return False
        self._enter(folder, path, ignored, matched, raw, depth)
        return True

    # -- levels ---------------------------------------------------------------------------------

    def _enter(
        self,
        folder: OpenFolder,
        path: str,
        ignored: bool,
        matched: Matched | None,
        name: bytes,
        depth: int,
    ) -> None:
        self._check()
        start = len(self._rows), len(self._names)
        self._rows.extend(_row(depth, _DIR, folder.status(), len(name)))
        self._names += name
        level = _Level(folder, path, matched, ignored, iter(()), start)
        level.names = self._listed(level)
        self._levels.append(level)
        if len(self._levels) > _KEPT_OPEN + 1:
            self._levels[-_KEPT_OPEN].folder.close()

    def _listed(self, level: _Level) -> Iterator[tuple[bytes, str, os.stat_result]]:
        found = []
        try:
            for entry in level.folder.scan():
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue  # gone since it was listed
                found.append((os.fsencode(entry.name), entry.name, status))
        except OSError as error:
            self.found.note(level.path, f"the folder cannot be read: {_why(error)}")
        found.sort(key=_first)
        return iter(found)

    def _leave(self) -> None:
        level = self._levels.pop()
        if level.ignored and not level.kept and level.path:
            self.found.pass_over(level.path)
            rows, names = level.start
            del self._rows[rows:]
            del self._names[names:]
        elif self._levels:
            self._levels[-1].kept = True
        if self._levels:
            self._return_to(self._levels[-1], level.folder)
            level.folder.close()

    def _return_to(self, level: _Level, below: OpenFolder) -> None:
        """Open a folder again that was closed for being far up."""
        if level.folder.is_open:
            return
        try:
            level.folder = below.above(level.folder)
        except OSError as error:
            self.found.note(level.path, f"the folder cannot be read: {_why(error)}")
            level.names = iter(())

    def _check(self) -> None:
        self._job.check()
        if len(self._rows) > MOST_ENTRIES * self._width:
            raise LimitExceeded(
                "The build context is too large",
                why=f"it has more than {MOST_ENTRIES:,} entries",
                hint="Name a smaller folder, or leave folders out in .dockerignore",
            )


def _row(depth: int, kind: int, found: os.stat_result, name: int) -> tuple[int, ...]:
    """The numbers of one entry, in the order of :data:`explorer.build.context.entries.FIELDS`."""
    return (
        depth, kind, found.st_mode & 0o7777, found.st_size, found.st_mtime_ns, found.st_ctime_ns,
        signed(found.st_ino), signed(found.st_dev), found.st_nlink, name,
    )  # fmt: skip


def signed(number: int) -> int:
    """A number of 64 bits as the columns hold it."""
    return number if number < 1 << 63 else (number & (1 << 64) - 1) - (1 << 64)


def _readable(found: os.stat_result) -> bool:
    if found.st_uid == os.geteuid():
        return bool(found.st_mode & 0o400)
    if found.st_gid == os.getegid() or found.st_gid in os.getgroups():
        return bool(found.st_mode & 0o040)
    return bool(found.st_mode & 0o004)


def _first(entry: tuple[bytes, str, os.stat_result]) -> bytes:
    return entry[0]


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
