"""A registry that only gives, in a thread, and counts what it gave; it does wrong where told to."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.factory.nodes import Node

_PATH = re.compile(r"/v2/(.+)/(manifests|blobs)/([^/]+)")


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass
class Given:
    """One answer: what was asked for, and how many bytes of it went out."""

    kind: str
    name: str
    status: int
    size: int


@dataclass
class GivingRegistry:
    """What it holds, what it was asked, and what it does wrong.

    ``changed`` maps a digest to the bytes that come instead; ``ranges`` is False for one that sends
    all of a blob whatever is asked for.
    """

    host: str = ""
    documents: dict[str, bytes] = field(default_factory=dict)
    tags: dict[tuple[str, str], str] = field(default_factory=dict)
    changed: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    gone: set[str] = field(default_factory=set)
    stalled: set[str] = field(default_factory=set)
    given: list[Given] = field(default_factory=list)
    _go_on: threading.Event = field(default_factory=threading.Event)

    def hold(self, node: Node, repository: str = "app", tag: str = "1") -> str:
        """Hold an image, under a tag; returns how the application names it."""
        self.documents |= node.blobs()
        self.tags[repository, tag] = digest_of(node.manifest)
        return f"docker://{self.host}/{repository}:{tag}"

    def asked(self, kind: str = "") -> list[Given]:
        """The answers, or those of one kind: ``manifests`` or ``blobs``."""
        return [one for one in self.given if kind in ("", one.kind)]

    def sent(self, *digests: str) -> int:
        """Bytes that went out of these blobs."""
        return sum(one.size for one in self.given if one.name in digests)

    def forget(self) -> None:
        """Count anew."""
        self.given.clear()

    def go_on(self) -> None:
        """Send what was stalled."""
        self._go_on.set()

    # -- answering ----------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        found = _PATH.fullmatch(handler.path)
        kind, name = (found[2], found[3]) if found is not None else ("", "")
        digest = self.tags.get((found[1], name), name) if found is not None else ""
        data = self.documents.get(digest)
        if data is None or digest in self.gone:
            self._send(handler, kind, name, 404, b'{"errors":[{"message":"not here"}]}')
            return
        data = self.changed.get(digest, data)
        start, stop = self._range(handler, len(data))
        if start > len(data):
            self._send(handler, kind, name, 416, b"")
            return
        headers = {"Content-Type": _type_of(data) if kind == "manifests" else "application/x"}
        status = 200
        if (start, stop) != (0, len(data)):
            status = 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        self._send(handler, kind, name, status, data[start:stop], headers)

    def _range(self, handler: BaseHTTPRequestHandler, size: int) -> tuple[int, int]:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", ""))
        if match is None or not self.ranges:
            return 0, size
        return int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        kind: str,
        name: str,
        status: int,
        data: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.given.append(Given(kind, name, status, len(data)))
        handler.send_response(status)
        for key, value in (headers or {}).items():
            handler.send_header(key, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        if name in self.stalled:
            handler.wfile.write(data[: len(data) // 2])
            handler.wfile.flush()
            self._go_on.wait(20)
            data = data[len(data) // 2 :]
        handler.wfile.write(data)


def _type_of(data: bytes) -> str:
    try:
        return str(json.loads(data).get("mediaType", ""))
    except ValueError:
        return "application/octet-stream"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_what: Any) -> None:
        """Clients hang up when they have what they want."""


@contextmanager
def giving() -> Iterator[GivingRegistry]:
    """A registry that answers for as long as the block lasts."""
    registry = GivingRegistry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            registry.answer(self)

        def log_message(self, *_what: Any) -> None:
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        registry.host = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield registry
        finally:
            registry.go_on()
            server.shutdown()
            thread.join()
