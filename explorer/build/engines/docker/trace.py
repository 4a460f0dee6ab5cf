"""BuildKit's ``StatusResponse`` (moby.buildkit.v1 control.proto), read from protocol buffers.

Docker Engine sends each as base64 in a line of its answer. Fields that are not needed are passed
over, whatever they hold.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final

from explorer.build.engines.vertices import (
    SolveStatus,
    Vertex,
    VertexLog,
    VertexStatus,
    VertexWarning,
)
from explorer.errors import DamagedImage

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT: Final = 10  # bytes
Field = tuple[int, int, bytes]
"""Number, value of a varint (0 else), bytes of a string or message (empty else)."""


def decode(text: str) -> SolveStatus:
    """Read one message; raises :class:`DamagedImage` for what is none."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _broken("it is not base64") from error
    vertexes: list[Vertex] = []
    statuses: list[VertexStatus] = []
    logs: list[VertexLog] = []
    warnings: list[VertexWarning] = []
    for number, _, value in fields(data):
        match number:
            case 1:
                vertexes.append(_vertex(value))
            case 2:
                statuses.append(_status(value))
            case 3:
                logs.append(_log(value))
            case 4:
                warnings.append(_warning(value))
    return SolveStatus(tuple(vertexes), tuple(statuses), tuple(logs), tuple(warnings))


def fields(data: bytes) -> Iterator[Field]:
    """The fields of a message, in their order."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value, b""
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise _broken(f"it has a field of kind {kind}")
        if size > len(data) - at:
            raise _broken("it ends too early")
        yield number, 0, data[at : at + size] if kind == _BYTES else b""
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_VARINT):
        if at >= len(data):
            raise _broken("it ends too early")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
    raise _broken("it has a number that is too long")


def _vertex(data: bytes) -> Vertex:
    digest = name = error = ""
    started = completed = cached = False
    for number, value, content in fields(data):
        match number:
            case 1:
                digest = _text(content)
            case 3:
                name = _text(content)
            case 4:
                cached = bool(value)
            case 5:
                started = True
            case 6:
                completed = True
            case 7:
                error = _text(content)
    return Vertex(digest, name, started, completed, cached, error)


def _status(data: bytes) -> VertexStatus:
    name = vertex = ""
    current = total = 0
    for number, value, content in fields(data):
        match number:
            case 1:
                name = _text(content)
            case 2:
                vertex = _text(content)
            case 4:
                current = value
            case 5:
                total = value
    return VertexStatus(vertex, name, current, total)


def _log(data: bytes) -> VertexLog:
    vertex, stream, printed = "", 1, b""
    for number, value, content in fields(data):
        match number:
            case 1:
                vertex = _text(content)
            case 3:
                stream = value
            case 4:
                printed = content
    return VertexLog(vertex, stream, printed)


def _warning(data: bytes) -> VertexWarning:
    vertex, short, line = "", "", 0
    for number, _, content in fields(data):
        match number:
            case 1:
                vertex = _text(content)
            case 3:
                short = _text(content)
            case 7 if not line:
                line = _first_line(content)
    return VertexWarning(vertex, short, line)


def _first_line(data: bytes) -> int:
    """The line that a range begins at."""
    for number, _, start in fields(data):
        if number == 1:
            return next((value for field, value, _ in fields(start) if field == 1), 0)
    return 0


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _broken(why: str) -> DamagedImage:
    return DamagedImage("A message of BuildKit cannot be read", why=why)
