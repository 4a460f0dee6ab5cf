"""The 512-byte tar header, written field by field.

Python's ``tarfile`` refuses to write what a hostile or an old program writes,
so the header is made here: POSIX.1-1988 (ustar), POSIX.1-2001 (pax), GNU and
seventh-edition forms, with every field open to a raw override.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

BLOCK: Final = 512
"""Bytes in one tar block."""

END: Final = bytes(2 * BLOCK)
"""The end-of-archive marker: two blocks of zeros."""

Format = Literal["pax", "ustar", "gnu", "v7"]
"""The dialect of a header."""

FIELDS: Final[Mapping[str, tuple[int, int]]] = {
    "name": (0, 100),
    "mode": (100, 8),
    "uid": (108, 8),
    "gid": (116, 8),
    "size": (124, 12),
    "mtime": (136, 12),
    "chksum": (148, 8),
    "typeflag": (156, 1),
    "linkname": (157, 100),
    "magic": (257, 8),
    "uname": (265, 32),
    "gname": (297, 32),
    "devmajor": (329, 8),
    "devminor": (337, 8),
    "prefix": (345, 155),
}
"""Offset and width of every field; ``magic`` includes the version."""

MAGIC: Final[Mapping[Format, bytes]] = {
    "pax": b"ustar\x0000",
    "ustar": b"ustar\x0000",
    "gnu": b"ustar  \x00",
    "v7": bytes(8),
}


def octal(number: int, width: int) -> bytes:
    """``number`` as zero-padded octal digits and a NUL; ValueError if it does not fit."""
    digits = f"{number:0{width - 1}o}".encode()
    if number < 0 or len(digits) > width - 1:
        raise ValueError(f"{number} does not fit {width - 1} octal digits")
    return digits + b"\0"


def base256(number: int, width: int) -> bytes:
    """``number`` in the GNU binary form: high bit set, big-endian two's complement."""
    value = number.to_bytes(width, "big", signed=True)
    return bytes([value[0] | 0x80]) + value[1:]


def numeric(number: int, width: int) -> bytes:
    """Octal where it fits, base-256 otherwise."""
    if 0 <= number < 8 ** (width - 1):
        return octal(number, width)
    return base256(number, width)


def header(fields: Mapping[str, bytes], overrides: Mapping[str, bytes] | None = None) -> bytes:
    """One block from named fields; the checksum is right unless overridden.

    ``overrides`` are written last but before the checksum is taken, except for
    an overridden ``chksum``, which stands as given.
    """
    block = bytearray(BLOCK)
    for name, value in {**fields, **(overrides or {})}.items():
        offset, width = FIELDS[name]
        if len(value) > width:
            raise ValueError(f"{name} holds {width} bytes, not {len(value)}")
        block[offset : offset + width] = value.ljust(width, b"\0")
    if "chksum" not in (overrides or {}):
        block[148:156] = b" " * 8
        block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block)


def padded(body: bytes) -> bytes:
    """``body`` with zeros up to a whole number of blocks."""
    return body + bytes(-len(body) % BLOCK)


def pax_record(key: bytes, value: bytes) -> bytes:
    """One pax record, ``LENGTH KEY=VALUE\\n``; the length counts itself."""
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def pax_records(records: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The body of a pax extended header."""
    return b"".join(pax_record(key, value) for key, value in records)
