"""One index of several images: an image for several platforms (OCI image specification,
image-index.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from explorer.errors import NotFound, UsageError
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    ImageIndex,
    Platform,
    Reference,
    media,
    parse_manifest,
)
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.images import ImageStore, Ingest
from explorer.store.images.held import reference_of
from explorer.transfer.load import Loaded, bring_picked
from explorer.transfer.picking import pick
from explorer.transfer.places import REGISTRY
from explorer.transfer.pull import pull
from explorer.transfer.receipt import Moved, Watch
from explorer.transfer.tasks import in_thread


@dataclass(frozen=True, slots=True)
class MadeIndex:
    """An index of the store: its descriptor, what it lists, what became of each blob."""

    reference: Reference
    descriptor: Descriptor
    manifests: tuple[Descriptor, ...]
    blobs: tuple[Moved, ...]

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms, in order."""
        return ImageIndex(self.manifests).platforms


async def make_index(
    client: RegistryClient,
    reference: Reference,
    images: Sequence[str],
    store: ImageStore,
    *,
    annotations: Mapping[str, str] | None = None,
    job: Job | None = None,
    watch: Watch | None = None,
) -> MadeIndex:
    """Bring images into the store and list them in an index under a name, in their order.

    Each is named as for :func:`explorer.transfer.copy.copy`; one that has several platforms brings
    all of them, and what BuildKit attests of them. Manifests stay as they are.

    Raises :class:`UsageError` for two images of one platform and for one that names none, and what
    reading the images raises.
    """
    job = job or Job()
    gathering = _Gathering(client, store, job, watch)
    try:
        async with in_thread(store.ingest(job)) as ingest:
            for image in images:
                root = await gathering.bring(image, ingest)
                for entry in _flat(store, root, set()):
                    gathering.add(image, entry)
            described = gathering.index(ingest, annotations or {})
            store.name(reference, described)
    finally:
        gathering.tidy()
    manifests = tuple(gathering.entries.values())
    return MadeIndex(reference, described, manifests, tuple(gathering.blobs))


@dataclass(slots=True)
class _Gathering:
    client: RegistryClient
    store: ImageStore
    job: Job
    watch: Watch | None
    entries: dict[Digest, Descriptor] = field(default_factory=dict)
    blobs: list[Moved] = field(default_factory=list)
    kept: list[Digest] = field(default_factory=list)
    _of: dict[str, str] = field(default_factory=dict)

    async def bring(self, image: str, ingest: Ingest) -> Descriptor:
        """Bring one image into the store, all platforms of it."""
        if image.startswith(REGISTRY):
            return await self._pulled(Reference.parse(image.removeprefix(REGISTRY)))
        location = await asyncio.to_thread(Location.parse, image)
        loaded = await asyncio.to_thread(self._brought, location, ingest)
        self.blobs += loaded.blobs
        return loaded.descriptor

    def _brought(self, location: Location, ingest: Ingest) -> Loaded:
        source = open_source(location, Caches.at(), self.job)
        return bring_picked(pick(source, location.reference), ingest, self.job, self.watch)

    async def _pulled(self, reference: Reference) -> Descriptor:
        before = {held.digest for held in self.store.descriptors()}
        root = await self.client.manifest(reference)
        by_digest = Reference(reference.host, reference.path, digest=root.descriptor.digest)
        receipt = await pull(
            self.client,
            by_digest,
            self.store,
            all_platforms=True,
            job=self.job,
            watch=self.watch,
        )
        self.blobs += receipt.blobs
        if receipt.descriptor.digest not in before:
            self.kept.append(receipt.descriptor.digest)
        return receipt.descriptor

    def add(self, image: str, entry: Descriptor) -> None:
        """List one manifest; raises :class:`UsageError` where its platform is listed already."""
        if entry.digest in self.entries:
            return
        if not entry.is_attestation:
            platform = entry.platform
            if platform is None or platform.is_unknown:
                raise UsageError(
                    f"{image} names no platform",
                    why="its configuration says neither system nor architecture",
                    hint="An index tells its images apart by their platforms",
                )
            other = self._of.setdefault(platform.normalized().full, image)
            if other != image or self._listed(platform):
                raise UsageError(
                    f"{image} and {other} are for the same platform",
                    why=f"both are for {platform}",
                    hint="An index has one image for each platform: leave one of them out",
                )
        self.entries[entry.digest] = entry

    def _listed(self, platform: Platform) -> bool:
        key = platform.normalized().full
        return any(
            e.platform is not None and e.platform.normalized().full == key
            for e in self.entries.values()
            if not e.is_attestation
        )

    def index(self, ingest: Ingest, annotations: Mapping[str, str]) -> Descriptor:
        """Write the index of what is listed."""
        data = ImageIndex(tuple(self.entries.values()), annotations=dict(annotations)).encode()
        described = Descriptor(media.OCI_INDEX, Digest.of(data), len(data))
        self.blobs.append(Moved(described, "spared" if ingest.has(described) else "moved"))
        ingest.put(data, media.OCI_INDEX)
        return described

    def tidy(self) -> None:
        """What was pulled for the index alone is held by it now, and not by itself."""
        held = self.store.descriptors()
        named = {one.digest for one in held if reference_of(one) is not None}
        for digest in self.kept:
            if digest not in named:  # the index that was made may be the one that was pulled
                self.store.remove(digest)


def _flat(store: ImageStore, root: Descriptor, seen: set[Digest]) -> Iterator[Descriptor]:
    """The manifests below a descriptor, each once, with their platforms; those that are not here
    left out."""
    if root.digest in seen:
        return
    seen.add(root.digest)
    document = parse_manifest(store.layout.document(root.digest), root.media_type)
    if not isinstance(document, ImageIndex):
        platform = root.platform
        if platform is None or platform.is_unknown:
            platform = _platform(store, document.config.digest)
        yield Descriptor(
            document.media_type,
            root.digest,
            root.size,
            annotations=root.annotations,
            platform=platform,
            artifact_type=root.artifact_type,
        )
        return
    for entry in _present(store, document.manifests):
        if entry.is_attestation:
            yield entry
        else:
            yield from _flat(store, entry, seen)


def _present(store: ImageStore, entries: Iterable[Descriptor]) -> Iterator[Descriptor]:
    return (entry for entry in entries if store.layout.has(entry.digest))


def _platform(store: ImageStore, config: Digest) -> Platform | None:
    with suppress(NotFound):
        return ImageConfig.parse(store.layout.document(config)).platform
    return None
