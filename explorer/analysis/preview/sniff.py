"""Telling by its first bytes what a file holds; names are only a hint, and often a lie."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import StrEnum

HEAD = 8192
"""Bytes that are enough to tell."""


class Kind(StrEnum):
    """What can be made of the content."""

    EMPTY = "empty"
    TEXT = "text"
    IMAGE = "image"
    ELF = "elf"
    ARCHIVE = "archive"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """``name`` is the format in words; ``encoding`` is given for text."""

    kind: Kind
    name: str
    encoding: str = ""


_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"BM", "BMP image"),
    (b"\x00\x00\x01\x00", "Windows icon"),
)
_ARCHIVES = (
    (b"PK\x03\x04", "zip archive"),
    (b"PK\x05\x06", "zip archive"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_OTHERS = (
    (b"\xfe\xed\xfa\xce", "Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"\xca\xfe\xba\xbe", "Java class file"),
    (b"MZ", "Windows program"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"%PDF-", "PDF document"),
    (b"!<arch>\n", "ar archive"),
    (b"\0asm", "WebAssembly module"),
    (b"TZif", "time zone data"),
    (b"\xde\x12\x04\x95", "message catalogue"),
    (b"\x95\x04\x12\xde", "message catalogue"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x7fELF", "ELF file"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that do occur in text: tab, line ends, form feed, escape (coloured logs).
_TEXTUAL = frozenset(b"\t\n\v\f\r\x1b\b")


def sniff(head: bytes, size: int) -> Sniffed:
    """Tell what a file of ``size`` bytes holds from its first :data:`HEAD` bytes."""
    if not size:
        return Sniffed(Kind.EMPTY, "empty")
    if head.startswith(b"\x7fELF"):
        return Sniffed(Kind.ELF, "ELF file")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed(Kind.IMAGE, "WebP image")
    if head[257:262] == b"ustar":
        return Sniffed(Kind.ARCHIVE, "tar archive")
    # Two letters alone do not make an image: text can begin with them.
    encoding = _encoding(head, size)
    for magic, name in _IMAGES:
        if head.startswith(magic) and not (encoding and len(magic) < 3):
            return Sniffed(Kind.IMAGE, name)
    for magic, name in _ARCHIVES:
        if head.startswith(magic) and not encoding:
            return Sniffed(Kind.ARCHIVE, name)
    if encoding:
        return Sniffed(Kind.TEXT, "text", encoding)
    name = next((name for magic, name in _OTHERS if head.startswith(magic)), "binary data")
    return Sniffed(Kind.BINARY, name)


def _encoding(head: bytes, size: int) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    controls = sum(byte < 32 and byte not in _TEXTUAL for byte in head)
    if b"\0" in head or controls:
        return ""
    try:
        # A character may be cut in two where the head ends.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) >= size)
    except UnicodeDecodeError:
        return "latin-1" if _mostly_letters(head) else ""
    return "utf-8"


def _mostly_letters(head: bytes) -> bool:
    """Whether bytes that are no UTF-8 read as text in an old 8-bit encoding."""
    high = sum(byte >= 0x80 for byte in head)
    odd = sum(0x7F <= byte < 0xA0 for byte in head)
    return odd == 0 and high * 4 < len(head)
