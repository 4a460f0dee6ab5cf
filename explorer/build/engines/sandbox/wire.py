"""Messages between the engine and its worker: JSON behind its length, and open files with it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_FILES = 8


def send(sock: socket.socket, message: Mapping[str, Any], files: Sequence[int] = ()) -> None:
    """Send one message, with open files; raises ``OSError`` where nobody listens."""
    body = json.dumps(message, separators=(",", ":")).encode()
    head = _LENGTH.pack(len(body))
    if files:
        socket.send_fds(sock, [head], list(files))
        sock.sendall(body)
    else:
        sock.sendall(head + body)


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Wait for one message; None where the other side has gone."""
    head, files, _, _ = socket.recv_fds(sock, _LENGTH.size, _MOST_FILES, socket.MSG_CMSG_CLOEXEC)
    while head and len(head) < _LENGTH.size:
        more = sock.recv(_LENGTH.size - len(head))
        if not more:
            return None
        head += more
    if not head:
        return None
    (left,) = _LENGTH.unpack(head)
    parts: list[bytes] = []
    while left:
        part = sock.recv(min(left, 1 << 20))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return json.loads(b"".join(parts)), files
