"""Images that are here already, on their way out: from where they lie, without a copy between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.oci import Platform, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.folder import cache_root
from explorer.store.images import ImageStore
from explorer.store.images.files import cannot_write
from explorer.transfer.content import KnownRepositories, MountFrom
from explorer.transfer.engines import engine
from explorer.transfer.layers import Packing
from explorer.transfer.load import load_picked
from explorer.transfer.packing import packing_in
from explorer.transfer.parcels import Parcel, ParcelContent
from explorer.transfer.picking import Picked, pick
from explorer.transfer.places import FORMATS, Target
from explorer.transfer.push import push
from explorer.transfer.receipt import Receipt, Watch
from explorer.transfer.save import save
from explorer.transfer.writing import Told


@dataclass(frozen=True, slots=True)
class Here:
    """One copy of something that is here; see :func:`explorer.transfer.copy.copy`."""

    client: RegistryClient
    target: Target
    platform: Platform | None
    packing: Packing | None
    job: Job
    watch: Watch | None

    async def copy(self, location: Location, names: tuple[Reference, ...]) -> Receipt:
        """Copy it under some names; without any, under those that it has."""
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
        with scratch() as folder, engine(self.target.transport) as taking:
            compressions = {layer.compression for layer in picked.image.layers}
            packing = self.packing or taking.packing_for(compressions)
            with packing_in(folder, packing, self.job) as packer:
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
