"""Images from archives and layouts into the local store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.blobs.access import chunks_of
from explorer.errors import DamagedImage, NotFound
from explorer.oci import (
    Descriptor,
    ImageIndex,
    Manifest,
    Reference,
    media,
    parse_manifest,
)
from explorer.progress import Job
from explorer.sources.image import Image, ImageSource, Kind
from explorer.sources.oci_layout import OciLayout
from explorer.store.images import ImageStore, Ingest
from explorer.transfer.layers import bring_layer
from explorer.transfer.naming import references

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """An image that arrived: its names, and the bytes that were written and that were there."""

    references: tuple[Reference, ...]
    descriptor: Descriptor
    moved: int
    spared: int


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
            loaded = Loaded(
                tuple(names) or arriving.references,
                arriving.descriptor,
                arriving.moved,
                arriving.spared,
            )
            for reference in loaded.references:
                store.name(reference, loaded.descriptor)
            if not loaded.references:
                store.keep(loaded.descriptor)
            found.append(loaded)
    if not found:
        raise NotFound(f"{source.location} holds no image that could be loaded")
    if names and len(found) > 1:
        for extra in found:
            store.keep(extra.descriptor)
    return tuple(found)


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
    moved: int = 0
    spared: int = 0

    def tree(self, descriptor: Descriptor, depth: int = 0) -> bool:
        """Copy a manifest or index with everything below it; False where parts are not here."""
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
            self.blob(Descriptor(descriptor.media_type, descriptor.digest, len(data)))
        return complete

    def parts(self, manifest: Manifest) -> bool:
        wanted = [
            part
            for part in (manifest.config, *manifest.layers)
            if not media.is_foreign(part.media_type)
        ]
        if any(self.source.blob(part) is None and not self.ingest.has(part) for part in wanted):
            return False
        for part in wanted:
            self.blob(part)
        return True

    def blob(self, descriptor: Descriptor) -> None:
        if self.ingest.has(descriptor):
            self.spared += descriptor.size
            return
        blob = self.source.blob(descriptor)
        assert blob is not None
        self.job.expect(descriptor.size)
        self.ingest.stream(
            chunks_of(blob), descriptor.media_type, expected=descriptor, job=self.job
        )
        self.moved += descriptor.size


def _from_layout(source: OciLayout, descriptor: Descriptor, ingest: Ingest, job: Job) -> Loaded:
    copy = _Copy(source, ingest, job)
    if not copy.tree(descriptor):
        raise NotFound(
            f"Image {descriptor.digest.short} of {source.location} is not complete",
            why="the layout does not hold all blobs that its manifest names",
            hint="Copy the image again, with all its layers",
        )
    bare = Descriptor(
        descriptor.media_type or media.OCI_MANIFEST, descriptor.digest, descriptor.size
    )
    return Loaded(references(source.names(descriptor)), bare, copy.moved, copy.spared)


# -- anything else: an image whose manifest we write -----------------------------------------------


def bring_image(
    image: Image, ingest: Ingest, job: Job, names: tuple[Reference, ...] = ()
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
    moved = spared = 0
    layers: list[Descriptor] = []
    for layer in image.layers:
        brought = bring_layer(layer, ingest, job)
        layers.append(brought.descriptor)
        moved, spared = moved + brought.moved, spared + brought.spared
    config = ingest.put(image.config_json, media.OCI_CONFIG)
    manifest = Manifest(config, tuple(layers))
    descriptor = ingest.put(manifest.encode(), media.OCI_MANIFEST)
    return Loaded(names, descriptor, moved + config.size + descriptor.size, spared)
