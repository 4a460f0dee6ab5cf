"""The header of an ELF file and what it needs to run: enough to tell what a program is.

System V ABI, chapters 4 and 5 ("Object Files", "Program Loading and Dynamic Linking"). Only the
program headers are read, as a loader does; sections may be stripped. Every offset and count comes
from a hostile file, so each read is bounded and nothing is believed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.errors import DamagedImage

MAGIC = b"\x7fELF"
_MOST_SEGMENTS = 512
_MOST_NEEDED = 512
_MOST_DYNAMIC = 1 << 16  # bytes of the dynamic section
_LONGEST_NAME = 4096
_LOAD, _DYNAMIC, _INTERP = 1, 2, 3
_NEEDED, _STRTAB, _SONAME, _RPATH, _RUNPATH = 1, 5, 14, 15, 29

_TYPES = {0: "none", 1: "relocatable object", 2: "executable", 3: "shared object", 4: "core dump"}
_MACHINES = {
    3: "Intel 80386",
    8: "MIPS",
    20: "PowerPC",
    21: "64-bit PowerPC",
    22: "IBM S/390",
    40: "ARM",
    62: "AMD x86-64",
    183: "AArch64",
    243: "RISC-V",
    258: "LoongArch",
}
_SYSTEMS = {0: "System V", 3: "Linux", 9: "FreeBSD"}

ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Elf:
    """What an ELF file says of itself. ``static`` means that it needs no loader."""

    bits: int
    little_endian: bool
    system: str
    type: str
    machine: str
    entry: int
    interpreter: str
    needed: tuple[str, ...]
    soname: str
    runpath: str
    position_independent: bool

    @property
    def static(self) -> bool:
        """Whether it runs without a dynamic loader."""
        return not self.interpreter and not self.needed


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


class _Reader:
    """The fields of one class (32 or 64 bits) and byte order."""

    def __init__(self, read_at: ReadAt, head: bytes) -> None:
        self.read_at = read_at
        self.bits = {1: 32, 2: 64}.get(head[4], 0)
        self.little = head[5] == 1
        if not self.bits or head[5] not in (1, 2):
            raise DamagedImage("The ELF header makes no sense", why="unknown class or byte order")
        self.order = "<" if self.little else ">"

    def unpack(self, form: str, data: bytes) -> tuple[int, ...]:
        """Fields in this byte order; raises :class:`DamagedImage` where there are too few bytes."""
        try:
            return struct.unpack(self.order + form, data)
        except struct.error as error:
            raise DamagedImage("The ELF file is cut short") from error


def read_elf(read_at: ReadAt) -> Elf:
    """Read the header through ``read_at(offset, size)``, which may give fewer bytes at the end.

    Raises :class:`DamagedImage` for what is no ELF file, or a broken one.
    """
    head = read_at(0, 64)
    if head[:4] != MAGIC or len(head) < 52:
        raise DamagedImage("It is no ELF file")
    reader = _Reader(read_at, head)
    wide = reader.bits == 64
    form, length = ("HHIQQQIHHHHHH", 64) if wide else ("HHIIIIIHHHHHH", 52)
    fields = reader.unpack(form, head[16:length])
    kind, machine, _, entry, table, _, _, _, entry_size, count = fields[:10]
    segments = _segments(reader, table, entry_size, min(count, _MOST_SEGMENTS))
    interpreter = _interpreter(reader, segments)
    dynamic = _dynamic(reader, segments)
    needed = tuple(_names(reader, segments, dynamic, _NEEDED))
    return Elf(
        bits=reader.bits,
        little_endian=reader.little,
        system=_SYSTEMS.get(head[7], f"system {head[7]}"),
        type=_TYPES.get(kind, f"type {kind}"),
        machine=_MACHINES.get(machine, f"machine {machine}"),
        entry=entry,
        interpreter=interpreter,
        needed=needed,
        soname=next(_names(reader, segments, dynamic, _SONAME), ""),
        runpath=next(
            (name for tag in (_RUNPATH, _RPATH) for name in _names(reader, segments, dynamic, tag)),
            "",
        ),
        position_independent=kind == 3,
    )


def _segments(reader: _Reader, table: int, size: int, count: int) -> list[_Segment]:
    wide = reader.bits == 64
    least = 56 if wide else 32
    if not table or size < least:
        return []
    data = reader.read_at(table, size * count)
    found = []
    for start in range(0, len(data) - least + 1, size):
        part = data[start : start + least]
        if wide:
            kind, _, offset, address, _, filesize, _, _ = reader.unpack("IIQQQQQQ", part)
        else:
            kind, offset, address, _, filesize, _, _, _ = reader.unpack("IIIIIIII", part)
        found.append(_Segment(kind, offset, address, filesize))
    return found


def _interpreter(reader: _Reader, segments: list[_Segment]) -> str:
    for segment in segments:
        if segment.kind == _INTERP:
            return _text(reader.read_at(segment.offset, min(segment.size, _LONGEST_NAME)))
    return ""


def _dynamic(reader: _Reader, segments: list[_Segment]) -> list[tuple[int, int]]:
    """The pairs of tag and value of the dynamic section."""
    for segment in segments:
        if segment.kind == _DYNAMIC:
            data = reader.read_at(segment.offset, min(segment.size, _MOST_DYNAMIC))
            step = 16 if reader.bits == 64 else 8
            form = "QQ" if step == 16 else "II"
            pairs = []
            for start in range(0, len(data) - step + 1, step):
                tag, value = reader.unpack(form, data[start : start + step])
                if not tag:
                    break
                pairs.append((tag, value))
            return pairs
    return []


def _names(
    reader: _Reader, segments: list[_Segment], dynamic: list[tuple[int, int]], tag: int
) -> Iterator[str]:
    address = next((value for key, value in dynamic if key == _STRTAB), None)
    strings = _offset(segments, address) if address is not None else None
    if strings is None:
        return
    places = [value for key, value in dynamic if key == tag][:_MOST_NEEDED]
    for place in places:
        name = _text(reader.read_at(strings + place, _LONGEST_NAME))
        if name:
            yield name


def _offset(segments: list[_Segment], address: int) -> int | None:
    """Where in the file a virtual address lies."""
    for segment in segments:
        if segment.kind == _LOAD and segment.address <= address < segment.address + segment.size:
            return address - segment.address + segment.offset
    return None


def _text(data: bytes) -> str:
    text = data.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "�" for char in text)
