"""Images from anywhere to anywhere: registries, the store, engines, archives, layouts.

From one registry to another nothing is kept here: a blob passes through a file of its own, and
only if the target lacks it. What is here already goes from where it lies, without a copy between.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import UsageError
from explorer.oci import Platform, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.sources.transport import Location
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout
from explorer.transfer.across import RegistryContent, RemoteImage
from explorer.transfer.choosing import choose_platform
from explorer.transfer.content import MountFrom
from explorer.transfer.engines import engine
from explorer.transfer.here import Here, scratch
from explorer.transfer.layers import Packing
from explorer.transfer.places import REGISTRY, Target
from explorer.transfer.pull import pull
from explorer.transfer.push import push
from explorer.transfer.receipt import Receipt, Watch
from explorer.transfer.tasks import cancellable, in_thread
from explorer.transfer.writing import Told, entries_of, layout_at, name_in, shared

__all__ = ["Target", "copy", "scratch"]


async def copy(
    client: RegistryClient,
    source: str,
    target: Target,
    *,
    platform: Platform | None = None,
    all_platforms: bool = False,
    packing: Packing | None = None,
    job: Job | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """Copy an image. Manifests stay as they are wherever source and target have manifests.

    Of an index in a registry one platform goes (this machine's unless another is named), or with
    ``all_platforms`` all of it; what is here goes with all its platforms unless one is named. A
    docker-archive and engines take one. ``packing`` compresses layers otherwise, which makes other
    manifests; layers of a source without manifests go to a registry as gzip.

    Raises :class:`UsageError` for what cannot be, and what reading the source,
    :func:`explorer.transfer.pull.pull`, :func:`explorer.transfer.push.push`,
    :func:`explorer.transfer.save.save` and :meth:`explorer.transfer.engines.Engine.load` raise.
    """
    if all_platforms and target.takes_one:
        raise UsageError(
            f"{target.transport} takes one platform of an image", hint="Leave out --all-platforms"
        )
    job = job or Job()
    here = Here(client, target, platform, packing, job, watch)
    if not source.startswith(REGISTRY):
        location = await asyncio.to_thread(Location.parse, source)
        return await here.copy(location, target.names)
    there = _There(here, client, target, platform, all_platforms, packing, job, watch)
    return await there.copy(Reference.parse(source.removeprefix(REGISTRY)))


@dataclass(frozen=True, slots=True)
class _There:
    """An image of a registry on its way; ``here`` goes on with what has come into a folder."""

    here: Here
    client: RegistryClient
    target: Target
    platform: Platform | None
    all_platforms: bool
    packing: Packing | None
    job: Job
    watch: Watch | None

    async def copy(self, source: Reference) -> Receipt:
        target = self.target
        if self.packing is None:
            if target.transport == "docker":
                return await self._across(source)
            if target.transport == "store":
                return await self._pulled(source, ImageStore.at(), target.names)
            if target.transport == "oci":
                return await self._into_layout(source)
            if target.path is None and (done := await self._into_engine(source)) is not None:
                return done
        with scratch() as folder:
            store = ImageStore.at(folder / "images")
            pulled = await self._pulled(source, store, (source,))
            location = Location("oci", store.layout.root, str(pulled.descriptor.digest))
            done = await self.here.copy(location, target.names or _tagged(source))
            return _through(pulled, done)

    async def _across(self, source: Reference) -> Receipt:
        assert self.target.reference is not None
        target = self.target.reference
        root = await self.client.manifest(source)
        if not self.all_platforms:
            root = await choose_platform(self.client, source, root, self.platform)
        same = source.host == target.host and source.path != target.path
        with scratch() as folder:
            content = RegistryContent(self.client, source, Layout(folder / "images"))
            mount_from: MountFrom | None = (lambda _digest: source.path) if same else None
            return await push(
                self.client,
                content,
                root.descriptor,
                target,
                mount_from=mount_from,
                job=self.job,
                watch=self.watch,
            )

    async def _into_layout(self, source: Reference) -> Receipt:
        """Straight into the folder: what it has is not fetched."""
        assert self.target.path is not None
        layout = layout_at(self.target.path)
        names = self.target.names or _tagged(source)
        with shared(layout):
            receipt = await self._pulled(source, ImageStore(layout), names)
            await asyncio.to_thread(name_in, layout, entries_of(receipt.descriptor, names))
        return receipt

    async def _into_engine(self, source: Reference) -> Receipt | None:
        """What the engine has is neither sent nor fetched. None where it cannot read the layers as
        they are."""
        asked = self.client.wire.requests
        top = await self.client.manifest(source)
        root = await choose_platform(self.client, source, top, self.platform)
        told = Told(self.watch)

        async def work(folder: Path) -> RemoteImage | None:
            content = RegistryContent(
                self.client, source, Layout(folder / "images"), self.job.advance
            )
            image = await RemoteImage.read(self.client, content, root)
            async with in_thread(engine(self.target.transport)) as taking:
                if await asyncio.to_thread(taking.packing_for, image.compressions):
                    return None
                held = await asyncio.to_thread(taking.layers_held, image.config.rootfs_diff_ids)
                without = image.lowest(held)
                async with image.fetched(self.target.names, without, self.job) as parcel:
                    await asyncio.to_thread(taking.load, parcel, self.job, told, without)
            return image

        with scratch() as folder:
            image = await cancellable(self.job, work(folder))
        if image is None:
            return None
        return Receipt(
            self.target.names,
            root.descriptor,
            tuple(told.moved),
            (image.config.platform,),
            top.descriptor if top is not root else None,
            self.client.wire.requests - asked,
        )

    async def _pulled(
        self, source: Reference, store: ImageStore, names: tuple[Reference, ...]
    ) -> Receipt:
        return await pull(
            self.client,
            source,
            store,
            platform=self.platform,
            all_platforms=self.all_platforms,
            names=names,
            job=self.job,
            watch=self.watch,
        )


def _through(pulled: Receipt, done: Receipt) -> Receipt:
    """The receipt of what went through a folder of ours: what the target got, and all requests."""
    return Receipt(
        done.names,
        done.descriptor,
        done.blobs,
        done.platforms or pulled.platforms,
        pulled.index,
        pulled.requests + done.requests,
    )


def _tagged(source: Reference) -> tuple[Reference, ...]:
    return (source.with_tag(source.tag),) if source.tag else ()
