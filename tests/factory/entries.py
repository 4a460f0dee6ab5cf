"""Constructors for what a layer's tar holds, entry by entry.

``file``, ``directory``, ``symlink`` and the others describe one entry each.
Paths are kept byte for byte: text is encoded as UTF-8, surrogate escapes
standing for raw bytes. Nothing is tidied: a path is written as it is given.
"""

from collections.abc import Mapping
from typing import Any, Final, TypedDict, Unpack

from tests.factory.entry import (
    BLOCK_DEVICE,
    CHARACTER,
    DIRECTORY,
    FIFO,
    HARDLINK,
    REGULAR,
    SYMLINK,
    Entry,
    Raw,
    Text,
    extension,
    raw_bytes,
    records_of,
)
from tests.factory.header import END, Format, pax_records

WHITEOUT_PREFIX: Final = b".wh."
OPAQUE_MARKER: Final = b".wh..wh..opq"


class Metadata(TypedDict, total=False):
    """What every kind of entry may be given."""

    mode: int
    uid: int
    gid: int
    mtime: int
    uname: bytes
    gname: bytes
    xattrs: Mapping[Any, Text]
    format: Format
    pax: Mapping[Any, Text]
    declared_size: int


def _entry(path: Text, typeflag: bytes, default_mode: int, meta: Metadata, **rest: Any) -> Entry:
    given: dict[str, Any] = {"mode": default_mode, **meta, **rest}
    given["xattrs"] = records_of(given.get("xattrs", {}))
    given["pax"] = records_of(given.get("pax", {}))
    return Entry(raw_bytes(path), typeflag, **given)


def file(path: Text, content: Text = b"", **meta: Unpack[Metadata]) -> Entry:
    """A regular file, 0644 unless said otherwise."""
    return _entry(path, REGULAR, 0o644, meta, content=raw_bytes(content))


def directory(path: Text, **meta: Unpack[Metadata]) -> Entry:
    """A directory, 0755; the trailing slash is added where it is missing."""
    return _entry(raw_bytes(path).rstrip(b"/") + b"/", DIRECTORY, 0o755, meta)


def symlink(path: Text, target: Text, **meta: Unpack[Metadata]) -> Entry:
    """A symbolic link to ``target``, which is stored as given."""
    return _entry(path, SYMLINK, 0o777, meta, link=raw_bytes(target))


def hardlink(path: Text, target: Text, **meta: Unpack[Metadata]) -> Entry:
    """A hard link to the path ``target``, counted from the root of the tar."""
    return _entry(path, HARDLINK, 0o644, meta, link=raw_bytes(target))


def fifo(path: Text, **meta: Unpack[Metadata]) -> Entry:
    """A named pipe."""
    return _entry(path, FIFO, 0o644, meta)


def character_device(path: Text, major: int, minor: int, **meta: Unpack[Metadata]) -> Entry:
    """A character device."""
    return _entry(path, CHARACTER, 0o600, meta, device=(major, minor))


def block_device(path: Text, major: int, minor: int, **meta: Unpack[Metadata]) -> Entry:
    """A block device."""
    return _entry(path, BLOCK_DEVICE, 0o600, meta, device=(major, minor))


def whiteout(path: Text, **meta: Unpack[Metadata]) -> Entry:
    """The marker that hides ``path`` in the layers below."""
    parent, slash, name = raw_bytes(path).rstrip(b"/").rpartition(b"/")
    return _entry(parent + slash + WHITEOUT_PREFIX + name, REGULAR, 0o644, meta)


def opaque(path: Text, **meta: Unpack[Metadata]) -> Entry:
    """The marker that hides all that lower layers hold in the directory ``path``."""
    parent = raw_bytes(path).rstrip(b"/")
    marker = parent + b"/" + OPAQUE_MARKER if parent else OPAQUE_MARKER
    return _entry(marker, REGULAR, 0o644, meta)


def global_pax(records: Mapping[Any, Text]) -> Raw:
    """A pax global header, as ``git archive`` writes one."""
    return Raw(extension(b"g", b"pax_global_header", pax_records(records_of(records)), "pax"))


def end_marker() -> Raw:
    """Two blocks of zeros, to stand in the middle of concatenated tars."""
    return Raw(END)
