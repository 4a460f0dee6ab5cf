"""Where the blobs of a push come from, and where the registry may have them already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from explorer.blobs.access import RandomAccess
from explorer.oci import Descriptor, Digest, Reference
from explorer.store.images import ImageStore
from explorer.store.images.held import reference_of
from explorer.store.images.layout import Layout
from explorer.store.images.reach import reach

MountFrom = Callable[[Digest], str | None]
"""Names a repository, on the host that is pushed to, that should have a blob already."""


class Content(Protocol):
    """Where blobs come from."""

    async def document(self, descriptor: Descriptor) -> bytes:
        """A manifest or index, verified."""

    def open(self, descriptor: Descriptor) -> AbstractAsyncContextManager[RandomAccess]:
        """A blob, for as long as it is read."""


class StoreContent:
    """Blobs of the local store, or of any other layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def document(self, descriptor: Descriptor) -> bytes:
        """As :meth:`Content.document`; raises :class:`explorer.errors.NotFound`."""
        return await asyncio.to_thread(self._layout.document, descriptor.digest)

    @asynccontextmanager
    async def open(self, descriptor: Descriptor) -> AsyncIterator[RandomAccess]:
        """As :meth:`Content.open`; raises :class:`explorer.errors.NotFound`."""
        file = self._layout.open(descriptor.digest)
        try:
            yield file
        finally:
            file.close()


class KnownRepositories:
    """Where on a target's host blobs lie already, going by the names in a store: a
    :data:`MountFrom` that looks only when something is missing there."""

    def __init__(self, store: ImageStore, target: Reference) -> None:
        self._store, self._target = store, target
        self._known: dict[Digest, str] | None = None

    def __call__(self, digest: Digest) -> str | None:
        """As :data:`MountFrom`."""
        if self._known is None:
            self._known = known_repositories(self._store, self._target)
        return self._known.get(digest)


def known_repositories(store: ImageStore, target: Reference) -> dict[Digest, str]:
    """Where on the target's host blobs lie already, going by the names in the store."""
    found: dict[Digest, str] = {}
    for descriptor in store.descriptors():
        name = reference_of(descriptor)
        if name is not None and name.host == target.host and name.path != target.path:
            for digest in reach(store.layout, [descriptor]).blobs:
                found.setdefault(digest, name.path)
    return found
