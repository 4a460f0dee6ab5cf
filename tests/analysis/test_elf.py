"""ELF headers: what a program needs, from hostile bytes too."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.elf import Elf, read_elf
from explorer.errors import DamagedImage

BASE = 0x400000
INTERPRETER = b"/lib/ld-musl-x86_64.so.1\0"
STRINGS = b"\0libc.so\0libz.so.1\0libmine.so\0/opt/lib\0"


def elf64(*, needed: bool = True, little: bool = True, kind: int = 3) -> bytes:
    """A small 64-bit ELF with a loader, two needed libraries, a soname and a runpath."""
    order = "<" if little else ">"
    head = b"\x7fELF" + bytes((2, 1 if little else 2, 1, 0)) + bytes(8)
    segments = 3 if needed else 1
    body = 64 + 56 * segments
    strings_at = body + len(INTERPRETER)
    dynamic_at = strings_at + len(STRINGS)
    tags = [(1, 1), (1, 9), (14, 19), (29, 30), (5, BASE + strings_at), (0, 0)]
    dynamic = b"".join(struct.pack(order + "QQ", *pair) for pair in tags)
    whole = dynamic_at + len(dynamic)

    def segment(number: int, offset: int, size: int) -> bytes:
        return struct.pack(order + "IIQQQQQQ", number, 4, offset, BASE + offset, 0, size, size, 1)

    table = segment(1, 0, whole)
    if needed:
        table += segment(3, body, len(INTERPRETER)) + segment(2, dynamic_at, len(dynamic))
    fields = (kind, 62, 1, BASE, 64, 0, 0, 64, 56, segments, 0, 0, 0)
    header = head + struct.pack(order + "HHIQQQIHHHHHH", *fields)
    return header + table + INTERPRETER + STRINGS + dynamic


def parse(data: bytes) -> Elf:
    return read_elf(lambda offset, size: data[offset : offset + size])


@pytest.mark.parametrize("little", [True, False], ids=["little-endian", "big-endian"])
def test_a_program_tells_its_machine_loader_and_libraries(little: bool) -> None:
    elf = parse(elf64(little=little))
    assert (elf.bits, elf.machine, elf.little_endian) == (64, "AMD x86-64", little)
    assert elf.interpreter == "/lib/ld-musl-x86_64.so.1"
    assert elf.needed == ("libc.so", "libz.so.1")
    assert (elf.soname, elf.runpath) == ("libmine.so", "/opt/lib")
    assert elf.position_independent
    assert not elf.static


def test_without_loader_and_libraries_it_is_static() -> None:
    elf = parse(elf64(needed=False, kind=2))
    assert elf.static
    assert elf.type == "executable"


def test_a_32_bit_header_is_read() -> None:
    head = b"\x7fELF" + bytes((1, 1, 1, 0)) + bytes(8)
    fields = (1, 40, 1, 0, 0, 0, 0, 52, 0, 0, 0, 0, 0)
    elf = parse(head + struct.pack("<HHIIIIIHHHHHH", *fields))
    assert (elf.bits, elf.machine, elf.type) == (32, "ARM", "relocatable object")


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"MZ" * 40, b"\x7fELF\x09\x09" + bytes(60)])
def test_what_is_no_elf_file_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedImage):
        parse(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8), st.integers(0, 500))
def test_spoiled_headers_never_do_more_than_raise(at: int, spoil: bytes, cut: int) -> None:
    data = elf64()
    data = (data[:at] + spoil + data[at + len(spoil) :])[: max(64, len(data) - cut)]
    try:
        elf = parse(data)
    except DamagedImage:
        return
    assert all(name.isprintable() for name in (*elf.needed, elf.interpreter, elf.soname))
