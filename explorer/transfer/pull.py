"""Images out of a registry into the local store: only what is missing, all of it verified."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from explorer.errors import DamagedImage, LimitExceeded, Unsupported
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, Reference, media
from explorer.progress import Job
from explorer.registry import Document, RegistryClient
from explorer.registry.fetching import fetch_blob
from explorer.store.images import ImageStore, Ingest
from explorer.store.images.partial import PartialBlob, forget_partials
from explorer.transfer.choosing import (
    DEEPEST,
    choose_platform,
    parsed,
    platform_of,
    read_document,
)
from explorer.transfer.receipt import Fate, Moved, Receipt, Step, Watch
from explorer.transfer.tasks import cancellable, each, in_thread

__all__ = ["choose_platform", "pull"]

_MOST_MANIFESTS: Final = 1000


async def pull(
    client: RegistryClient,
    reference: Reference,
    store: ImageStore,
    *,
    platform: Platform | None = None,
    all_platforms: bool = False,
    names: Sequence[Reference] = (),
    job: Job | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """Bring an image into the store, under ``names`` or the one it was asked for by.

    Of an index one platform comes (this machine's unless another is named), as an image of its
    own; or all, and the index with them. What arrived before an error or a stop stays and is not
    fetched again.

    Raises :class:`NotFound`, :class:`explorer.errors.Refused`, :class:`DamagedImage`,
    :class:`DigestMismatch`, :class:`explorer.errors.StorageFull`,
    :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    asked = client.wire.requests
    pulling = _Pull(client, reference, job, watch)

    async def work() -> Receipt:
        root = await client.manifest(reference)
        chosen = root if all_platforms else await choose_platform(client, reference, root, platform)
        await pulling.follow(chosen)
        async with in_thread(store.ingest(job)) as ingest:
            await asyncio.to_thread(forget_partials, store.layout)
            await pulling.bring(ingest)
            wanted = tuple(names) or ((reference,) if reference.tag else ())
            for name in wanted:
                store.name(name, chosen.descriptor)
            if not wanted:
                store.keep(chosen.descriptor)
        return Receipt(
            wanted,
            chosen.descriptor,
            tuple(pulling.moved),
            pulling.platforms,
            root.descriptor if root is not chosen else None,
            client.wire.requests - asked,
        )

    return await cancellable(job, work())


@dataclass(slots=True)
class _Pull:
    """One pull: the documents in the order they were found, the blobs they need, each once."""

    client: RegistryClient
    reference: Reference
    job: Job
    watch: Watch | None
    documents: dict[Digest, Document] = field(default_factory=dict)
    blobs: dict[Digest, Descriptor] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    platforms: tuple[Platform, ...] = ()

    # -- what there is ------------------------------------------------------------------------

    async def follow(self, root: Document) -> None:
        """Read every document below one, each once."""
        level = [root]
        for _ in range(DEEPEST):
            below: list[Descriptor] = []
            for document in level:
                self.documents[document.descriptor.digest] = document
                below += self._needs(document)
            new = {d.digest: d for d in below if d.digest not in self.documents}
            if len(self.documents) + len(new) > _MOST_MANIFESTS:
                raise LimitExceeded(
                    f"{self.reference.familiar} has too many manifests",
                    why=f"there are more than {_MOST_MANIFESTS:,}",
                    hint="Name one platform: --platform linux/amd64",
                )
            if not new:
                return
            level = []

            async def read(descriptor: Descriptor, level: list[Document] = level) -> None:
                level.append(await read_document(self.client, self.reference, descriptor))

            await each(new.values(), self.client.wire.options.parallel, read)
        raise LimitExceeded(
            f"The index of {self.reference.familiar} is nested too deeply",
            why=f"more than {DEEPEST} levels lie inside one another",
            hint="Name one platform: --platform linux/amd64",
        )

    def _needs(self, document: Document) -> tuple[Descriptor, ...]:
        read = parsed(document)
        if isinstance(read, ImageIndex):
            self.platforms += read.platforms
            return read.manifests
        for blob in (read.config, *read.layers):
            if not media.is_foreign(blob.media_type):
                known = self.blobs.setdefault(blob.digest, blob)
                if known.size != blob.size:
                    raise DamagedImage(
                        f"{self.reference.familiar} contradicts itself",
                        why=f"blob {blob.digest.short} is said to have two lengths",
                    )
        return ()

    # -- bringing it --------------------------------------------------------------------------

    async def bring(self, ingest: Ingest) -> None:
        """Blobs first, then what names them: a store never names what it lacks."""
        missing = []
        for blob in self.blobs.values():
            if blob.digest.algorithm != "sha256":
                raise Unsupported(
                    f"{self.reference.familiar} cannot be stored",
                    why=f"blob {blob.digest.short} is named by {blob.digest.algorithm}",
                    hint="The local store keeps blobs by sha256",
                )
            if ingest.has(blob):
                self._arrived(Moved(blob, "spared"))
            else:
                missing.append(blob)
        self.job.expect(sum(blob.size for blob in missing))

        async def bring(blob: Descriptor) -> None:
            self._arrived(Moved(blob, "moved", await self._blob(blob, ingest)))

        # The largest first: a small one at the end keeps the others waiting less long.
        missing.sort(key=lambda blob: -blob.size)
        await each(missing, self.client.wire.options.parallel, bring)
        await asyncio.to_thread(self._settle, ingest)

    def _settle(self, ingest: Ingest) -> None:
        for document in reversed(self.documents.values()):
            fate: Fate = "spared" if ingest.has(document.descriptor) else "moved"
            ingest.put(document.data, document.descriptor.media_type)
            self._arrived(Moved(document.descriptor, fate))
        read = [parsed(document) for document in self.documents.values()]
        if not self.platforms:
            self.platforms = tuple(filter(None, (platform_of(ingest, one) for one in read)))

    async def _blob(self, blob: Descriptor, ingest: Ingest) -> int:
        """Bring one blob; how much of it was here. Once more where it came damaged: that may have
        happened on the way. What an earlier pull left does not count as an attempt."""
        resumed, again = await self._fetch(blob, ingest, self.job.advance, last=False)
        while again:
            last = not resumed
            resumed, again = await self._fetch(blob, ingest, self._quiet, last=last)
        return resumed

    def _quiet(self, _count: int) -> None:
        """These bytes have been counted before."""
        self.job.check()

    async def _fetch(
        self, blob: Descriptor, ingest: Ingest, told: Callable[[int], object], *, last: bool
    ) -> tuple[int, bool]:
        partial = await asyncio.to_thread(PartialBlob, ingest.layout, blob)
        with partial:
            told(partial.resumed)

            def tell(count: int) -> None:
                told(count)
                if self.watch is not None:
                    self.watch(Step(blob, partial.size))

            where = replace(self.reference, digest=None)
            what = f"Blob {blob.digest.short} of {self.reference.host}"
            try:
                # What a mirror gave was wrong: the last attempt is at the host itself.
                await fetch_blob(self.client.wire, where, blob, partial, tell, mirrored=not last)
                await asyncio.to_thread(partial.finish, what)
            except DamagedImage:
                if last:
                    raise
                return partial.resumed, True
        return partial.resumed, False

    def _arrived(self, moved: Moved) -> None:
        self.moved.append(moved)
        if self.watch is not None:
            self.watch(Step(moved.descriptor, moved.descriptor.size, moved.fate))
