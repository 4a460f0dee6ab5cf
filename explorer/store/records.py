"""A log of records: only ever added to, by any number of processes, and bounded.

A record is one line with a checksum before it, written at once to the end of a segment. A line
that a crash or a full disk cut short, or that was damaged since, is passed over; the others stay.
When a segment is full another one is begun, and the oldest goes.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import xxhash

from explorer.store.folder import cannot_write
from explorer.store.images.files import sync_folder

SEGMENT: Final = 4 << 20  # bytes after which another segment is begun
SEGMENTS: Final = 8
LONGEST: Final = 1 << 20  # bytes of one record

_CHECK: Final = 16
_SUFFIX: Final = ".log"


class RecordLog:
    """The records in a folder. Safe from any thread, and beside other processes."""

    def __init__(self, folder: Path, *, segment: int = SEGMENT, segments: int = SEGMENTS) -> None:
        self.folder = folder
        self._segment = segment
        self._segments = segments
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def append(self, records: Iterable[bytes]) -> None:
        """Add records, none with a line feed in it; they are on disk when this returns.

        A record longer than :data:`LONGEST` is left out. Raises
        :class:`explorer.errors.StorageFull` where nothing can be written.
        """
        lines = [_line(record) for record in records if len(record) <= LONGEST]
        if not lines:
            return
        with self._lock:
            try:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._write(b"".join(lines))
            except OSError as error:
                raise cannot_write(self.folder, error) from error

    def read_new(self) -> list[bytes]:
        """The whole records that this log was not asked for before, oldest first."""
        with self._lock:
            return [record for name in self._names() for record in self._read(name)]

    def _write(self, data: bytes) -> None:
        names = self._names()
        number = int(names[-1].removesuffix(_SUFFIX)) if names else 1
        if names and (self.folder / names[-1]).stat().st_size >= self._segment:
            number += 1
            self._drop(names, number)
        path = self.folder / f"{number:08d}{_SUFFIX}"
        is_new = not path.exists()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        fd = os.open(path, flags, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
            os.fsync(fd)
        finally:
            os.close(fd)
        if is_new:
            sync_folder(self.folder)

    def _drop(self, names: list[str], newest: int) -> None:
        for name in names:
            if int(name.removesuffix(_SUFFIX)) <= newest - self._segments:
                with contextlib.suppress(OSError):
                    (self.folder / name).unlink()

    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return []
        return sorted(n for n in names if n.endswith(_SUFFIX) and n[: -len(_SUFFIX)].isdecimal())

    def _read(self, name: str) -> list[bytes]:
        start = self._seen.get(name, 0)
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(start)
                data = file.read(2 * self._segment + LONGEST)
        except OSError:
            return []
        whole = data.rfind(b"\n") + 1  # what follows may still be in the writing
        self._seen[name] = start + whole
        lines = data[:whole].split(b"\n")
        return [record for line in lines if line and (record := _checked(line)) is not None]


def _line(record: bytes) -> bytes:
    # The line feed before it closes a line that was cut short.
    return b"\n" + _checksum(record) + b" " + record + b"\n"


def _checked(line: bytes) -> bytes | None:
    record = line[_CHECK + 1 :]
    return record if line[:_CHECK] == _checksum(record) else None


def _checksum(record: bytes) -> bytes:
    return xxhash.xxh3_64_hexdigest(record).encode()
