"""A line of ``--progress=rawjson``: BuildKit's ``SolveStatus`` in JSON."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from explorer.build.engines.vertices import (
    SolveStatus,
    Vertex,
    VertexLog,
    VertexStatus,
    VertexWarning,
)


def decode(line: bytes) -> SolveStatus | None:
    """Read a line; None for one that is no message, such as an error for people."""
    if not line.startswith(b"{"):
        return None
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return SolveStatus(
        tuple(_vertex(each) for each in _listed(document, "vertexes")),
        tuple(_status(each) for each in _listed(document, "statuses")),
        tuple(_log(each) for each in _listed(document, "logs")),
        tuple(_warning(each) for each in _listed(document, "warnings")),
    )


def _vertex(found: Mapping[str, Any]) -> Vertex:
    return Vertex(
        _text(found, "digest"),
        _text(found, "name"),
        bool(found.get("started")),
        bool(found.get("completed")),
        bool(found.get("cached")),
        _text(found, "error"),
    )


def _status(found: Mapping[str, Any]) -> VertexStatus:
    current, total = _number(found, "current"), _number(found, "total")
    return VertexStatus(_text(found, "vertex"), _text(found, "id"), current, total)


def _log(found: Mapping[str, Any]) -> VertexLog:
    return VertexLog(_text(found, "vertex"), _number(found, "stream") or 1, _bytes(found, "data"))


def _warning(found: Mapping[str, Any]) -> VertexWarning:
    ranges = _listed(found, "range")
    start = next((each.get("start") for each in ranges), None)
    line = _number(start, "line") if isinstance(start, Mapping) else 0
    short = _bytes(found, "short").decode("utf-8", "replace")
    return VertexWarning(_text(found, "vertex"), short, line)


def _listed(document: Any, name: str) -> Iterator[Mapping[str, Any]]:
    found = document.get(name) if isinstance(document, Mapping) else None
    return (each for each in found if isinstance(each, Mapping)) if found else iter(())


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: Mapping[str, Any], name: str) -> int:
    value = found.get(name)
    return value if isinstance(value, int) else 0


def _bytes(found: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(found, name), validate=True)
    except (binascii.Error, ValueError):
        return b""
