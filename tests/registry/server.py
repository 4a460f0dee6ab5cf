"""A registry in memory, on a loopback port, that does wrong what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform, Reference, media

Fault = Callable[[web.Request], "web.StreamResponse | None"]
CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'


@dataclass
class FaultyRegistry:
    """``log`` has every request, ``served`` the bytes of blobs that went out."""

    host: str = ""
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    log: list[web.Request] = field(default_factory=list)
    served: int = 0
    taken: int = 0
    answers: list[tuple[str, str, int, dict[str, str]]] = field(default_factory=list)
    """Answers to give instead, once each: method, part of the path, status, headers."""
    cut: list[int] = field(default_factory=list)
    """After how many bytes the next blobs are cut off."""
    cut_uploads: list[int] = field(default_factory=list)
    stall: bool = False
    corrupt: int = 0
    """How many blobs come with a wrong byte."""
    lengthen: bytes = b""
    ranges: bool = True
    guard: Callable[[web.Request], web.Response | None] = lambda _request: None
    release: asyncio.Event = field(default_factory=asyncio.Event)

    # -- what it holds ------------------------------------------------------------------------

    def blob(self, repository: str, data: bytes, media_type: str = media.OCI_LAYER) -> Descriptor:
        digest = Digest.of(data)
        self.blobs[repository, str(digest)] = data
        return Descriptor(media_type, digest, len(data))

    def manifest(self, repository: str, document: Manifest | ImageIndex, *tags: str) -> Descriptor:
        return self.document(repository, document.encode(), document.media_type, *tags)

    def document(self, repository: str, data: bytes, kind: str, *tags: str) -> Descriptor:
        digest = Digest.of(data)
        for name in (str(digest), *tags):
            self.manifests[repository, name] = data, kind
        return Descriptor(kind, digest, len(data))

    def image(self, repository: str, *layers: bytes, tag: str = "1") -> Descriptor:
        config = self.blob(repository, CONFIG, media.OCI_CONFIG)
        described = tuple(self.blob(repository, layer) for layer in layers)
        return self.manifest(repository, Manifest(config, described), tag)

    def index(self, repository: str, *below: tuple[Descriptor, str], tag: str = "1") -> Descriptor:
        entries = tuple(
            Descriptor(d.media_type, d.digest, d.size, platform=Platform.parse(name))
            for d, name in below
        )
        return self.manifest(repository, ImageIndex(entries), tag)

    def reference(self, text: str) -> Reference:
        return Reference.parse(f"{self.host}/{text}")

    def asked(self, method: str, part: str = "") -> list[web.Request]:
        return [r for r in self.log if r.method == method and part in r.path_qs]

    # -- answering ----------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.log.append(request)
        for answer in self.answers:
            method, part, status, headers = answer
            if request.method == method and part in request.path_qs:
                self.answers.remove(answer)
                return web.Response(status=status, headers=headers, text=_error("told to"))
        refused = self.guard(request)
        if refused is not None:
            return refused
        match = re.fullmatch(
            r"/v2/(.+)/(manifests|blobs/uploads|blobs|tags|referrers)/(.*)", request.path
        )
        if match is None:
            return web.Response(status=200 if request.path == "/v2/" else 404)
        repository, kind, name = match.groups()
        if kind == "blobs":
            return await self._blob(request, repository, name)
        if kind == "blobs/uploads":
            return await self._upload(request, repository, name)
        if kind == "manifests":
            return await self._manifest(request, repository, name)
        return web.Response(status=404, text=_error("not here"))

    async def _blob(self, request: web.Request, repository: str, name: str) -> web.StreamResponse:
        data = self.blobs.get((repository, name))
        if data is None:
            return web.Response(status=404, text=_error("blob unknown"))
        if request.method == "HEAD":
            return web.Response(headers={"Content-Length": str(len(data))})
        if self.corrupt:
            self.corrupt -= 1
            data = bytes([data[0] ^ 1]) + data[1:]
        data += self.lengthen
        wanted = request.headers.get("Range") if self.ranges else None
        start = int((wanted or "bytes=0-")[6:-1])
        answer = web.StreamResponse(status=206 if start else 200)
        if start:
            answer.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        answer.content_length = len(data) - start
        await answer.prepare(request)
        limit = self.cut.pop(0) if self.cut else None
        body = data[start:] if limit is None else data[start : start + limit]
        await answer.write(body)
        self.served += len(body)
        if self.stall:
            await self.release.wait()
        if limit is not None:
            assert request.transport is not None
            request.transport.close()
        return answer

    async def _upload(self, request: web.Request, repository: str, name: str) -> web.Response:
        if request.method == "POST":
            source, digest = request.query.get("from", ""), request.query.get("mount", "")
            if (source, digest) in self.blobs:
                self.blobs[repository, digest] = self.blobs[source, digest]
                return web.Response(status=201)
            name = f"u{len(self.log)}"
            self.uploads[name] = bytearray()
            return self._where(repository, name)
        held = self.uploads.get(name)
        if held is None:
            return web.Response(status=404, text=_error("blob upload unknown"))
        if request.method == "GET":
            return self._where(repository, name, 204)
        limit = self.cut_uploads.pop(0) if self.cut_uploads else None
        async for piece in request.content.iter_any():
            kept = piece if limit is None else piece[:limit]
            held += kept
            self.taken += len(kept)
            if limit is not None:
                limit -= len(kept)
                if not limit:
                    assert request.transport is not None
                    request.transport.abort()
                    raise ConnectionResetError
        if request.method == "PATCH":
            return self._where(repository, name)
        data = bytes(self.uploads.pop(name))
        if str(Digest.of(data)) != request.query["digest"]:
            return web.Response(status=400, text=_error("provided digest did not match"))
        self.blob(repository, data)
        return web.Response(status=201)

    def _where(self, repository: str, name: str, status: int = 202) -> web.Response:
        last = max(len(self.uploads[name]) - 1, 0)
        location = f"/v2/{repository}/blobs/uploads/{name}?state=a%2Fb"
        return web.Response(status=status, headers={"Location": location, "Range": f"0-{last}"})

    async def _manifest(self, request: web.Request, repository: str, name: str) -> web.Response:
        if request.method == "PUT":
            self.document(repository, await request.read(), request.content_type, name)
            return web.Response(status=201)
        found = self.manifests.get((repository, name))
        if found is None:
            return web.Response(status=404, text=_error("manifest unknown"))
        if request.method == "DELETE":
            del self.manifests[repository, name]
            return web.Response(status=202)
        data, kind = found
        headers = {"Docker-Content-Digest": str(Digest.of(data))}
        return web.Response(body=data, content_type=kind, headers=headers)


def _error(message: str) -> str:
    return json.dumps({"errors": [{"code": "X", "message": message}]})


@asynccontextmanager
async def serving(
    registry: FaultyRegistry | None = None,
    address: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[FaultyRegistry]:
    """A registry that answers for as long as the block lasts."""
    registry = registry or FaultyRegistry()
    server = web.Server(registry.handle)  # type: ignore[arg-type]
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, address, 0, ssl_context=tls)
    await site.start()
    name = f"[{address}]" if ":" in address else address
    registry.host = f"{name}:{runner.addresses[0][1]}"
    try:
        yield registry
    finally:
        registry.release.set()
        await runner.cleanup()
