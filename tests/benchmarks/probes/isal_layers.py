"""What it takes to decompress the gzip layers of an archive with ISA-L, on two cores.

    python -m tests.benchmarks.probes.isal_layers ARCHIVE

The largest first, a layer a thread; what comes out is dropped.
"""

from __future__ import annotations

import os
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

from isal import igzip_lib

_PIECE = 1 << 18


def decompress(fd: int, start: int, size: int) -> int:
    """Decompress one stretch of a file; returns how many bytes came out."""
    decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    total, end = 0, start + size
    while not decompressor.eof:
        data = b""
        if decompressor.needs_input:
            data = os.pread(fd, min(_PIECE, end - start), start)
            start += len(data)
        total += len(decompressor.decompress(data, _PIECE))
    return total


def main(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    with tarfile.open(path, "r:") as archive:
        members = [(member.size, member.offset_data) for member in archive if member.isfile()]
    layers = [each for each in members if os.pread(fd, 2, each[1]) == b"\x1f\x8b"]
    with ThreadPoolExecutor(2) as pool:
        ordered = sorted(layers, reverse=True)
        print(sum(pool.map(lambda layer: decompress(fd, layer[1], layer[0]), ordered)))


if __name__ == "__main__":
    main(sys.argv[1])
