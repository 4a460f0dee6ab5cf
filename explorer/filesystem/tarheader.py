"""The fields of a tar header block: ustar, GNU, PAX, V7 and star (POSIX.1-2017, "pax")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import DamagedImage

BLOCK = 512
ZERO_BLOCK = bytes(BLOCK)
# What Go's reader, and so every Docker and containerd, takes at the most.
SPECIAL_LIMIT = 1 << 20
LARGEST = 1 << 60  # bytes; no file is larger
LATEST = 1 << 33  # seconds; no file is younger

_MODE, _UID, _GID, _SIZE, _MTIME, _CHECKSUM = (
    (100, 8),
    (108, 8),
    (116, 8),
    (124, 12),
    (136, 12),
    (148, 8),
)
_NUL_FREE = {b"path", b"linkpath", b"uname", b"gname"}


def number(field: bytes) -> int:
    """A numeric field: octal digits, or base 256 where the first byte has its high bit set.

    Raises :class:`DamagedImage` for anything else.
    """
    if field[0] & 0x80:
        value = int.from_bytes(field, "big", signed=False)
        bits = 8 * len(field)
        if field[0] & 0x40:
            return value - (1 << bits)
        return value & ((1 << (bits - 1)) - 1)
    text = field.strip(b" \0").split(b"\0", 1)[0]
    if not text:
        return 0
    if text.strip(b"01234567"):
        raise DamagedImage("A tar header holds no number where one belongs", why=repr(text))
    return int(text, 8)


def octal_columns(blocks: NDArray[np.uint8], at: int, width: int) -> tuple[NDArray[Any], Any]:
    """Decode one numeric field of many headers: the values, and the rows that need :func:`number`.

    Only the form nearly every writer uses is decoded here: digits up to a final NUL or space.
    """
    field = blocks[:, at : at + width]
    digits = field[:, :-1] - np.uint8(48)
    clean = (digits < 8).all(axis=1) & ((field[:, -1] == 0) | (field[:, -1] == 32))
    value = np.zeros(len(blocks), np.int64)
    for column in range(width - 1):
        value <<= 3
        value |= digits[:, column] & 7
    return value, np.flatnonzero(~clean)


def numbers(blocks: NDArray[np.uint8], field: tuple[int, int]) -> NDArray[np.int64]:
    """One numeric field of many headers; raises as :func:`number`."""
    at, width = field
    value, odd = octal_columns(blocks, at, width)
    for row in odd:
        exact = number(blocks[row, at : at + width].tobytes())
        value[row] = min(max(exact, -(1 << 62)), 1 << 62)
    return value


def first_bad_checksum(blocks: NDArray[np.uint8]) -> int:
    """The first row whose checksum is wrong, or the number of rows.

    Both the unsigned sum and the signed one of historic writers are taken.
    """
    at, width = _CHECKSUM
    stated, odd = octal_columns(blocks, at, width)
    # Six digits, NUL, space is how POSIX writes a checksum.
    for row in odd:
        try:
            stated[row] = number(blocks[row, at : at + width].tobytes())
        except DamagedImage:
            stated[row] = -1
    own = blocks[:, at : at + width].sum(axis=1, dtype=np.int64) - 32 * width
    unsigned = blocks.sum(axis=1, dtype=np.int64) - own
    bad = stated != unsigned
    if bad.any():
        rows = np.flatnonzero(bad)
        signed = unsigned[rows] - 256 * (
            (blocks[rows] >= 128).sum(axis=1) - (blocks[rows, at : at + width] >= 128).sum(axis=1)
        )
        bad[rows] = stated[rows] != signed
    return int(bad.argmax()) if bad.any() else len(blocks)


def checksum_holds(header: bytes) -> bool:
    """Whether one header's checksum is right; as :func:`first_bad_checksum`, quicker for one."""
    at, width = _CHECKSUM
    field = header[at : at + width]
    try:
        stated = number(field)
    except DamagedImage:
        return False
    unsigned = sum(header) - sum(field) + 32 * width
    if stated == unsigned:
        return True
    high = sum(byte >= 128 for byte in header) - sum(byte >= 128 for byte in field)
    return stated == unsigned - 256 * high


def bad_checksum(pos: int) -> DamagedImage:
    """The error for a header, at a byte of the tar, whose checksum is wrong."""
    why = f"the tar header at byte {pos} has a wrong checksum"
    return DamagedImage("The layer is damaged", why=why)


def modes(blocks: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Permission bits of many headers."""
    return numbers(blocks, _MODE) & 0o7777


def owners(blocks: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """User and group ids of many headers."""
    return numbers(blocks, _UID), numbers(blocks, _GID)


def mtimes(blocks: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Modification times of many headers, in whole seconds."""
    return numbers(blocks, _MTIME)


def size_of(header: bytes) -> int:
    """The size field of one header, in bytes; raises :class:`DamagedImage` if it is no number."""
    at, width = _SIZE
    return number(header[at : at + width])


def text(field: bytes) -> bytes:
    """A text field up to its first NUL."""
    return field.split(b"\0", 1)[0]


def header_name(header: bytes) -> bytes:
    """The name a header itself gives, the ustar or star prefix put before it."""
    name = text(header[:100])
    if not header[345] or header[257:262] != b"ustar":
        return name
    if header[262] == 0:
        star = header[508:512] == b"tar\0"
        return text(header[345:476] if star else header[345:500]) + b"/" + name
    return _misplaced_prefix(header) + name


def _misplaced_prefix(header: bytes) -> bytes:
    """Where GNU keeps two times, Go before 1.8 wrote a prefix; Docker of then was built with it.

    As Go's reader tells them apart: what is no number but ASCII text is a prefix.
    """
    try:
        number(header[345:357])
        number(header[357:369])
    except DamagedImage:
        prefix = text(header[345:500])
        return prefix + b"/" if prefix.isascii() else b""
    return b""


def parse_pax(body: bytes) -> dict[bytes, bytes]:
    """The records of a PAX extended header.

    Sparse offsets and lengths of format 0.0 repeat: they are joined by commas under
    ``GNU.sparse.map``. Raises :class:`DamagedImage` for a malformed record, a NUL among them.
    """
    records: dict[bytes, bytes] = {}
    sparse: list[bytes] = []
    at = 0
    while at < len(body):
        space = body.find(b" ", at, at + 20)
        length = body[at:space]
        if space < 0 or not length.isdigit():
            raise _malformed_pax(at)
        end = at + int(length)
        record = body[space + 1 : end]
        key, equals, value = record[:-1].partition(b"=")
        if end <= space or end > len(body) or not record.endswith(b"\n") or not equals or not key:
            raise _malformed_pax(at)
        if b"\0" in (value if key in _NUL_FREE else key):
            raise DamagedImage("A PAX record is malformed", why=f"NUL in {key[:60]!r}")
        if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            sparse.append(value)
        records[key] = value
        at = end
    if sparse:
        records[b"GNU.sparse.map"] = b",".join(sparse)
    return records


def _malformed_pax(at: int) -> DamagedImage:
    return DamagedImage("A PAX record is malformed", why=f"no 'LENGTH KEY=VALUE' at byte {at}")


def pax_number(records: Mapping[bytes, bytes], key: bytes) -> int | None:
    """A whole, non-negative number of a PAX record, or None where the record is absent."""
    value = records.get(key)
    if value is None or value == b"":
        return None
    digits = value.lstrip(b"0") or b"0"
    if not value.isdigit() or len(digits) > 18:
        raise DamagedImage("A PAX record is malformed", why=f"{key!r} is {value[:40]!r}")
    return int(digits)


def pax_time(value: bytes) -> int:
    """A PAX time, "seconds.fraction", in nanoseconds; raises :class:`DamagedImage`."""
    sign = -1 if value.startswith(b"-") else 1
    seconds, _, fraction = value.removeprefix(b"-").partition(b".")
    if not seconds.isdigit() or (fraction and not fraction.isdigit()) or len(seconds) > 12:
        raise DamagedImage("A PAX record is malformed", why=f"a time is {value[:40]!r}")
    nanoseconds = int(fraction[:9].ljust(9, b"0") or b"0")
    return sign * min(int(seconds) * 1_000_000_000 + nanoseconds, 1 << 62)


def pax_xattrs(records: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Extended attributes: SCHILY.xattr.NAME, as Docker, podman and GNU tar write them."""
    prefix = b"SCHILY.xattr."
    return {key[len(prefix) :]: value for key, value in records.items() if key.startswith(prefix)}


def parse_sparse_runs(values: list[int], logical: int, stored: int) -> tuple[tuple[int, int], ...]:
    """Pairs of offset and length, checked: ascending, within the file, and all stored.

    Raises :class:`DamagedImage` otherwise.
    """
    if len(values) % 2:
        raise DamagedImage("A sparse map is malformed", why="an offset has no length")
    runs = tuple(zip(values[::2], values[1::2], strict=True))
    end = 0
    for offset, length in runs:
        if offset < end or offset + length > logical:
            raise DamagedImage("A sparse map is malformed", why="runs overlap or leave the file")
        end = offset + length
    if sum(length for _, length in runs) > stored:
        raise DamagedImage("A sparse map is malformed", why="it claims more than is stored")
    return tuple(run for run in runs if run[1])
