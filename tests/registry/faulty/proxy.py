"""The proxy: HTTP in, HTTP out, and in between whatever was decided. It counts every byte."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web
from yarl import URL

from tests.registry.faulty.faults import Chance, Decision, Fault

_BLOB: Final = re.compile(r"/v2/.+/blobs/(sha256:[0-9a-f]{64})")
_UPLOAD: Final = re.compile(r"/v2/.+/blobs/uploads/([^/?]+)")
_RANGE: Final = re.compile(r"(?:bytes=)?0-(\d+)")
_PASSED_ON: Final = ("Content-Type", "Content-Range", "Range", "Accept", "Content-Length")
_HOPS: Final = frozenset({"transfer-encoding", "connection", "keep-alive", "date", "server"})


@dataclass
class Counts:
    """What went through in one transfer.

    ``served`` are bytes of each blob that were given to the client, ``spoiled`` how often wrong
    ones were, or too few as if they were all. ``sent`` are bytes of each upload that the registry
    was given, ``spoiled_bytes`` those it found damaged, ``told`` the offset that the client last
    knew of, ``lost`` bytes that the registry was given and did not keep, ``again`` bytes that came
    although it had told that it has them.
    """

    served: Counter[str] = field(default_factory=Counter)
    spoiled: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    told: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    spoiled_bytes: int = 0
    again: int = 0
    requests: int = 0


class FaultProxy:
    """Stands before a registry on ``upstream``; ``chance`` and ``counts`` are of one transfer."""

    def __init__(self, upstream: str) -> None:
        self.host = ""
        self.chance = Chance("", 0.0)
        self.counts = Counts()
        self._upstream = upstream
        self._session: aiohttp.ClientSession | None = None
        self._ending = asyncio.Event()

    def begin(self, chance: Chance) -> None:
        """Another transfer."""
        self.chance, self.counts = chance, Counts()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from both sides."""
        counts = self.counts
        counts.requests += 1
        sends = request.method in ("PATCH", "PUT") and request.content_length not in (None, 0)
        receives = request.method == "GET" and "/uploads/" not in request.path
        kind = _UPLOAD.sub("/upload", request.path)
        decided = self.chance.decide(request.method, kind, sends=sends, receives=receives)
        self._note_start(request, counts)
        if decided.fault in (Fault.RATE, Fault.SERVER):
            return self._refusal(decided)
        if decided.fault is Fault.DROP and not sends and not receives:
            return _hang_up(request)
        try:
            return await self._through(request, decided, counts, sends=sends)
        except (aiohttp.ClientError, OSError, _Broken):
            return _hang_up(request)

    def _refusal(self, decided: Decision) -> web.Response:
        headers = {"Retry-After": "1"} if decided.fault is Fault.RATE else {}
        response = web.Response(status=decided.status, headers=headers, text="told to fail")
        response.force_close()  # the body of the request is not read
        return response

    async def _through(
        self, request: web.BaseRequest, decided: Decision, counts: Counts, *, sends: bool
    ) -> web.StreamResponse:
        assert self._session is not None
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        body = self._upward(request, decided, counts) if sends else None
        async with self._session.request(
            request.method,
            URL(f"http://{self._upstream}{request.raw_path}", encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
        ) as answer:
            self._note_progress(request, answer, counts)
            if decided.fault is Fault.LOST:
                await answer.read()
                return _hang_up(request)
            return await self._downward(request, answer, Decision(Fault.NONE) if sends else decided)

    # -- towards the registry ------------------------------------------------------------------

    async def _upward(
        self, request: web.BaseRequest, decided: Decision, counts: Counts
    ) -> AsyncIterator[bytes]:
        length = request.content_length or 0
        limit = int(length * decided.at)
        passed = 0
        upload = _upload_of(request.path)
        async for piece in request.content.iter_any():
            if decided.fault in (Fault.DROP, Fault.STALL):
                piece = piece[: limit - passed]
            elif decided.fault is Fault.CORRUPT and passed <= limit < passed + len(piece):
                at = limit - passed
                piece = piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]
            if piece:
                passed += len(piece)
                counts.sent[upload] += len(piece)
                yield piece
            if decided.fault is Fault.DROP and passed >= limit:
                raise _Broken
            if decided.fault is Fault.STALL and passed >= limit:
                await self._until_given_up(request)
                raise _Broken

    async def _until_given_up(self, request: web.BaseRequest) -> None:
        """Say nothing until the client hangs up."""
        while request.transport is not None and not request.transport.is_closing():
            if self._ending.is_set():
                return
            await asyncio.sleep(0.02)

    # -- towards the client --------------------------------------------------------------------

    async def _downward(
        self, request: web.BaseRequest, answer: aiohttp.ClientResponse, decided: Decision
    ) -> web.StreamResponse:
        counts, blob = self.counts, _blob_of(request)
        data = await answer.read()
        limit = int(len(data) * decided.at)
        length = len(data)
        if decided.fault is Fault.CORRUPT and data:
            at = min(limit, len(data) - 1)
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            counts.spoiled[blob] += 1
        elif decided.fault is Fault.TRUNCATE and limit < length:
            data, length = data[:limit], limit
            counts.spoiled[blob] += 1
        response = web.StreamResponse(status=answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _HOPS:
                response.headers[name] = value
        if request.method != "HEAD":
            response.headers["Content-Length"] = str(length)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        if decided.fault in (Fault.DROP, Fault.STALL):
            data = data[:limit]
        await response.write(data)
        counts.served[blob] += len(data)
        if decided.fault is Fault.STALL:
            await self._until_given_up(request)
        if decided.fault in (Fault.DROP, Fault.STALL):
            return _hang_up(request)
        return response

    # -- counting ------------------------------------------------------------------------------

    def _note_start(self, request: web.BaseRequest, counts: Counts) -> None:
        """Where the client goes on with an upload: not before what it was told."""
        if request.method not in ("PATCH", "PUT") or "/uploads/" not in request.path:
            return
        start = int(request.headers.get("Content-Range", "0-0").partition("-")[0])
        counts.again += max(counts.told.get(_upload_of(request.path), 0) - start, 0)

    def _note_progress(
        self, request: web.BaseRequest, answer: aiohttp.ClientResponse, counts: Counts
    ) -> None:
        if request.method == "GET" and "/uploads/" in request.path and answer.status == 404:
            # Distribution forgets an upload whose last answer was not heard.
            counts.lost += counts.sent.pop(_upload_of(request.path), 0)
        if request.method == "PUT" and "/uploads/" in request.path and answer.status == 400:
            counts.spoiled_bytes += counts.sent.pop(_upload_of(request.path), 0)
        match = _RANGE.fullmatch(answer.headers.get("Range", ""))
        if match is not None and "/uploads/" in request.path:
            upload, last = _upload_of(request.path), int(match[1])
            held = last + 1 if last else 0
            if request.method == "GET":
                counts.lost += max(counts.sent[upload] - held, 0)
                counts.sent[upload] = held
            counts.told[upload] = held


class _Broken(Exception):
    """The connection ends here."""


def _upload_of(path: str) -> str:
    match = _UPLOAD.match(path)
    return match[1] if match else ""


def _blob_of(request: web.BaseRequest) -> str:
    match = _BLOB.fullmatch(request.path)
    return match[1] if match and request.method == "GET" else ""


def _hang_up(request: web.BaseRequest) -> web.Response:
    """End the connection; what was written before is still sent."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


@asynccontextmanager
async def proxying(upstream: str) -> AsyncIterator[FaultProxy]:
    """A proxy on a loopback port, for as long as the block lasts."""
    proxy = FaultProxy(upstream)
    runner = web.ServerRunner(web.Server(proxy.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    proxy.host = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            proxy._session = session
            yield proxy
            proxy._ending.set()
    finally:
        await runner.cleanup()
