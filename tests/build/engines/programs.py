"""Tiny programs for a sandbox: a few machine instructions each, made by hand."""

from __future__ import annotations

import struct

EXIT_7_OF_32_BITS = bytes.fromhex("b801000000 bb07000000 cd80")
"""``_exit(7)`` by the calls of i386."""


def elf(code: bytes, bits: int = 64) -> bytes:
    """An executable for Linux on x86 whose only segment is ``code``."""
    base = 0x400000
    if bits == 64:
        size = 64 + 56
        head = struct.pack(
            "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, base + size, 64, 0, 0,
            64, 56, 1, 0, 0, 0,
        )  # fmt: skip
        whole = size + len(code)
        segment = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, whole, whole, 0x1000)
    else:
        size = 52 + 32
        head = struct.pack(
            "<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, base + size, 52, 0, 0,
            52, 32, 1, 0, 0, 0,
        )  # fmt: skip
        whole = size + len(code)
        segment = struct.pack("<IIIIIIII", 1, 0, base, base, whole, whole, 5, 0x1000)
    return head + segment + code


def call(number: int, *arguments: int) -> bytes:
    """A program that makes one call of x86_64 and ends with its error number, or 0."""
    code = b"\xb8" + struct.pack("<I", number)  # mov eax
    for register, value in zip((b"\xbf", b"\xbe", b"\xba"), arguments, strict=False):
        code += register + struct.pack("<I", value)  # mov edi, esi, edx
    return elf(code + b"\x0f\x05" + _END)


_END = bytes.fromhex("f7d8 89c7 b83c000000 0f05")  # neg eax; mov edi, eax; exit


def call_of_32_bits(number: int) -> bytes:
    """The same by a call of i386, all arguments 0."""
    zero = bytes.fromhex("31db 31c9 31d2 31f6 31ff")
    end = bytes.fromhex("f7d8 89c3 b801000000 cd80")
    return elf(b"\xb8" + struct.pack("<I", number) + zero + b"\xcd\x80" + end, 32)


def connect_abstract(name: str) -> bytes:
    """A program that connects to an abstract Unix socket; it ends with the error number, or 0."""
    address = struct.pack("<H", 1) + b"\0" + name.encode()
    first = bytes.fromhex("b829000000 bf01000000 be01000000 31d2 0f05 89c7 b82a000000")
    length = b"\xba" + struct.pack("<I", len(address))
    rest = length + b"\x0f\x05" + _END
    return elf(first + b"\x48\x8d\x35" + struct.pack("<i", len(rest)) + rest + address)
