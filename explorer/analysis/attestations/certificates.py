"""The few things about a signing certificate that people look for (RFC 5280, X.690).

Fulcio's extensions name who vouched for the identity. Nothing is verified: this only reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from explorer.analysis.attestations.intoto import decoded
from explorer.analysis.attestations.values import Certificate
from explorer.errors import DamagedImage

MOST: Final = 64 << 10
"""Bytes of a certificate; a genuine one has about a thousand."""
_PEM: Final = re.compile(
    r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,131072}?)-----END CERTIFICATE-----"
)
_SEQUENCE, _SET, _OID, _OCTETS = 0x30, 0x31, 0x06, 0x04
_UTC_TIME, _GENERALIZED = 0x17, 0x18
_EXTENSIONS, _VERSION = 0xA3, 0xA0
_COMMON_NAME: Final = "2.5.4.3"
_ORGANIZATION: Final = "2.5.4.10"
_ALTERNATIVES: Final = "2.5.29.17"
_ISSUERS: Final = ("1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1")
_EMAIL, _DNS, _URI = 0x81, 0x82, 0x86


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    body: bytes


def certificate_in(text: str | bytes) -> Certificate | None:
    """The first certificate of a PEM text, or the one that some DER is; None where there is none.

    Raises :class:`DamagedImage` for one that cannot be read.
    """
    if isinstance(text, str):
        match = _PEM.search(text[: 4 * MOST])
        data = decoded("".join(match[1].split())) if match is not None else None
        if data is None:
            return None
        text = data
    if len(text) > MOST:
        raise _bad("it is too large")
    return _certificate(text)


def _certificate(data: bytes) -> Certificate:
    outer = next(_values(data), None)
    if outer is None or outer.tag != _SEQUENCE:
        raise _bad("it is no sequence")
    inner = next(_values(outer.body), None)
    if inner is None or inner.tag != _SEQUENCE:
        raise _bad("it has no body")
    parts = list(_values(inner.body))
    if parts and parts[0].tag == _VERSION:
        parts = parts[1:]
    if len(parts) < 6:
        raise _bad("parts of it are absent")
    _serial, _algorithm, authority, validity, subject, *rest = parts
    extensions = dict(_extensions(next((p.body for p in rest if p.tag == _EXTENSIONS), b"")))
    times = [_moment(value) for value in _values(validity.body)]
    return Certificate(
        subject=_name(subject),
        identities=tuple(_identities(extensions.get(_ALTERNATIVES, b""))),
        issuer=next((_issuer(extensions[o]) for o in _ISSUERS if o in extensions), ""),
        authority=_name(authority),
        not_before=times[0] if times else None,
        not_after=times[1] if len(times) > 1 else None,
    )


def _values(data: bytes) -> Iterator[_Value]:
    """The values one behind the other in some DER; lengths are bounded by what is there."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise _bad("it is cut short")
        tag, length = data[at], data[at + 1]
        at += 2
        if tag & 0x1F == 0x1F:
            raise _bad("it has a tag that certificates do not have")
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or at + count > len(data):
                raise _bad("it has a length that cannot be")
            length = int.from_bytes(data[at : at + count])
            at += count
        if at + length > len(data):
            raise _bad("it is cut short")
        yield _Value(tag, data[at : at + length])
        at += length


def _extensions(data: bytes) -> Iterator[tuple[str, bytes]]:
    for holder in _values(data):
        for extension in _values(holder.body):
            parts = list(_values(extension.body))
            if parts and parts[0].tag == _OID and parts[-1].tag == _OCTETS:
                yield _oid(parts[0].body), parts[-1].body


def _identities(data: bytes) -> Iterator[str]:
    for holder in _values(data):
        for name in _values(holder.body):
            if name.tag in (_EMAIL, _DNS, _URI):
                yield _words(name.body)


def _issuer(data: bytes) -> str:
    """Fulcio's old extension is the bare text, the new one a DER string."""
    if data[:4] == b"http":
        return _words(data)
    return next((_words(value.body) for value in _values(data)), "")


def _name(value: _Value) -> str:
    """The common name of a distinguished name, else its organization."""
    found: dict[str, str] = {}
    for group in _values(value.body):
        for pair in _values(group.body):
            parts = list(_values(pair.body))
            if len(parts) == 2 and parts[0].tag == _OID:
                found.setdefault(_oid(parts[0].body), _words(parts[1].body))
    return found.get(_COMMON_NAME) or found.get(_ORGANIZATION, "")


def _oid(data: bytes) -> str:
    numbers: list[int] = []
    value = 0
    for byte in data[:64]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _moment(value: _Value) -> datetime | None:
    form = {_UTC_TIME: "%y%m%d%H%M%SZ", _GENERALIZED: "%Y%m%d%H%M%SZ"}.get(value.tag)
    try:
        text = value.body[:32].decode("ascii")
        return datetime.strptime(text, form).replace(tzinfo=UTC) if form else None
    except ValueError:
        return None


def _words(data: bytes) -> str:
    return data[:2000].decode("utf-8", "replace")


def _bad(why: str) -> DamagedImage:
    return DamagedImage("The signing certificate cannot be read", why=why)
