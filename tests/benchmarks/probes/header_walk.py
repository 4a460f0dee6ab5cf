"""The least there is to do: read every header of every layer of a plain archive, nothing else.

    python -m tests.benchmarks.probes.header_walk ARCHIVE

One ``pread`` a header, size and type alone; what a tar is nested in is known by its magic.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

BLOCK = 512


def headers(fd: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the content of each member is, and its size."""
    at, read = start, os.pread
    while at < end:
        header = read(fd, BLOCK, at)
        if not header or not header[0]:
            return
        size = int(header[124:135], 8)
        yield at + BLOCK, size
        at += BLOCK + (size + 511 & ~511)


def main(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    count = 0
    for body, size in list(headers(fd, 0, os.fstat(fd).st_size)):
        if os.pread(fd, 5, body + 257) == b"ustar":
            count += sum(1 for _ in headers(fd, body, body + size))
    print(count)


if __name__ == "__main__":
    main(sys.argv[1])
