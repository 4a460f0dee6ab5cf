"""One package's header, as rpm's databases keep it.

rpm's "Package format", section "Header Format", without the eight bytes that introduce it in a
file: two counts, an index of sixteen bytes an entry, then the data; all numbers big-endian.
"""

from __future__ import annotations

import struct

from explorer.analysis.packages.values import Noted

_NAME, _VERSION, _RELEASE, _EPOCH, _SIZE, _ARCH = 1000, 1001, 1002, 1003, 1009, 1022
_INT32, _STRING, _I18N = 4, 6, 9
_ENTRIES = 1 << 16
_LONGEST = 1024


def parse_header(header: bytes) -> Noted | None:
    """What a header says; None for what is none, or no package (a key that rpm trusts)."""
    if len(header) < 8:
        return None
    count, length = struct.unpack_from(">II", header)
    start = 8 + 16 * count
    if count > _ENTRIES or start + length > len(header):
        return None
    fields: dict[int, str | int] = {}
    for tag, kind, offset, number in struct.iter_unpack(">IIII", header[8:start]):
        if tag in (_NAME, _VERSION, _RELEASE, _EPOCH, _SIZE, _ARCH) and number and offset < length:
            value = _value(header, start + offset, kind)
            if value is not None:
                fields.setdefault(tag, value)
    name, version = fields.get(_NAME), fields.get(_VERSION)
    if not isinstance(name, str) or not isinstance(version, str) or name == "gpg-pubkey":
        return None
    release, epoch = fields.get(_RELEASE), fields.get(_EPOCH)
    full = f"{version}-{release}" if isinstance(release, str) else version
    if isinstance(epoch, int) and epoch:
        full = f"{epoch}:{full}"
    architecture, size = fields.get(_ARCH), fields.get(_SIZE)
    return Noted(
        name,
        full,
        architecture if isinstance(architecture, str) else "",
        size if isinstance(size, int) else 0,
    )


def _value(header: bytes, place: int, kind: int) -> str | int | None:
    if kind in (_STRING, _I18N):
        end = header.find(b"\0", place, place + _LONGEST)
        return header[place:end].decode("utf-8", "replace") if end >= 0 else None
    if kind == _INT32 and place + 4 <= len(header):
        return int.from_bytes(header[place : place + 4], "big")
    return None
