"""Blobs of a registry on their way elsewhere: kept only while they are needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager

from explorer.blobs.access import InMemory, RandomAccess
from explorer.errors import DamagedImage
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    Manifest,
    Reference,
    media,
    parse_manifest,
)
from explorer.progress import Job
from explorer.registry import Document, RegistryClient
from explorer.registry.downloads import read_blob
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout
from explorer.transfer.parcels import Blob, Parcel
from explorer.transfer.tasks import each


class RegistryContent:
    """Blobs of a repository, each fetched when it is opened, and gone when it is closed.

    ``told`` hears how many more bytes came.
    """

    def __init__(
        self,
        client: RegistryClient,
        repository: Reference,
        scratch: Layout,
        told: Callable[[int], object] = lambda _count: None,
    ) -> None:
        self._client, self._repository, self._scratch = client, repository, scratch
        self._told = told

    async def document(self, descriptor: Descriptor) -> bytes:
        """As :meth:`explorer.transfer.content.Content.document`."""
        host, path = self._repository.host, self._repository.path
        found = await self._client.manifest(Reference(host, path, digest=descriptor.digest))
        return found.data

    @asynccontextmanager
    async def open(self, descriptor: Descriptor) -> AsyncIterator[RandomAccess]:
        """As :meth:`explorer.transfer.content.Content.open`; the blob is verified first."""
        store = ImageStore(self._scratch)
        with store.ingest() as ingest, ingest.writer() as writer:
            async for piece in read_blob(self._client.wire, self._repository, descriptor):
                await asyncio.to_thread(writer.write, piece)
                self._told(len(piece))
            await asyncio.to_thread(writer.finish, descriptor.media_type, descriptor.digest)
        file = self._scratch.open(descriptor.digest)
        try:
            yield file
        finally:
            file.close()
            self._scratch.remove(descriptor.digest)


class RemoteImage:
    """One image of a registry, of which its configuration is known and no layer is fetched yet."""

    def __init__(
        self, client: RegistryClient, content: RegistryContent, root: Document, config: bytes
    ) -> None:
        manifest = parse_manifest(root.data, root.descriptor.media_type)
        assert isinstance(manifest, Manifest)
        self._parallel = client.wire.options.parallel
        self._content, self._root, self._config = content, root, config
        self._manifest = manifest
        self.config = ImageConfig.parse(config)

    @classmethod
    async def read(
        cls, client: RegistryClient, content: RegistryContent, root: Document
    ) -> RemoteImage:
        """Fetch the configuration; raises :class:`DamagedImage` for what is no image."""
        manifest = parse_manifest(root.data, root.descriptor.media_type)
        if not isinstance(manifest, Manifest) or not manifest.is_image:
            raise DamagedImage("This is no image that an engine could run", why="it is an artifact")
        async with content.open(manifest.config) as opened:
            config = await asyncio.to_thread(opened.read_at, 0, opened.size)
        return cls(client, content, root, config)

    @property
    def compressions(self) -> set[str]:
        """How its layers are compressed, as their types say."""
        found = (media.compression_of(layer.media_type) for layer in self._manifest.layers)
        return {one for one in found if one is not None}

    def lowest(self, count: int) -> set[Digest]:
        """The digests of its lowest layers."""
        return {layer.digest for layer in self._manifest.layers[:count]}

    @asynccontextmanager
    async def fetched(
        self, names: tuple[Reference, ...], without: Collection[Digest], job: Job
    ) -> AsyncIterator[Parcel]:
        """The image with its layers, for as long as it is needed; those of ``without`` are listed
        and stay empty."""
        layers = {layer.digest: layer for layer in self._manifest.layers}
        needed = [layer for digest, layer in layers.items() if digest not in without]
        job.expect(sum(layer.size for layer in needed))
        opened: dict[Digest, RandomAccess] = {}
        async with AsyncExitStack() as stack:

            async def fetch(layer: Descriptor) -> None:
                opened[layer.digest] = await stack.enter_async_context(self._content.open(layer))

            await each(needed, self._parallel, fetch)
            blobs = [Blob(one, opened.get(digest, InMemory(b""))) for digest, one in layers.items()]
            blobs.append(Blob(self._manifest.config, InMemory(self._config)))
            blobs.append(Blob(self._root.descriptor, InMemory(self._root.data)))
            yield Parcel(
                self._root.descriptor,
                tuple(blobs),
                names,
                self._manifest.config,
                self._manifest.layers,
            )
