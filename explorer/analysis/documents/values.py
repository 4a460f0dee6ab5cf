"""How single values are written in documents."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from explorer.filesystem.names import document_text, is_utf8
from explorer.oci.timestamps import format_rfc3339_utc

Document: TypeAlias = dict[str, Any]

SCHEMA: Final = 1
"""The version every document starts with."""

_BINARY: Final = "base64:"
_EPOCH: Final = datetime(1970, 1, 1)
_SECOND: Final = 1_000_000_000


def document(**fields: Any) -> Document:
    """A whole document: ``schema`` first, then the fields in their order."""
    return {"schema": SCHEMA, **fields}


def settled(value: Any) -> Any:
    """The same document with every iterator in it turned into a list."""
    if isinstance(value, dict):
        return {key: settled(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, Iterator)):
        return [settled(inner) for inner in value]
    return value


def path_fields(path: bytes, key: str = "path") -> Document:
    """A path under ``key``, and ``raw_<key>_b64`` beside it where it is not UTF-8."""
    if is_utf8(path):
        return {key: path.decode("utf-8")}
    return {key: document_text(path), f"raw_{key}_b64": base64.b64encode(path).decode("ascii")}


def mode_text(mode: int) -> str:
    """Permission bits in octal, four digits: ``0644``, ``4755``."""
    return f"{mode:04o}"


def time_text(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as RFC 3339 in UTC; a fraction only where there is one."""
    seconds, rest = divmod(nanoseconds, _SECOND)
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat()
    return f"{text}.{rest:09d}".rstrip("0") + "Z" if rest else f"{text}Z"


def moment_text(moment: datetime | None) -> str | None:
    """A time of a configuration."""
    return format_rfc3339_utc(moment) if moment is not None else None


def digest_text(digest: object) -> str | None:
    """A digest, or null where it is unknown."""
    return str(digest) if digest is not None else None


def xattr_fields(xattrs: Mapping[bytes, bytes]) -> Document:
    """Extended attributes by name; a value that is no printable text as ``base64:...``."""
    return {document_text(name): _xattr_text(value) for name, value in sorted(xattrs.items())}


def _xattr_text(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    if is_utf8(value) and text.isprintable() and not text.startswith(_BINARY):
        return text
    return _BINARY + base64.b64encode(value).decode("ascii")
