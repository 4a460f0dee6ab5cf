"""BuildKit's messages in protocol buffers."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.build.engines.docker.trace import decode
from explorer.build.engines.vertices import Vertex, VertexLog, VertexStatus, VertexWarning
from explorer.errors import DamagedImage


def field(number: int, value: int | bytes | str) -> bytes:
    """One field as the wire has it."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def encoded(*fields: bytes) -> str:
    return base64.b64encode(b"".join(fields)).decode()


def test_a_vertex_is_read() -> None:
    time = field(1, 1_795_255_745) + field(2, 5)
    vertex = b"".join(
        (field(1, "sha256:aa"), field(2, "sha256:bb"), field(3, "[2/3] RUN a"), field(4, 1),
         field(5, time), field(6, time), field(7, "exit code: 1"), field(8, b"\x0a\x00"))
    )  # fmt: skip
    (found,) = decode(encoded(field(1, vertex))).vertexes
    assert found == Vertex("sha256:aa", "[2/3] RUN a", True, True, True, "exit code: 1")


def test_a_vertex_that_waits_has_not_started() -> None:
    (found,) = decode(encoded(field(1, field(1, "d") + field(3, "n")))).vertexes
    assert (found.started, found.completed, found.cached) == (False, False, False)


def test_statuses_logs_and_warnings_are_read() -> None:
    status = field(1, "sha256:layer") + field(2, "v") + field(4, 10) + field(5, 1 << 40)
    log = field(1, "v") + field(3, 2) + field(4, b"\xffout\n")
    place = field(1, field(1, 7) + field(2, 3))
    warning = field(1, "v") + field(3, "odd") + field(7, place)
    found = decode(encoded(field(2, status), field(3, log), field(4, warning)))
    assert found.statuses == (VertexStatus("v", "sha256:layer", 10, 1 << 40),)
    assert found.logs == (VertexLog("v", 2, b"\xffout\n"),)
    assert found.warnings == (VertexWarning("v", "odd", 7),)


def test_fields_of_later_versions_are_passed_over() -> None:
    fixed = varint(20 << 3 | 1) + bytes(8) + varint(21 << 3 | 5) + bytes(4)
    (found,) = decode(encoded(field(1, fixed + field(1, "d")), field(99, 5))).vertexes
    assert found.digest == "d"


@pytest.mark.parametrize("data", [b"\x0a\x05ab", b"\x0a", b"\xff" * 11, b"\x0b"])
def test_what_is_cut_or_broken_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedImage):
        decode(base64.b64encode(data).decode())


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_an_error_of_ours(data: bytes) -> None:
    try:
        decode(base64.b64encode(data).decode())
    except DamagedImage as error:
        assert error.why


def test_what_is_not_base64_is_refused() -> None:
    with pytest.raises(DamagedImage, match="base64"):
        decode("é")
