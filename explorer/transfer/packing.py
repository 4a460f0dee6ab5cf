"""Images made ready to travel: their layers compressed otherwise where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.blobs.access import RandomAccess, SharedFile
from explorer.errors import NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Reference, media, parse_manifest
from explorer.progress import Job
from explorer.sources.image import Image, Kind, Layer
from explorer.sources.oci_layout import OciLayout
from explorer.store.images.files import cannot_write
from explorer.store.images.ingest import BlobWriter
from explorer.store.images.layout import Layout
from explorer.transfer.layers import MEDIA_TYPES, Packing, here, packing_of, repack
from explorer.transfer.parcels import Blob, Parcel, document_blob, parcel_of


class Packer:
    """Gives layers the packing that is wanted; None leaves them as they are.

    What changes goes through a scratch folder and is there until :meth:`close`. The same layer is
    packed once.
    """

    def __init__(self, scratch: Path, packing: Packing | None, job: Job) -> None:
        self._scratch = Layout(scratch)
        self._packing = packing
        self._job = job
        self._known: dict[object, Blob] = {}
        self._open: list[SharedFile] = []

    def image(self, image: Image, names: tuple[Reference, ...] = ()) -> Parcel:
        """One image; its manifest stays as it is where its layers do.

        Raises :class:`NotFound` for an image that lacks a layer, and what reading layers raises.
        """
        layers = tuple(self._layer(layer) for layer in image.layers)
        config = document_blob(image.config_json, media.OCI_CONFIG)
        manifest = self._manifest(image, config, layers)
        described = tuple(layer.descriptor for layer in layers)
        blobs = {blob.descriptor.digest: blob for blob in (*layers, config, manifest)}
        return Parcel(
            manifest.descriptor, tuple(blobs.values()), names, config.descriptor, described
        )

    def tree(
        self, source: OciLayout, root: Descriptor, names: tuple[Reference, ...] = ()
    ) -> Parcel:
        """An image or an index of a layout with all below it; byte for byte, or repacked.

        An index that is repacked is another one: it names the new manifests, in their order.
        Raises as :meth:`image` and :func:`explorer.transfer.parcels.parcel_of`.
        """
        if self._packing is None:
            return parcel_of(source, root, names)
        return replace(_Repacking(self, source).follow(root, 0), names=names)

    def close(self) -> None:
        """Let go of what was repacked."""
        for file in self._open:
            file.close()

    def _layer(self, layer: Layer) -> Blob:
        blob = here(layer)
        key = layer.digest or layer.diff_id or (layer.index, id(blob))
        if key not in self._known:
            self._known[key] = self._packed(layer, blob)
        return self._known[key]

    def _packed(self, layer: Layer, blob: RandomAccess) -> Blob:
        has = packing_of(layer.compression)
        wanted = self._packing or has or "none"
        digest = layer.diff_id if has == "none" else layer.digest
        if has == wanted and digest is not None:
            return Blob(Descriptor(MEDIA_TYPES[has], digest, blob.size), blob)
        self._job.expect(blob.size)
        with BlobWriter(self._scratch) as writer:
            descriptor = repack(layer, wanted, writer, self._job)
        file = self._scratch.open(descriptor.digest)
        self._open.append(file)
        return Blob(descriptor, file)

    def _manifest(self, image: Image, config: Blob, layers: tuple[Blob, ...]) -> Blob:
        described = tuple(layer.descriptor for layer in layers)
        known = image.manifest
        if known is not None and image.digest is not None:
            same = tuple(layer.digest for layer in known.layers)
            if same == tuple(layer.digest for layer in described):
                return document_blob(image.manifest_json, known.media_type)
        manifest = Manifest(
            config.descriptor,
            described,
            annotations=dict(known.annotations) if known is not None else {},
        )
        return document_blob(manifest.encode(), media.OCI_MANIFEST)


@contextmanager
def packing_in(folder: Path, packing: Packing | None, job: Job) -> Iterator[Packer]:
    """A packer with a scratch folder below another one, gone afterwards.

    Raises :class:`explorer.errors.Refused` or :class:`explorer.errors.StorageFull` where none can
    be made.
    """
    try:
        scratch = TemporaryDirectory(dir=folder, prefix=".layerscope-")
    except OSError as error:
        raise cannot_write(folder, error) from error
    with scratch as name:
        packer = Packer(Path(name), packing, job)
        try:
            yield packer
        finally:
            packer.close()


class _Repacking:
    """An index made anew from repacked images; attestations point at the new ones."""

    def __init__(self, packer: Packer, source: OciLayout) -> None:
        self._packer, self._source = packer, source
        self._images = {c.digest: c for c in source.candidates() if c.kind is Kind.IMAGE}
        self._became: dict[str, Digest] = {}
        self._done: dict[Digest, Parcel] = {}

    def follow(self, descriptor: Descriptor, depth: int) -> Parcel:
        """A manifest or an index repacked, each once."""
        done = self._done.get(descriptor.digest)
        if done is None:
            done = self._done[descriptor.digest] = self._repacked(descriptor, depth)
        return done

    def _repacked(self, descriptor: Descriptor, depth: int) -> Parcel:
        candidate = self._images.get(descriptor.digest)
        if candidate is not None:
            return self._packer.image(candidate.load())
        if not media.is_index(descriptor.media_type) or depth > 8:
            return parcel_of(self._source, descriptor, whole=True)
        data = self._source.document(descriptor, "index")
        index = parse_manifest(data, descriptor.media_type)
        assert isinstance(index, ImageIndex)
        below = [self._member(entry, depth) for entry in index.manifests]
        entries = tuple(
            replace(
                entry,
                media_type=part.root.media_type,
                digest=part.root.digest,
                size=part.root.size,
                annotations=self._pointing(entry),
            )
            for entry, part in zip(index.manifests, below, strict=True)
        )
        if entries == index.manifests:  # all of it was packed so already
            made = document_blob(data, index.media_type)
        else:
            new = replace(index, manifests=entries, media_type=media.OCI_INDEX)
            made = document_blob(new.encode(), media.OCI_INDEX)
        blobs = {b.descriptor.digest: b for part in below for b in part.blobs}
        return Parcel(made.descriptor, (*blobs.values(), made))

    def _member(self, entry: Descriptor, depth: int) -> Parcel:
        try:
            found = self.follow(entry, depth + 1)
        except NotFound as error:
            raise NotFound(
                f"{entry.platform or entry.digest.short} cannot be compressed otherwise",
                why=error.what,
                hint="Name one platform with --platform, or leave out --compress",
            ) from error
        self._became[str(entry.digest)] = found.root.digest
        return found

    def _pointing(self, entry: Descriptor) -> dict[str, str]:
        key = media.ATTESTATION_SUBJECT_ANNOTATION
        subject = self._became.get(entry.annotations.get(key, ""))
        changed = {key: str(subject)} if subject is not None else {}
        return {**entry.annotations, **changed}
