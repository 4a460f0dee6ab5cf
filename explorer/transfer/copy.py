"""Images from anywhere to anywhere: registries, the store, engines, archives, layouts.

From one registry to another nothing is kept here: a blob passes through a file of its own, and
only if the target lacks it. What is here already goes from where it lies, without a copy between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.errors import UsageError
from explorer.oci import Platform, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.folder import cache_root
from explorer.store.images import ImageStore
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.transfer.across import RegistryContent
from explorer.transfer.choosing import choose_platform
from explorer.transfer.content import KnownRepositories, MountFrom
from explorer.transfer.engines import engine
from explorer.transfer.layers import Packing
from explorer.transfer.load import load_picked
from explorer.transfer.packing import packing_in
from explorer.transfer.parcels import Parcel, ParcelContent
from explorer.transfer.picking import Picked, pick
from explorer.transfer.places import FORMATS, REGISTRY, Target
from explorer.transfer.pull import pull
from explorer.transfer.push import push
from explorer.transfer.receipt import Receipt, Watch
from explorer.transfer.save import save
from explorer.transfer.writing import Told, entries_of, layout_at, name_in, shared

__all__ = ["RegistryContent", "Target", "copy"]


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
    copying = _Copy(client, target, platform, all_platforms, packing, job or Job(), watch)
    if not source.startswith(REGISTRY):
        return await copying.from_here(source)
    return await copying.from_registry(Reference.parse(source.removeprefix(REGISTRY)))


@dataclass(frozen=True, slots=True)
class _Copy:
    client: RegistryClient
    target: Target
    platform: Platform | None
    all_platforms: bool
    packing: Packing | None
    job: Job
    watch: Watch | None

    # -- out of a registry --------------------------------------------------------------------

    async def from_registry(self, source: Reference) -> Receipt:
        target = self.target
        if self.packing is None:
            if target.transport == "docker":
                return await self._across(source)
            if target.transport == "store":
                return await self._pulled(source, ImageStore.at(), target.names)
            if target.transport == "oci":
                return await self._into_layout(source)
        with scratch() as folder:
            store = ImageStore.at(folder / "images")
            pulled = await self._pulled(source, store, (source,))
            location = Location("oci", store.layout.root, str(pulled.descriptor.digest))
            done = await self._here(location, target.names or _tagged(source))
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

    # -- what is here -------------------------------------------------------------------------

    async def from_here(self, source: str) -> Receipt:
        location = await asyncio.to_thread(Location.parse, source)
        return await self._here(location, self.target.names)

    async def _here(self, location: Location, names: tuple[Reference, ...]) -> Receipt:
        picked = await asyncio.to_thread(self._picked, location)
        names = names or picked.names
        if self.target.transport == "docker":
            return await self._pushed(location, picked)
        if self.target.path is not None:
            return await asyncio.to_thread(self._saved, picked, names)
        if self.target.transport == "store":
            return await asyncio.to_thread(self._stored, picked, names)
        return await asyncio.to_thread(self._given, picked, names)

    def _picked(self, location: Location) -> Picked:
        source = open_source(location, Caches.at(), self.job)
        return pick(source, location.reference, self.platform, one=self.target.takes_one)

    async def _pushed(self, location: Location, picked: Picked) -> Receipt:
        target = self.target.reference
        assert target is not None
        mounts: MountFrom | None = None
        if location.transport == "store":
            mounts = KnownRepositories(ImageStore.at(location.path), target)
        packing = self.packing or ("gzip" if picked.root is None else None)
        with scratch() as folder, packing_in(folder, packing, self.job) as packer:
            parcel = await asyncio.to_thread(picked.parcel, packer)
            return await push(
                self.client,
                ParcelContent(parcel),
                parcel.root,
                target,
                mount_from=mounts,
                job=self.job,
                watch=self.watch,
            )

    def _saved(self, picked: Picked, names: tuple[Reference, ...]) -> Receipt:
        assert self.target.path is not None
        form = FORMATS[self.target.transport]
        done = save(
            [(picked, names)],
            self.target.path,
            form,
            packing=self.packing,
            job=self.job,
            watch=self.watch,
        )
        return Receipt(names, done.descriptors[0], done.blobs, picked.platforms)

    def _stored(self, picked: Picked, names: tuple[Reference, ...]) -> Receipt:
        store = ImageStore.at()
        if self.packing is None:
            loaded = load_picked(picked, store, names, self.job, self.watch)
            return Receipt(names, loaded.descriptor, loaded.blobs, picked.platforms)
        with scratch() as folder, packing_in(folder, self.packing, self.job) as packer:
            parcel = picked.parcel(packer, names)
            told = Told(self.watch)
            _ingest(store, parcel, self.job, told)
            return Receipt(names, parcel.root, tuple(told.moved), picked.platforms)

    def _given(self, picked: Picked, names: tuple[Reference, ...]) -> Receipt:
        told = Told(self.watch)
        with (
            scratch() as folder,
            packing_in(folder, self.packing, self.job) as packer,
            engine(self.target.transport) as taking,
        ):
            parcel = picked.parcel(packer, names)
            held = taking.layers_held(picked.image.config.rootfs_diff_ids)
            without = {layer.digest for layer in parcel.layers[:held]}
            taking.load(parcel, self.job, told, without)
        return Receipt(names, parcel.root, tuple(told.moved), picked.platforms)


def _ingest(store: ImageStore, parcel: Parcel, job: Job, told: Told) -> None:
    with store.ingest(job) as ingest:
        for blob in parcel.blobs:
            described = blob.descriptor
            if ingest.has(described):
                told.arrived(described, "spared")
                continue
            job.expect(described.size)
            ingest.stream(told.going(blob, job), described.media_type, expected=described)
            told.arrived(described, "moved")
        for name in parcel.names:
            store.name(name, parcel.root)
        if not parcel.names:
            store.keep(parcel.root)


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


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder beside the cache, gone afterwards."""
    root = cache_root()
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = TemporaryDirectory(dir=root, prefix="transfer-")
    except OSError as error:
        raise cannot_write(root, error) from error
    with folder as name:
        yield Path(name)
