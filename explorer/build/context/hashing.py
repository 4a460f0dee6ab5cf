"""What the files of a context hold, as SHA-256; read once for as long as a file stays as it is."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from explorer.build.context.context import Context
from explorer.build.context.memo import STATE, Known, MemoFile
from explorer.build.context.opening import OpenFolder, closing, open_below
from explorer.build.context.scanning import signed
from explorer.errors import Refused
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.progress import Job

DIGEST: Final = 32
"""Bytes of a digest."""

_CHUNK: Final = 1 << 20
_TRIES: Final = 3
_FINE: Final = 50_000_000
"""Nanoseconds that two changes may lie apart and still leave the same times behind."""
_COARSE: Final = 2_000_000_000
"""The same, on a filesystem that keeps whole seconds only."""
_SECOND: Final = 1_000_000_000


class ContentHashes(Protocol):
    """Something that knows what files hold."""

    def of(self, context: Context, start: int, stop: int, job: Job) -> Array:
        """The digests of some rows of a context; see :meth:`ContextTree.digests`."""

    def knows(self, context: Context, start: int, stop: int) -> bool:
        """Whether the digests of some rows are known, and stay while the files seem the same."""


class HashMemo:
    """Remembers the digest of a file by device, inode, size and times; hashes what it knows not.

    A file that changed so shortly before it was hashed that another change could leave the same
    times is not remembered (as git's index does with racily clean entries). With a ``file`` the
    memo outlives the process, once :meth:`save` is called. Safe from any thread.
    """

    def __init__(self, file: MemoFile | None = None) -> None:
        self._file = file
        self._known: Known | None = None
        self._new = 0
        self._lock = threading.Lock()

    @classmethod
    def kept(cls, cache: Path, folder: Path) -> HashMemo:
        """The memo of a folder in a cache."""
        return cls(MemoFile(cache, folder))

    def of(self, context: Context, start: int, stop: int, job: Job) -> Array:
        """The digests of some rows, zeros for all but regular files.

        Raises:
            Refused: a file cannot be read, or changes all the time.
            Cancelled: the job was cancelled.
        """
        entries = context.entries
        rows = start + np.flatnonzero(entries.type[start:stop] == EntryType.FILE)
        found, digests = self._load().look_up(_states(context, rows))
        missing = rows[~found]
        if len(missing):
            digests[~found] = self._hashed(context, missing, job)
        out = np.zeros((stop - start, DIGEST), np.uint8)
        out[rows - start] = digests
        return out

    def knows(self, context: Context, start: int, stop: int) -> bool:
        """Whether all files among some rows are remembered."""
        rows = start + np.flatnonzero(context.entries.type[start:stop] == EntryType.FILE)
        return bool(self._load().look_up(_states(context, rows))[0].all())

    def save(self, context: Context) -> None:
        """Write what is known of the files of a context, if there is anything new.

        A cache that cannot be written is no error: it only costs time.
        """
        if self._file is None or not self._new:
            return
        entries = context.entries
        rows = np.flatnonzero(entries.type == EntryType.FILE)
        states = _states(context, rows)
        found, digests = self._load().look_up(states)
        self._file.write(Known.of(states[found], digests[found]))
        self._new = 0

    def _load(self) -> Known:
        with self._lock:
            if self._known is None:
                self._known = (self._file.read() if self._file else None) or Known.nothing()
            return self._known

    def _hashed(self, context: Context, rows: Array, job: Job) -> Array:
        digests = np.zeros((len(rows), DIGEST), np.uint8)
        sure = np.zeros(len(rows), np.bool_)
        job.expect(int(context.entries.size[rows].sum()))
        try:
            states = _states(context, rows).tolist()
            for place, (row, folder) in enumerate(_opened(context, rows)):
                digest, state = _hash(context, row, folder, job)
                sure[place] = state == states[place]
                digests[place] = np.frombuffer(digest, np.uint8)
        finally:
            certain = _states(context, rows[sure])
            with self._lock:
                assert self._known is not None
                self._known = self._known.with_more(certain, digests[sure])
                self._new += len(certain)
        return digests


def _states(context: Context, rows: Array) -> Array:
    """What files are remembered by, a column each."""
    columns = context.entries.columns.fields
    return np.stack([columns[name][rows] for name in STATE], axis=1)


def _opened(context: Context, rows: Array) -> Iterator[tuple[int, OpenFolder | None]]:
    """Files with the folders they are in, each folder opened once for files that follow."""
    parents = context.entries.parent
    here, folder = -1, None
    try:
        for row in rows.tolist():
            if int(parents[row]) != here:
                if folder is not None:
                    folder.close()
                here, folder = int(parents[row]), None
                try:
                    folder = open_below(context.folder, context.entries.path(here))
                except OSError:
                    folder = None
            yield row, folder
    finally:
        if folder is not None:
            folder.close()


def _hash(
    context: Context, row: int, folder: OpenFolder | None, job: Job
) -> tuple[bytes, list[int] | None]:
    """A file's digest, and the state that it is sure to be the digest of."""
    entries = context.entries
    if folder is None:
        raise _unreadable(context, row, "its folder is gone")
    for _ in range(_TRIES):
        started = time.time_ns()
        try:
            with closing(folder.file(os.fsdecode(entries.name(row)))) as fd:
                before = os.fstat(fd)
                digest = _content(fd, job)
                after = os.fstat(fd)
        except OSError as error:
            raise _unreadable(context, row, (error.strerror or str(error)).lower()) from error
        if _state(before) == _state(after):
            return digest, None if _is_racy(before, started) else _state(before)
    raise _unreadable(context, row, "it changes while it is read")


def _content(fd: int, job: Job) -> bytes:
    state = hashlib.sha256()
    while chunk := os.read(fd, _CHUNK):
        state.update(chunk)
        job.advance(len(chunk))
    extended = _extended(fd)
    if not extended:
        return state.digest()
    whole = hashlib.sha256(b"xattrs\0" + state.digest())
    for name, value in extended:
        whole.update(b"%d %s%d %s" % (len(name), name, len(value), value))
    return whole.digest()


def _extended(fd: int) -> list[tuple[bytes, bytes]]:
    """The extended attributes that count, as BuildKit sees them."""
    if not hasattr(os, "listxattr"):
        return []
    try:
        names = os.listxattr(fd)
        counting = [n for n in sorted(names) if n == "security.capability" or _counts(n)]
        return [(os.fsencode(name), os.getxattr(fd, name)) for name in counting]
    except OSError:
        return []


def _counts(name: str) -> bool:
    return not name.startswith(("security.", "system."))


def _state(found: os.stat_result) -> list[int]:
    return [
        signed(found.st_dev), signed(found.st_ino), found.st_size,
        found.st_mtime_ns, found.st_ctime_ns,
    ]  # fmt: skip


def _is_racy(found: os.stat_result, started: int) -> bool:
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    return newest > started - (_FINE if newest % _SECOND else _COARSE)


def _unreadable(context: Context, row: int, why: str) -> Refused:
    path = display(context.entries.path(row))
    return Refused(f"{path} in the build context cannot be read", why=why)
