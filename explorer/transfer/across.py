"""Blobs of a registry on their way to another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from explorer.blobs.access import RandomAccess
from explorer.oci import Descriptor, Reference
from explorer.registry import RegistryClient
from explorer.registry.downloads import read_blob
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout


class RegistryContent:
    """Blobs of a repository, each fetched when it is opened, and gone when it is closed."""

    def __init__(self, client: RegistryClient, repository: Reference, scratch: Layout) -> None:
        self._client, self._repository, self._scratch = client, repository, scratch

    async def document(self, descriptor: Descriptor) -> bytes:
        """As :meth:`explorer.transfer.push.Content.document`."""
        host, path = self._repository.host, self._repository.path
        found = await self._client.manifest(Reference(host, path, digest=descriptor.digest))
        return found.data

    @asynccontextmanager
    async def open(self, descriptor: Descriptor) -> AsyncIterator[RandomAccess]:
        """As :meth:`explorer.transfer.push.Content.open`; the blob is verified first."""
        store = ImageStore(self._scratch)
        with store.ingest() as ingest, ingest.writer() as writer:
            async for piece in read_blob(self._client.wire, self._repository, descriptor):
                await asyncio.to_thread(writer.write, piece)
            await asyncio.to_thread(writer.finish, descriptor.media_type, descriptor.digest)
        file = self._scratch.open(descriptor.digest)
        try:
            yield file
        finally:
            file.close()
            self._scratch.remove(descriptor.digest)
