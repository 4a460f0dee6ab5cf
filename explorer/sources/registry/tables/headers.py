"""The tar header that an entry of a table of contents stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHORT: Final = 100
"""Bytes of a name that a header itself holds."""


@dataclass(slots=True)
class Header:
    """A ustar header block (POSIX.1-2017, "pax")."""

    kind: bytes
    name: bytes = b""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    major: int = 0
    minor: int = 0

    def block(self) -> bytes:
        """512 bytes with a checksum."""
        head = b"%s%07o\0%07o\0%07o\0%011o\0%011o\0" % (
            self.name.ljust(SHORT, b"\0"),
            self.mode,
            self.uid,
            self.gid,
            0,
            self.mtime,
        )
        tail = b"%s%s%s%s%07o\0%07o\0" % (
            self.kind,
            bytes(100),
            b"ustar\x0000",
            bytes(64),
            self.major,
            self.minor,
        )
        total = sum(head) + sum(tail) + 8 * ord(" ")
        return b"%s%06o\0 %s" % (head, total, tail) + bytes(167)
