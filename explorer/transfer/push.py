"""Images into a registry: only what it lacks, and nothing that it can take from itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Final

from explorer.errors import LimitExceeded
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, Reference, media, parse_manifest
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.registry.downloads import has_blob
from explorer.registry.uploads import BlobUpload
from explorer.store.images import ImageStore
from explorer.transfer.content import (
    Content,
    KnownRepositories,
    MountFrom,
    StoreContent,
    known_repositories,
)
from explorer.transfer.receipt import Fate, Moved, Receipt, Step, Watch
from explorer.transfer.tasks import cancellable, each

__all__ = ["Content", "MountFrom", "StoreContent", "known_repositories", "push", "push_stored"]

_DEEPEST: Final = 8
_MOST_MANIFESTS: Final = 1000


async def push(
    client: RegistryClient,
    content: Content,
    root: Descriptor,
    reference: Reference,
    *,
    mount_from: MountFrom | None = None,
    job: Job | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """Bring an image, or an index with all below it, into a registry under a name.

    Manifests travel as they are, so digests stay. A tag is set last, when all it needs is there.

    Raises :class:`explorer.errors.Refused`, :class:`explorer.errors.NotFound` for what ``content``
    lacks, :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    asked = client.wire.requests
    pushing = _Push(client, content, reference, mount_from, job, watch)

    async def work() -> Receipt:
        await pushing.collect(root)
        await pushing.send()
        await pushing.name(root)
        return Receipt(
            (reference,),
            root,
            tuple(pushing.moved),
            pushing.platforms,
            requests=client.wire.requests - asked,
        )

    return await cancellable(job, work())


async def push_stored(
    client: RegistryClient,
    store: ImageStore,
    root: Descriptor,
    reference: Reference,
    *,
    job: Job | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """:func:`push` an image of the store as it is; what its host has elsewhere is mounted."""
    return await push(
        client,
        StoreContent(store.layout),
        root,
        reference,
        mount_from=KnownRepositories(store, reference),
        job=job,
        watch=watch,
    )


@dataclass(slots=True)
class _Push:
    """One push; documents are in order, what stands above before what it names."""

    client: RegistryClient
    content: Content
    target: Reference
    mount_from: MountFrom | None
    job: Job
    watch: Watch | None
    documents: dict[Digest, tuple[Descriptor, bytes]] = field(default_factory=dict)
    there: dict[Digest, Descriptor] = field(default_factory=dict)
    blobs: dict[Digest, Descriptor] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    platforms: tuple[Platform, ...] = ()
    named: bool = False
    """Whether the tag stands for the image already."""

    async def collect(self, root: Descriptor, depth: int = 0) -> None:
        """Read the documents. What stands below a manifest that is there already, is there."""
        if root.digest in self.documents:
            return
        if depth > _DEEPEST or len(self.documents) >= _MOST_MANIFESTS:
            raise LimitExceeded("The index has too many manifests, or leads back to itself")
        data = await self.content.document(root)
        document = parse_manifest(data, root.media_type)
        kind = document.media_type or root.media_type
        self.documents[root.digest] = (Descriptor(kind, root.digest, len(data)), data)
        present = await self._has(root.digest, depth)
        if present:
            self.there[root.digest] = self.documents[root.digest][0]
        if isinstance(document, ImageIndex):
            self.platforms += document.platforms
            for below in document.manifests:
                await self.collect(below, depth + 1)
            return
        for blob in (document.config, *document.layers):
            if media.is_foreign(blob.media_type):
                continue
            if present and blob.digest not in self.blobs:
                self._arrived(blob, "spared")
                self.blobs[blob.digest] = blob
            self.blobs.setdefault(blob.digest, blob)

    async def _has(self, digest: Digest, depth: int) -> bool:
        """Whether the repository has a manifest; where the tag is it, that is all to be done."""
        if not depth and self.target.tag and await self._stands_for(self.target, digest):
            self.named = True
            return True
        where = Reference(self.target.host, self.target.path, digest=digest)
        return await self.client.resolve(where) is not None

    async def send(self) -> None:
        """All blobs that the repository lacks, several at a time."""
        done = {moved.descriptor.digest for moved in self.moved}
        await each(
            [blob for digest, blob in self.blobs.items() if digest not in done],
            self.client.wire.options.parallel,
            self._blob,
        )

    async def _blob(self, blob: Descriptor) -> None:
        self.job.check()
        if await has_blob(self.client.wire, self.target, blob.digest):
            self._arrived(blob, "spared")
            return
        self.job.expect(blob.size)
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            self.job.advance(count)
            if self.watch is not None:
                self.watch(Step(blob, done))

        upload = BlobUpload(self.client.wire, self.target, blob, told)
        source = None
        if self.mount_from is not None:
            source = await asyncio.to_thread(self.mount_from, blob.digest)
        if source and await upload.mounted(source):
            self.job.advance(blob.size)
            self._arrived(blob, "mounted")
            return
        async with self.content.open(blob) as content:
            await upload.send(content)
        self._arrived(blob, "moved")

    async def name(self, root: Descriptor) -> None:
        """The documents, from below; the last one gets the tag."""
        for digest, (descriptor, data) in reversed(self.documents.items()):
            is_root = digest == root.digest
            named = is_root and bool(self.target.tag)
            fate: Fate = "spared" if digest in self.there else "moved"
            if named or fate == "moved":
                where = Reference(
                    self.target.host,
                    self.target.path,
                    self.target.tag if named else "",
                    None if named else digest,
                )
                if not (named and self.named):
                    await self.client.put_manifest(where, data, descriptor.media_type)
            self._arrived(descriptor, fate)

    async def _stands_for(self, tag: Reference, digest: Digest) -> bool:
        held = await self.client.resolve(replace(tag, digest=None))
        return held is not None and held.digest == digest

    def _arrived(self, blob: Descriptor, fate: Fate) -> None:
        self.moved.append(Moved(blob, fate))
        if self.watch is not None:
            self.watch(Step(blob, blob.size, fate))
