"""Images from archives and layouts into the local store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from explorer.blobs.access import InMemory, RandomAccess
from explorer.errors import DamagedImage, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Reference, media, parse_manifest
from explorer.progress import Job
from explorer.sources.image import Image, ImageSource, Kind
from explorer.sources.oci_layout import OciLayout
from explorer.store.images import ImageStore, Ingest
from explorer.transfer.layers import bring_layer
from explorer.transfer.naming import references
from explorer.transfer.parcels import Blob
from explorer.transfer.picking import Picked
from explorer.transfer.receipt import Moved, Watch
from explorer.transfer.writing import Told

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """An image that arrived: its names, and what became of each blob."""

    references: tuple[Reference, ...]
    descriptor: Descriptor
    blobs: tuple[Moved, ...] = ()

    @property
    def moved(self) -> int:
        """Bytes that were written."""
        return sum(blob.descriptor.size for blob in self.blobs if blob.fate == "moved")

    @property
    def spared(self) -> int:
        """Bytes that were there."""
        return sum(blob.descriptor.size for blob in self.blobs if blob.fate != "moved")


def load(
    source: ImageSource,
    store: ImageStore,
    job: Job | None = None,
    *,
    names: Sequence[Reference] = (),
) -> tuple[Loaded, ...]:
    """Bring every image of a source into the store.

    ``names`` are for a source of one image, in place of those it has. From an OCI layout manifests
    come as they are, so digests stay; platforms of an index whose blobs are not here stay away.

    Raises :class:`NotFound` for an image that lacks a layer, :class:`DamagedImage` and
    :class:`explorer.errors.DigestMismatch` for content that is not what its digest says,
    :class:`explorer.errors.StorageFull`, :class:`explorer.errors.Cancelled`. Images that were
    complete by then stay.
    """
    job = job or Job()
    found: list[Loaded] = []
    with store.ingest(job) as ingest:
        for arriving in _arriving(source, ingest, job):
            loaded = replace(arriving, references=tuple(names) or arriving.references)
            _name(store, loaded)
            found.append(loaded)
    if not found:
        raise NotFound(f"{source.location} holds no image that could be loaded")
    if names and len(found) > 1:
        for extra in found:
            store.keep(extra.descriptor)
    return tuple(found)


def load_picked(
    picked: Picked,
    store: ImageStore,
    names: Sequence[Reference],
    job: Job | None = None,
    watch: Watch | None = None,
) -> Loaded:
    """Bring one image, or an index with its platforms, into the store; raises as :func:`load`."""
    job = job or Job()
    with store.ingest(job) as ingest:
        loaded = replace(bring_picked(picked, ingest, job, watch), references=tuple(names))
        _name(store, loaded)
    return loaded


def bring_picked(picked: Picked, ingest: Ingest, job: Job, watch: Watch | None = None) -> Loaded:
    """As :func:`load_picked`; whoever calls names it, or keeps it."""
    if picked.root is not None and isinstance(picked.source, OciLayout):
        return _from_layout(picked.source, picked.root, ingest, job, watch)
    return bring_image(picked.image, ingest, job, watch=watch)


def _name(store: ImageStore, loaded: Loaded) -> None:
    for reference in loaded.references:
        store.name(reference, loaded.descriptor)
    if not loaded.references:
        store.keep(loaded.descriptor)


def _arriving(source: ImageSource, ingest: Ingest, job: Job) -> Iterator[Loaded]:
    if isinstance(source, OciLayout):
        for descriptor in source.index.manifests:
            if not descriptor.is_attestation:
                yield _from_layout(source, descriptor, ingest, job)
        return
    for candidate in source.candidates():
        if candidate.kind is Kind.IMAGE:
            image = candidate.load()
            yield bring_image(image, ingest, job, references(candidate.names))


# -- an OCI layout: blobs as they are --------------------------------------------------------------


@dataclass(slots=True)
class _Copy:
    source: OciLayout
    ingest: Ingest
    job: Job
    told: Told
    looked: dict[Digest, bool] = field(default_factory=dict)

    def tree(self, descriptor: Descriptor, depth: int = 0) -> bool:
        """Copy a manifest or index with everything below it; False where parts are not here."""
        known = self.looked.get(descriptor.digest)
        if known is None:
            known = self.looked[descriptor.digest] = self._tree(descriptor, depth)
        return known

    def _tree(self, descriptor: Descriptor, depth: int) -> bool:
        if depth > _DEEPEST or self.source.blob(descriptor) is None:
            return False
        data = self.source.document(descriptor, "manifest")
        document = parse_manifest(data, descriptor.media_type)
        if isinstance(document, ImageIndex):
            whole = [self.tree(below, depth + 1) for below in document.manifests]
            complete = any(whole)
        else:
            complete = self.parts(document)
        if complete:
            kind = document.media_type or descriptor.media_type
            self.blob(Descriptor(kind, descriptor.digest, len(data)), InMemory(data))
        return complete

    def parts(self, manifest: Manifest) -> bool:
        wanted = [
            part
            for part in (manifest.config, *manifest.layers)
            if not media.is_foreign(part.media_type)
        ]
        found = [(part, self.source.blob(part)) for part in wanted]
        if any(content is None and not self.ingest.has(part) for part, content in found):
            return False
        for part, content in found:
            self.blob(Descriptor(part.media_type, part.digest, part.size), content)
        return True

    def blob(self, descriptor: Descriptor, content: RandomAccess | None) -> None:
        if self.told.knows(descriptor.digest):
            return
        if content is None or self.ingest.has(descriptor):
            self.told.arrived(descriptor, "spared")
            return
        self.job.expect(descriptor.size)
        self.ingest.stream(
            self.told.going(Blob(descriptor, content), self.job),
            descriptor.media_type,
            expected=descriptor,
        )
        self.told.arrived(descriptor, "moved")


def _from_layout(
    source: OciLayout,
    descriptor: Descriptor,
    ingest: Ingest,
    job: Job,
    watch: Watch | None = None,
) -> Loaded:
    copy = _Copy(source, ingest, job, Told(watch))
    if not copy.tree(descriptor):
        raise NotFound(
            f"Image {descriptor.digest.short} of {source.location or 'the local store'} "
            "is not complete",
            why="the layout does not hold all blobs that its manifest names",
            hint="Copy the image again, with all its layers",
        )
    bare = Descriptor(
        descriptor.media_type or media.OCI_MANIFEST, descriptor.digest, descriptor.size
    )
    return Loaded(references(source.names(descriptor)), bare, tuple(copy.told.moved))


# -- anything else: an image whose manifest we write -----------------------------------------------


def bring_image(
    image: Image,
    ingest: Ingest,
    job: Job,
    names: tuple[Reference, ...] = (),
    watch: Watch | None = None,
) -> Loaded:
    """Bring one image in: its layers as they are stored, its configuration byte for byte.

    A manifest is written for it, so its digest depends on how the layers are compressed; its
    ImageID does not. Raises as :func:`load`.
    """
    diff_ids = image.config.rootfs_diff_ids
    if len(diff_ids) != len(image.layers):
        raise DamagedImage(
            f"{image.title} cannot be loaded",
            why=f"its configuration names {len(diff_ids)} layers, and there are "
            f"{len(image.layers)}",
            hint="For a root filesystem: layerscope import",
        )
    told = Told(watch)
    layers: list[Descriptor] = []
    for layer in image.layers:
        brought = bring_layer(layer, ingest, job)
        layers.append(brought.descriptor)
        if not told.knows(brought.descriptor.digest):
            told.arrived(brought.descriptor, "moved" if brought.moved else "spared")
    config = _document(image.config_json, media.OCI_CONFIG, ingest, told)
    manifest = Manifest(config, tuple(layers))
    descriptor = _document(manifest.encode(), media.OCI_MANIFEST, ingest, told)
    return Loaded(names, descriptor, tuple(told.moved))


def _document(data: bytes, media_type: str, ingest: Ingest, told: Told) -> Descriptor:
    descriptor = Descriptor(media_type, Digest.of(data), len(data))
    there = ingest.has(descriptor)
    ingest.put(data, media_type)
    told.arrived(descriptor, "spared" if there else "moved")
    return descriptor
