"""Pulls and pushes through the proxy; of each: is all there, or is it told why?"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from explorer.errors import DamagedImage, ExplorerError, Refused
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform, Reference, media
from explorer.registry import Options, Patience, RegistryClient, Wire
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from explorer.transfer.pull import pull
from explorer.transfer.push import StoreContent, push
from explorer.transfer.receipt import Receipt
from tests.registry.faulty.faults import Chance, Fault
from tests.registry.faulty.proxy import FaultProxy

# Fewer attempts than usual, so that some transfers do fail. On a busy machine less than a second
# of silence may be nobody's fault.
_PATIENCE: Final = Patience(attempts=4, first=0.0, longest=5.0, connect=5.0, silence=1.0)
_SEVERITIES: Final = (0.05, 0.15, 0.3, 0.45)
_LAYERS: Final = (200_000, 90_000, 40_001, 7_000)
_CHUNK: Final = 60_000
_ANOTHER: Final = "stored another manifest"
_CAUSES: Final = (
    "ended the connection",
    "stopped answering",
    "too many requests",
    "a fault of its own: HTTP",
    "what arrived does not match its digest",
    "does not match its digest",
    "has the wrong length",
    "did not accept",
    "broke off",
    "forgot the upload",
    "is not understood",
    "is no manifest",
    _ANOTHER,
)


class Wrong(Exception):
    """A transfer that neither ended whole nor said why."""


@dataclass
class Tally:
    """What came of many transfers of one kind."""

    kind: str
    whole: int = 0
    told: Counter[str] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)
    requests: int = 0
    needed: int = 0
    moved: int = 0
    spoiled: int = 0
    lost: int = 0
    damaged: int = 0
    again: int = 0
    waits: int = 0
    seconds: float = 0.0

    @property
    def all(self) -> int:
        """Transfers that ended as they should."""
        return self.whole + sum(self.told.values())


@dataclass(slots=True)
class Sample:
    """The image that travels: an index of one platform, in a store of its own."""

    store: ImageStore
    root: Descriptor
    blobs: dict[str, int]

    @classmethod
    def made(cls, folder: Path, seed: int) -> Sample:
        """Random layers, so that a wrong byte shows."""
        store = ImageStore.at(folder)
        source = random.Random(seed)
        with store.ingest() as ingest:
            layers = tuple(ingest.put(source.randbytes(size), media.OCI_LAYER) for size in _LAYERS)
            document = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers"}}
            config = ingest.put(json.dumps(document).encode(), media.OCI_CONFIG)
            manifest = ingest.put(Manifest(config, layers).encode(), media.OCI_MANIFEST)
            here = Descriptor(
                manifest.media_type, manifest.digest, manifest.size, platform=Platform.host()
            )
            root = ingest.put(ImageIndex((here,)).encode(), media.OCI_INDEX)
            store.keep(root)
        return cls(store, root, {str(d.digest): d.size for d in (config, *layers)})


@dataclass
class Transfers:
    """All transfers through one proxy; ``upstream`` is the registry without it."""

    proxy: FaultProxy
    upstream: str
    sample: Sample
    scratch: Path
    seed: int
    say: Callable[[str], object] = lambda _: None
    waited: int = 0

    async def pulls(self, count: int) -> Tally:
        """So many pulls, each into a store of its own."""
        await self._seeded()
        return await self._many("pulls", count, self._pull)

    async def pushes(self, count: int) -> Tally:
        """So many pushes, each into a repository of its own."""
        return await self._many("pushes", count, self._push)

    async def _many(
        self, kind: str, count: int, work: Callable[[int, Tally], Awaitable[None]]
    ) -> Tally:
        tally = Tally(kind)
        begun = time.monotonic()
        for number in range(count):
            severity = _SEVERITIES[number % len(_SEVERITIES)]
            self.proxy.begin(Chance(f"{self.seed} {kind} {number}", severity))
            self.waited = 0
            await work(number, tally)
            tally.faults += self.proxy.chance.done
            tally.requests += self.proxy.counts.requests
            tally.waits += self.waited
            self.say(f"{kind}: {number + 1} of {count}")
        tally.seconds = time.monotonic() - begun
        return tally

    def _client(self, *, pulls: bool) -> Wire:
        async def sleep(seconds: float) -> None:
            self.waited += seconds >= 1.0  # asked for by Retry-After: counted, not slept
            await asyncio.sleep(0.002)

        # Uploads have no names: only one after the other each has the same fate every time.
        options = Options(patience=_PATIENCE, chunk=_CHUNK, parallel=3 if pulls else 1)
        return Wire(options, lambda _host, _path: None, sleep)

    async def _seeded(self) -> None:
        async with Wire(Options(), lambda _host, _path: None) as wire:
            where = Reference.parse(f"{self.upstream}/app:1")
            content = StoreContent(self.sample.store.layout)
            await push(RegistryClient(wire), content, self.sample.root, where)

    async def _attempt(
        self, work: Callable[[RegistryClient], Awaitable[Receipt]], tally: Tally
    ) -> bool:
        """Whether it ended whole; an error has to name the host and a cause."""
        try:
            async with self._client(pulls=tally.kind == "pulls") as wire:
                await work(RegistryClient(wire))
        except ExplorerError as error:
            tally.told[self._cause(error)] += 1
            return False
        tally.whole += 1
        return True

    def _cause(self, error: ExplorerError) -> str:
        text = str(error)
        if not isinstance(error, (Refused, DamagedImage)) or self.proxy.host not in text:
            raise Wrong(f"an error that names no host: {text}") from error
        for cause in _CAUSES:
            if cause in text:
                return cause
        raise Wrong(f"an error that names no cause: {text}") from error

    # -- pulls ---------------------------------------------------------------------------------

    async def _pull(self, number: int, tally: Tally) -> None:
        folder = self.scratch / f"pull{number}"
        store = ImageStore.at(folder)
        where = Reference.parse(f"{self.proxy.host}/app:1")
        whole = await self._attempt(
            lambda client: pull(client, where, store, all_platforms=True), tally
        )
        _every_blob_is_what_it_is_called(store)
        if whole:
            self._all_is_there(store)
        elif store.layout.exists and store.descriptors():
            raise Wrong("an image has a name although its pull failed")
        self._count_served(tally, whole=whole)
        shutil.rmtree(folder, ignore_errors=True)

    def _all_is_there(self, store: ImageStore) -> None:
        health = check(store.layout)
        if health.faults or [d.digest for d in store.descriptors()] != [self.sample.root.digest]:
            raise Wrong(f"a store that is not whole: {health.faults}")
        if list(store.layout.root.glob(".partial/*")) or list(store.layout.ingest.iterdir()):
            raise Wrong("something half-written is left of a pull that ended whole")

    def _count_served(self, tally: Tally, *, whole: bool) -> None:
        """No byte of a blob is fetched twice, but for those of blobs that came damaged."""
        counts = self.proxy.counts
        for blob, size in self.sample.blobs.items():
            served, spoiled = counts.served[blob], counts.spoiled[blob]
            tally.moved += served
            tally.needed += size if whole else min(served, size)
            tally.spoiled += spoiled
            if not spoiled:
                tally.again += max(served - size, 0)
            else:
                tally.damaged += max(served - size, 0)
            if served > size * (1 + spoiled):
                raise Wrong(f"{served} bytes of a blob of {size} were fetched, {spoiled} spoiled")

    # -- pushes --------------------------------------------------------------------------------

    async def _push(self, number: int, tally: Tally) -> None:
        where = Reference.parse(f"{self.proxy.host}/push/n{number}:1")
        content = StoreContent(self.sample.store.layout)
        whole = await self._attempt(
            lambda client: push(client, content, self.sample.root, where), tally
        )
        found = whole or not tally.told[_ANOTHER]
        found = found and await self._in_registry(where.path)
        if whole and not found:
            raise Wrong("a push ended well, and its tag is not there")
        counts = self.proxy.counts
        tally.moved += sum(counts.sent.values()) + counts.lost + counts.spoiled_bytes
        tally.lost += counts.lost
        tally.damaged += counts.spoiled_bytes
        needed = sum(self.sample.blobs.values())
        tally.needed += needed if whole else min(sum(counts.sent.values()), needed)
        tally.again += counts.again
        if counts.again:
            raise Wrong(f"{counts.again} bytes were sent although the registry had told of them")

    async def _in_registry(self, path: str) -> bool:
        """Whether the tag is there; if so, everything below it must be, to the last byte."""
        async with aiohttp.ClientSession(f"http://{self.upstream}") as session:
            base = f"/v2/{path}"
            headers = {"Accept": f"{media.OCI_INDEX}, {media.OCI_MANIFEST}"}
            async with session.get(f"{base}/manifests/1", headers=headers) as response:
                if response.status == 404:
                    return False
                root = Digest.of(await response.read())
            if root != self.sample.root.digest:
                raise Wrong(f"the tag stands for {root}")
            for digest in self.sample.blobs:
                async with session.get(f"{base}/blobs/{digest}") as response:
                    data = await response.read()
                if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
                    raise Wrong(f"blob {digest} of {path} is not what it should be")
        return True


def _every_blob_is_what_it_is_called(store: ImageStore) -> None:
    for digest, path, _ in store.layout.blobs() if store.layout.exists else ():
        if Digest.of(path.read_bytes()) != digest:
            raise Wrong(f"{digest} is not what it is called")
