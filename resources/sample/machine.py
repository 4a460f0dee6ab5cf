"""Tiny real programs: static ELF files that print a line and leave.

The header, one loadable segment and a few instructions are real, so tools that
look into an ELF file find what they expect. The rest is filler that compresses
about as well as machine code does.
"""

import hashlib
from collections.abc import Iterator
from struct import pack
from typing import Final, Literal

Architecture = Literal["amd64", "arm64"]

MACHINE: Final = {"amd64": 62, "arm64": 183}
"""``e_machine`` (System V ABI): EM_X86_64 and EM_AARCH64."""

ADDRESS: Final = 0x400000
HEADERS: Final = 64 + 56


def program(architecture: Architecture, message: str, size: int) -> bytes:
    """A program of ``size`` bytes that writes ``message`` to standard output."""
    line = message.encode() + b"\n"
    code = _amd64(line) if architecture == "amd64" else _arm64(line)
    head = _elf_header(architecture) + _program_header(size)
    body = head + code + line
    return body + filler(f"{architecture} {message}", size - len(body))


def filler(seed: str, size: int) -> bytes:
    """``size`` bytes that follow from ``seed``: short sequences, some far commoner than others."""
    words = [_bytes_of(f"{seed} word {n}", 6 + n % 13) for n in range(256)]
    pieces: list[bytes] = []
    length = 0
    for number in _numbers(seed):
        if length >= size:
            break
        pieces.append(words[number**3 >> 16])
        length += len(pieces[-1])
    return b"".join(pieces)[: max(0, size)]


def noise(seed: str, size: int) -> bytes:
    """``size`` bytes that follow from ``seed`` and do not compress."""
    pieces = (hashlib.sha256(f"{seed} {n}".encode()).digest() for n in range(size // 32 + 1))
    return b"".join(pieces)[:size]


def _numbers(seed: str) -> Iterator[int]:
    block = 0
    while True:
        yield from hashlib.sha256(f"{seed} block {block}".encode()).digest()
        block += 1


def _bytes_of(seed: str, size: int) -> bytes:
    return hashlib.sha256(seed.encode()).digest()[:size]


def _elf_header(architecture: Architecture) -> bytes:
    identity = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    executable, version, flags, no_sections = 2, 1, 0, 0
    return identity + pack(
        "<HHIQQQIHHHHHH",
        executable,
        MACHINE[architecture],
        version,
        ADDRESS + HEADERS,
        64,
        no_sections,
        flags,
        64,
        56,
        1,
        64,
        0,
        0,
    )


def _program_header(size: int) -> bytes:
    load, read_and_execute = 1, 5
    return pack("<IIQQQQQQ", load, read_and_execute, 0, ADDRESS, ADDRESS, size, size, 0x1000)


def _amd64(line: bytes) -> bytes:
    """write(1, line, length); exit(0)."""
    return (
        b"\xb8" + pack("<I", 1)  # mov eax, SYS_write
        + b"\xbf" + pack("<I", 1)  # mov edi, 1
        + b"\x48\x8d\x35" + pack("<I", 16)  # lea rsi, [rip + 16]
        + b"\xba" + pack("<I", len(line))  # mov edx, length
        + b"\x0f\x05"  # syscall
        + b"\xb8" + pack("<I", 60)  # mov eax, SYS_exit
        + b"\x31\xff"  # xor edi, edi
        + b"\x0f\x05"  # syscall
    )  # fmt: skip


def _arm64(line: bytes) -> bytes:
    """write(1, line, length); exit(0)."""
    move, call = 0xD2800000, 0xD4000001
    return pack(
        "<8I",
        move | 1 << 5,  # mov x0, #1
        0x10000000 | 7 << 5 | 1,  # adr x1, line
        move | len(line) << 5 | 2,  # mov x2, #length
        move | 64 << 5 | 8,  # mov x8, #SYS_write
        call,  # svc #0
        move,  # mov x0, #0
        move | 93 << 5 | 8,  # mov x8, #SYS_exit
        call,  # svc #0
    )
