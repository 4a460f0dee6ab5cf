"""Sparse members: a large logical file of which only some ranges are stored.

GNU tar writes four forms (GNU tar manual, "Storing Sparse Files"): its old
header type ``S`` and the pax forms 0.0, 0.1 and 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from tests.factory.entries import file
from tests.factory.entry import Entry, Text, raw_bytes
from tests.factory.header import BLOCK, numeric, padded

SparseForm = Literal["gnu", "0.0", "0.1", "1.0"]
"""Which of the four ways a sparse member is written."""

_IN_HEADER: Final = 4
_IN_EXTENSION: Final = 21


def sparse(path: Text, size: int, ranges: Mapping[int, bytes], form: SparseForm = "1.0") -> Entry:
    """A file of ``size`` logical bytes that stores only ``ranges`` (offset to bytes)."""
    stored = b"".join(ranges[offset] for offset in sorted(ranges))
    places = [(offset, len(ranges[offset])) for offset in sorted(ranges)]
    match form:
        case "gnu":
            return _gnu(path, size, places, stored)
        case "0.0":
            records = [
                (b"GNU.sparse.size", b"%d" % size),
                (b"GNU.sparse.numblocks", b"%d" % len(places)),
            ]
            for offset, length in places:
                records.append((b"GNU.sparse.offset", b"%d" % offset))
                records.append((b"GNU.sparse.numbytes", b"%d" % length))
            return replace(file(path, stored), pax=tuple(records))
        case "0.1":
            table = ",".join(f"{offset},{length}" for offset, length in places)
            return file(_hidden_name(path), stored).with_pax(
                {
                    "GNU.sparse.size": str(size),
                    "GNU.sparse.numblocks": str(len(places)),
                    "GNU.sparse.name": path,
                    "GNU.sparse.map": table,
                }
            )
        case "1.0":
            numbers: list[Any] = [len(places), *(number for place in places for number in place)]
            table = "".join(f"{number}\n" for number in numbers)
            return file(_hidden_name(path), padded(table.encode()) + stored).with_pax(
                {
                    "GNU.sparse.major": "1",
                    "GNU.sparse.minor": "0",
                    "GNU.sparse.name": path,
                    "GNU.sparse.realsize": str(size),
                }
            )


@dataclass(frozen=True, slots=True)
class _GnuSparse(Entry):
    """An entry whose sparse table goes on in blocks after its header."""

    table: bytes = b""

    def header(self) -> bytes:
        return Entry.header(self) + self.table


def _hidden_name(path: Text) -> bytes:
    parent, slash, name = raw_bytes(path).rpartition(b"/")
    return parent + slash + b"GNUSparseFile.0/" + name


def _gnu(path: Text, size: int, places: list[tuple[int, int]], stored: bytes) -> Entry:
    cells = [numeric(offset, 12) + numeric(length, 12) for offset, length in places]
    # GNU closes the table with an empty range at the end of the file.
    cells.append(numeric(size, 12) + numeric(0, 12))
    rest = cells[_IN_HEADER:]
    area = bytearray(155)
    area[41 : 41 + 24 * _IN_HEADER] = b"".join(cells[:_IN_HEADER]).ljust(24 * _IN_HEADER, b"\0")
    area[137] = 1 if rest else 0
    area[138:150] = numeric(size, 12)
    return _GnuSparse(
        raw_bytes(path),
        b"S",
        content=stored,
        format="gnu",
        fields=(("prefix", bytes(area)),),
        table=_extension_blocks(rest),
    )


def _extension_blocks(cells: list[bytes]) -> bytes:
    blocks = b""
    while cells:
        now, cells = cells[:_IN_EXTENSION], cells[_IN_EXTENSION:]
        block = b"".join(now).ljust(24 * _IN_EXTENSION, b"\0") + (b"\1" if cells else b"\0")
        blocks += block.ljust(BLOCK, b"\0")
    return blocks
