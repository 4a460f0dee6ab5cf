"""rpm's SQLite database (since rpm 4.16): table ``Packages``, one header a row.

It comes from a stranger, so SQLite is kept on a short leash: it works on a copy in memory, may only
read that one table (no view can take its place), and is stopped after a number of steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

_STEPS = 200_000_000  # of SQLite's machine
_MAGIC = b"SQLite format 3\0"
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def sqlite_headers(data: bytes) -> Iterator[bytes]:
    """The headers of all packages. Raises ``ValueError``."""
    if not data.startswith(_MAGIC) or len(data) < 512:
        raise ValueError("it is no SQLite database")
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            # Bytes 18 and 19 ask for a log beside the file; a copy in memory has none.
            database.deserialize(data[:18] + b"\x01\x01" + data[20:])
            yield from _rows(database, len(data))
    except sqlite3.Error as error:
        raise ValueError(f"it is damaged ({error})") from error


def _rows(database: sqlite3.Connection, size: int) -> Iterator[bytes]:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    left = [_STEPS // 100_000]

    def out_of_time() -> int:
        left[0] -= 1
        return int(left[0] < 0)

    def allowed(action: int, *names: str | None) -> int:
        return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY

    database.set_progress_handler(out_of_time, 100_000)
    kind = database.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'").fetchone()
    if kind != ("table",):
        raise ValueError("it has no table of packages")
    database.set_authorizer(allowed)
    room = 2 * size
    for (blob,) in database.execute("SELECT blob FROM Packages"):
        if isinstance(blob, bytes):
            room -= len(blob)
            if room < 0:
                raise ValueError("it is damaged: it holds more than its size")
            yield blob
