"""One member of a tar, and how its blocks are written.

Entries are values: a change makes a new one. What a dialect of tar cannot say
raises ValueError, so a test never writes something other than what it asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from tests.factory.header import END, MAGIC, Format, header, numeric, octal, padded, pax_records

Text = str | bytes
"""A name or a value, as text or as raw bytes."""

MTIME: Final = 1_704_067_200
"""When everything was made unless said otherwise: 2024-01-01T00:00:00Z."""

REGULAR: Final = b"0"
HARDLINK: Final = b"1"
SYMLINK: Final = b"2"
CHARACTER: Final = b"3"
BLOCK_DEVICE: Final = b"4"
DIRECTORY: Final = b"5"
FIFO: Final = b"6"


def raw_bytes(text: Text) -> bytes:
    """``text`` as the bytes that stand in a tar."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def records_of(mapping: Mapping[Any, Text]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((raw_bytes(key), raw_bytes(value)) for key, value in mapping.items())


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that stand in the tar as they are."""

    data: bytes

    def header(self) -> bytes:
        return self.data

    def body(self) -> bytes:
        return b""

    def to_bytes(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a tar: its metadata, its content, and how it is written.

    ``declared_size`` is the size in the header where it shall differ from the
    content's. ``pax`` are extra pax records in order, and win over those the
    ``pax`` format needs. ``fields`` are raw header fields (see
    `tests.factory.header.FIELDS`) and win over everything.
    """

    path: bytes
    typeflag: bytes = REGULAR
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = MTIME
    content: bytes = b""
    link: bytes = b""
    device: tuple[int, int] = (0, 0)
    uname: bytes = b""
    gname: bytes = b""
    xattrs: tuple[tuple[bytes, bytes], ...] = ()
    format: Format = "pax"
    pax: tuple[tuple[bytes, bytes], ...] = ()
    declared_size: int | None = None
    fields: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """The size the header declares, in bytes."""
        return len(self.content) if self.declared_size is None else self.declared_size

    @property
    def name(self) -> bytes:
        """The last component of the path."""
        return self.path.rstrip(b"/").rpartition(b"/")[2]

    def with_fields(self, **fields: bytes) -> Self:
        """The same entry with raw header fields, for example ``chksum=b"0"``."""
        return replace(self, fields=(*self.fields, *fields.items()))

    def with_pax(self, records: Mapping[Any, Text]) -> Self:
        """The same entry with extra pax records, for example ``{"path": "other"}``."""
        return replace(self, pax=(*self.pax, *records_of(records)))

    def with_size(self, size: int) -> Self:
        """The same entry with a header that declares ``size`` bytes."""
        return replace(self, declared_size=size)

    def with_format(self, form: Format) -> Self:
        """The same entry in another dialect of tar."""
        return replace(self, format=form)

    def header(self) -> bytes:
        """The header blocks, with any pax or GNU extension blocks before them."""
        return _extensions(self) + _main_header(self)

    def body(self) -> bytes:
        """The content, padded to whole blocks."""
        return padded(self.content)

    def to_bytes(self) -> bytes:
        """The whole member."""
        return self.header() + self.body()


Part = Entry | Raw
"""Anything that may stand in a tar."""


def tar_bytes(parts: Iterable[Part], *, end: bool = True) -> bytes:
    """The tar of ``parts`` in their order, with its end marker unless ``end`` is false."""
    return b"".join(part.to_bytes() for part in parts) + (END if end else b"")


def extension(typeflag: bytes, name: bytes, body: bytes, form: Format) -> bytes:
    """A header that describes the next one (``x``, ``L``, ``K``) or all that follow (``g``)."""
    fields = {
        "name": name,
        "mode": octal(0o644, 8),
        "uid": octal(0, 8),
        "gid": octal(0, 8),
        "size": octal(len(body), 12),
        "mtime": octal(0, 12),
        "typeflag": typeflag,
        "magic": MAGIC[form],
    }
    return header(fields) + padded(body)


def _extensions(entry: Entry) -> bytes:
    blocks = b""
    if entry.format == "gnu":
        if len(entry.link) > 100:
            blocks += extension(b"K", b"././@LongLink", entry.link + b"\0", "gnu")
        if len(entry.path) > 100:
            blocks += extension(b"L", b"././@LongLink", entry.path + b"\0", "gnu")
    records = (*_needed_records(entry), *entry.pax)
    if records:
        name = b"PaxHeaders.0/" + (entry.name or b"root")
        blocks += extension(b"x", name[:100], pax_records(records), "pax")
    return blocks


def _needed_records(entry: Entry) -> list[tuple[bytes, bytes]]:
    """The records without which the fields of a header could not say it."""
    if entry.format != "pax":
        if entry.xattrs:
            raise ValueError("only the pax format holds extended attributes")
        return []
    given = {key for key, _ in entry.pax}
    records: list[tuple[bytes, bytes]] = []
    for key, text in ((b"path", entry.path), (b"linkpath", entry.link)):
        if len(text) > 100 or (not text.isascii() and _is_utf8(text)):
            if not _is_utf8(text) and (b"hdrcharset", b"BINARY") not in records:
                records.insert(0, (b"hdrcharset", b"BINARY"))
            records.append((key, text))
    numbers = ((b"uid", entry.uid, 8), (b"gid", entry.gid, 8), (b"size", entry.size, 12))
    for key, number, width in numbers:
        if number >= 8 ** (width - 1):
            records.append((key, str(number).encode()))
    records += [(b"SCHILY.xattr." + key, value) for key, value in entry.xattrs]
    return [record for record in records if record[0] not in given]


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _main_header(entry: Entry) -> bytes:
    name, prefix = _name_fields(entry)
    typeflag = entry.typeflag
    if entry.format == "v7" and typeflag == REGULAR:
        typeflag = b"\0"
    fields = {
        "name": name,
        "mode": octal(entry.mode, 8),
        "uid": _number(entry, entry.uid, 8),
        "gid": _number(entry, entry.gid, 8),
        "size": _number(entry, entry.size, 12),
        "mtime": numeric(entry.mtime, 12),
        "typeflag": typeflag,
        "linkname": entry.link[:100],
        "magic": MAGIC[entry.format],
    }
    if entry.format != "v7":
        fields |= {"uname": entry.uname, "gname": entry.gname, "prefix": prefix}
        if entry.typeflag in (CHARACTER, BLOCK_DEVICE):
            fields |= {
                "devmajor": numeric(entry.device[0], 8),
                "devminor": numeric(entry.device[1], 8),
            }
    return header(fields, dict(entry.fields))


def _number(entry: Entry, number: int, width: int) -> bytes:
    if entry.format == "pax" and number >= 8 ** (width - 1):
        return octal(0, width)  # the pax record says it
    return octal(number, width) if entry.format in ("ustar", "v7") else numeric(number, width)


def _name_fields(entry: Entry) -> tuple[bytes, bytes]:
    """The ``name`` and ``prefix`` fields; ValueError where a path cannot be told."""
    path = entry.path
    if len(path) <= 100:
        return path, b""
    if entry.format in ("pax", "gnu"):
        return path[:100], b""
    if entry.format == "ustar":
        for cut in range(len(path) - 101, min(len(path), 156)):
            if cut > 0 and path[cut : cut + 1] == b"/":
                return path[cut + 1 :], path[:cut]
    raise ValueError(f"{entry.format} cannot hold a path of {len(path)} bytes")
