"""The table of contents that eStargz and zstd:chunked layers carry.

Both write one JSON object per entry with almost the same keys; what differs is
where the payloads lie, which the two writers add themselves.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

from tests.factory.entry import (
    BLOCK_DEVICE,
    CHARACTER,
    DIRECTORY,
    FIFO,
    HARDLINK,
    REGULAR,
    SYMLINK,
    Entry,
)

TYPES: Final = {
    REGULAR: "reg",
    HARDLINK: "hardlink",
    SYMLINK: "symlink",
    CHARACTER: "char",
    BLOCK_DEVICE: "block",
    DIRECTORY: "dir",
    FIFO: "fifo",
}
"""The word for each type of entry."""


def sha256(data: bytes) -> str:
    """The digest of ``data`` as OCI spells it, ``sha256:HEX``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(document: object) -> bytes:
    """Compact JSON, keys in the order given."""
    return json.dumps(document, separators=(",", ":")).encode()


def timestamp(seconds: int) -> str:
    """Seconds since 1970 as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def toc_entry(entry: Entry) -> dict[str, Any]:
    """What a table of contents says of ``entry``, without the place of its payload."""
    name = entry.path.decode("utf-8", "replace")
    found: dict[str, Any] = {
        "name": name,
        "type": TYPES[entry.typeflag],
        "modtime": timestamp(entry.mtime),
        "mode": entry.mode,
    }
    if entry.content:
        found |= {"size": len(entry.content), "digest": sha256(entry.content)}
    if entry.link:
        found["linkName"] = entry.link.decode("utf-8", "replace")
    if entry.uid or entry.gid:
        found |= {"uid": entry.uid, "gid": entry.gid}
    if entry.typeflag in (CHARACTER, BLOCK_DEVICE):
        found |= {"devMajor": entry.device[0], "devMinor": entry.device[1]}
    if entry.xattrs:
        found["xattrs"] = {
            key.decode(): base64.b64encode(value).decode() for key, value in entry.xattrs
        }
    return found
