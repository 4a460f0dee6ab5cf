"""What an ELF file asks of the system: libraries by name, and a version of the C library.

Read from the file itself (System V ABI, chapter 5, "Dynamic Section"), because ldd(1)
starts the loader, which also names what libraries need in turn.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NULL, _DT_NEEDED, _DT_STRTAB = 0, 1, 5
_GLIBC = re.compile(rb"\0GLIBC_2\.(\d+)")


def outside(folder: Path) -> tuple[set[str], tuple[int, int]]:
    """Sonames that the programs below a folder need and it does not hold; the least glibc."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    own = {path.name for path in folder.rglob("*")}
    wanted: set[str] = set()
    newest = 0
    for path in files:
        data = _elf(path)
        if data:
            wanted.update(needed(data))
            newest = max(newest, *map(int, _GLIBC.findall(data)), 0)
    return wanted - own, (2, newest)


def _elf(path: Path) -> bytes:
    with path.open("rb") as file:
        magic = file.read(6)
        # 64-bit, little-endian: what Qt's wheels are built for.
        return magic + file.read() if magic == b"\x7fELF\x02\x01" else b""


def needed(data: bytes) -> list[str]:
    """The DT_NEEDED entries of a 64-bit little-endian ELF file; none if it is static or odd."""
    try:
        segments = list(_segments(data))
        entries = [pair for kind, at, _, size in segments if kind == _PT_DYNAMIC
                   for pair in _entries(data[at : at + size])]  # fmt: skip
        names = next(value for tag, value in entries if tag == _DT_STRTAB)
        table = _offset(names, segments)
        return [_text(data, table + value) for tag, value in entries if tag == _DT_NEEDED]
    except (struct.error, StopIteration, ValueError):
        return []


def _segments(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Type, offset in the file, address and size of each program header."""
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for number in range(count):
        at = start + number * size
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, at)
        yield kind, offset, address, length


def _entries(dynamic: bytes) -> Iterator[tuple[int, int]]:
    for tag, value in struct.iter_unpack("<QQ", dynamic[: len(dynamic) // 16 * 16]):
        if tag == _DT_NULL:
            return
        yield tag, value


def _offset(address: int, segments: Iterable[tuple[int, int, int, int]]) -> int:
    for kind, offset, start, size in segments:
        if kind == _PT_LOAD and start <= address < start + size:
            return offset + address - start
    raise ValueError("an address outside of every segment")


def _text(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode()
