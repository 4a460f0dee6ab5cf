"""Blobs into a registry: mounted where it has them elsewhere, else sent in resumable chunks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import aiohttp
from yarl import URL

from explorer.blobs.access import InMemory, RandomAccess
from explorer.errors import DamagedImage, ExplorerError, NotFound, Refused
from explorer.oci import Descriptor, Reference
from explorer.registry import faults
from explorer.registry.asks import AGAIN, BROKEN, Ask
from explorer.registry.auth import pull_scope, push_scope
from explorer.registry.downloads import has_blob
from explorer.registry.sending import Body
from explorer.registry.wire import Wire

_SETTLING: Final = 300.0  # seconds a registry may take to hash what it was sent
_RANGE: Final = re.compile(r"(?:bytes=)?0-(\d+)")
_MOST_CHUNKS: Final = 100_000

Told = Callable[[int], object]
"""Is told how many more bytes were sent; raises to stop."""


class BlobUpload:
    """One blob on its way into a repository: :meth:`mounted`, if it may be, else :meth:`send`.

    What a registry took before a connection broke is not sent again. It verifies the digest
    itself. Both raise :class:`Refused` where it does not accept the blob, and where we give up.
    """

    def __init__(
        self, wire: Wire, repository: Reference, descriptor: Descriptor, told: Told
    ) -> None:
        self._wire, self._repository = wire, repository
        self._descriptor, self._told = descriptor, told
        self._content: RandomAccess = InMemory(b"")
        self._what = f"storing a layer of {repository.familiar_name}"
        self._scopes: tuple[str, ...] = (push_scope(repository.path),)
        self._address = ""
        self._least = 0  # bytes that the registry wants in a chunk
        self._high = 0  # bytes that were told
        self.sent = 0

    async def mounted(self, source: str) -> bool:
        """Whether the registry takes the blob from another repository of its own, ``source``.

        Where it does not, an upload has begun.
        """
        query = f"?mount={self._descriptor.digest}&from={source}"
        scopes = (*self._scopes, pull_scope(source))
        try:
            return await self._begin(query, scopes)
        except Refused:
            return False  # who may not read that repository sends the blob

    async def send(self, content: RandomAccess) -> None:
        """Send everything; an upload that the registry forgot begins anew.

        Once more where it arrived damaged: that may have happened on the way.
        """
        try:
            await self._all(content)
        except faults.SentDamaged:
            self._address = ""
            await self._all(content)

    async def _all(self, content: RandomAccess) -> None:
        if content.size != self._descriptor.size:
            raise DamagedImage(
                f"Blob {self._descriptor.digest.short} has the wrong length",
                why=f"its descriptor says {self._descriptor.size:,} bytes, "
                f"and there are {content.size:,}",
                hint="layerscope fsck checks the local store",
            )
        self._content = content
        patience = self._wire.options.patience
        done = failures = 0
        for _ in range(_MOST_CHUNKS):
            if not self._address:
                await self._begin("", self._scopes)
                done = 0
            before = done
            try:
                done = await self._step(done)
            except _Interrupted as stop:
                failures += 1
                if failures >= patience.attempts:
                    raise stop.error from None
                await self._wire.wait(failures - 1)
                done = await self._progress()
                if not self._address and await self._is_there():
                    self._went(self._content.size)
                    return
                failures = 0 if done > before else failures
                continue
            if done < 0:
                return
            failures = 0
        raise Refused(f"{self._repository.host} failed: {self._what}", why="it never ends")

    async def _begin(self, query: str, scopes: tuple[str, ...]) -> bool:
        ask = Ask(
            self._repository.host,
            self._what,
            f"/v2/{self._repository.path}/blobs/uploads/{query}",
            "POST",
            scopes,
            (201, 202),
            {"Content-Length": "0"},
        )
        async with self._wire.ask(ask) as response:
            if response.status == 201:
                return True
            self._follow(response)
            least = response.headers.get("OCI-Chunk-Min-Length", "")
            self._least = int(least) if least.isdigit() and len(least) < 12 else 0
        return False

    async def _step(self, done: int) -> int:
        """Send the next chunk; gives how far it is, -1 when the blob is settled."""
        size, chunk = self._content.size, max(self._wire.options.chunk, self._least)
        if size - done <= chunk:
            await self._send("PUT", done, size, (201, 204))
            return -1
        await self._send("PATCH", done, done + chunk, (202, 204))
        return done + chunk

    async def _send(self, method: str, start: int, end: int, accept: tuple[int, ...]) -> None:
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(end - start),
        }
        if start or method == "PATCH":
            headers["Content-Range"] = f"{start}-{end - 1}"
        address = self._address
        if method == "PUT":
            address += f"{'&' if '?' in address else '?'}digest={self._descriptor.digest}"
        ask = Ask(
            self._repository.host,
            self._what,
            address,
            method,
            self._scopes,
            (*accept, *AGAIN, 404, 416),
            headers,
            Body(self._content, start, end, self._went) if end > start else b"",
            again=False,
            silence=max(_SETTLING, self._wire.options.patience.silence)
            if method == "PUT"
            else None,
        )
        try:
            async with self._wire.ask(ask) as response:
                if response.status in accept:
                    if method == "PATCH":
                        self._follow(response)
                    return
                error = self._refused(response.status)
        except Refused as refused:
            if not isinstance(refused.__cause__ or refused.__context__, BROKEN):
                raise
            error = refused
        raise _Interrupted(error)

    def _refused(self, status: int) -> ExplorerError:
        if status == 404:
            return faults.forgotten(self._repository.host, self._what)
        return faults.refused(self._repository.host, status, self._what, "")

    def _went(self, at: int) -> None:
        self.sent = max(self.sent, at)
        if at > self._high:
            self._told(at - self._high)
            self._high = at

    async def _progress(self) -> int:
        """How much the registry has; where it no longer knows the upload, a new one begins."""
        ask = Ask(
            self._repository.host,
            self._what,
            self._address,
            "GET",
            self._scopes,
            (200, 202, 204, 404),
        )
        try:
            async with self._wire.ask(ask) as response:
                match = _RANGE.fullmatch(response.headers.get("Range", "").strip())
                if response.status != 404:
                    self._follow(response)
                    # "0-0" stands for nothing and for one byte: the shorter one is safe.
                    last = int(match[1][:18]) if match else 0
                    done = last + 1 if last else 0
                    if done <= self._content.size:
                        return done
        except (NotFound, Refused):
            pass
        self._address = ""
        return 0

    async def _is_there(self) -> bool:
        """Whether an upload is forgotten because it is done, and only the answer was lost."""
        return await has_blob(self._wire, self._repository, self._descriptor.digest)

    def _follow(self, response: aiohttp.ClientResponse) -> None:
        """The registry names the address of the next request (it may differ each time)."""
        location = response.headers.get("Location", "")
        if location:
            self._address = str(response.url.join(URL(location, encoded=True)))
        elif not self._address:
            raise faults.redirected(
                self._repository.host, self._what, "it names no place to send it to"
            )


class _Interrupted(Exception):
    """A chunk that did not arrive, for a reason that may pass."""

    def __init__(self, error: ExplorerError) -> None:
        super().__init__()
        self.error = error
