"""Images into archives and layouts that every engine reads."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from explorer.blobs.access import InMemory, RandomAccess, SharedFile, chunks_of
from explorer.errors import UsageError
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Reference, media
from explorer.oci.annotations import CONTAINERD_NAME, REF_NAME
from explorer.progress import Job
from explorer.sources.image import Image, Layer
from explorer.store.images.ingest import BlobWriter
from explorer.store.images.layout import Layout
from explorer.transfer.archive import ArchiveWriter, whole_file
from explorer.transfer.layers import MEDIA_TYPES, Packing, here, packing_of, repack, tapped

Format = Literal["docker-archive", "oci-archive", "oci"]
"""As containers-transports(5) calls them; ``oci`` is a folder."""

LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: the digest of the image's manifest, and all bytes."""

    descriptors: tuple[Descriptor, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class _Blob:
    descriptor: Descriptor
    content: RandomAccess


@dataclass(frozen=True, slots=True)
class _Packed:
    """An image ready to be written; ``layers`` may repeat a blob."""

    manifest: _Blob
    config: _Blob
    layers: tuple[_Blob, ...]
    names: tuple[Reference, ...]

    @property
    def blobs(self) -> tuple[_Blob, ...]:
        return (*self.layers, self.config, self.manifest)


def save(
    images: Sequence[tuple[Image, Sequence[Reference]]],
    target: Path,
    form: Format,
    *,
    packing: Packing | None = None,
    job: Job | None = None,
) -> Saved:
    """Write images, each under its names, to one archive or into one layout.

    ``packing`` compresses the layers; None leaves them as they are (plain in a docker-archive,
    which older engines expect). A layout that is there already gains the images; a file is
    replaced when the new one is whole. The same images give the same bytes, with
    ``SOURCE_DATE_EPOCH`` as the time of all members.

    Raises :class:`explorer.errors.NotFound` for an image that lacks a layer, and what reading its
    layers and writing raise.
    """
    if packing is None and form == "docker-archive":
        packing = "none"
    job = job or Job()
    with ExitStack() as stack:
        scratch = stack.enter_context(TemporaryDirectory(dir=target.parent, prefix=".layerscope-"))
        packer = _Packer(Layout(Path(scratch)), packing, job)
        packed = [packer.pack(image, tuple(names)) for image, names in images]
        stack.callback(packer.close)
        write = _to_layout if form == "oci" else _to_archive
        return write(packed, target, form, job)


class _Packer:
    """Gives layers the packing that is wanted; what changes goes through a scratch folder."""

    def __init__(self, scratch: Layout, packing: Packing | None, job: Job) -> None:
        self._scratch = scratch
        self._packing = packing
        self._job = job
        self._known: dict[object, _Blob] = {}
        self._open: list[SharedFile] = []

    def pack(self, image: Image, names: tuple[Reference, ...]) -> _Packed:
        layers = tuple(self._layer(layer) for layer in image.layers)
        config = _document(image.config_json, media.OCI_CONFIG)
        manifest = self._manifest(image, config, layers)
        return _Packed(manifest, config, layers, names)

    def close(self) -> None:
        for file in self._open:
            file.close()

    def _layer(self, layer: Layer) -> _Blob:
        blob = here(layer)
        key = layer.digest or layer.diff_id or (layer.index, id(blob))
        if key not in self._known:
            self._known[key] = self._packed(layer, blob)
        return self._known[key]

    def _packed(self, layer: Layer, blob: RandomAccess) -> _Blob:
        has = packing_of(layer.compression)
        wanted = self._packing or has or "none"
        digest = layer.diff_id if has == "none" else layer.digest
        if has == wanted and digest is not None:
            return _Blob(Descriptor(MEDIA_TYPES[has], digest, blob.size), blob)
        self._job.expect(blob.size)
        with BlobWriter(self._scratch) as writer:
            descriptor = repack(layer, wanted, writer, self._job)
        file = self._scratch.open(descriptor.digest)
        self._open.append(file)
        return _Blob(descriptor, file)

    def _manifest(self, image: Image, config: _Blob, layers: tuple[_Blob, ...]) -> _Blob:
        described = tuple(layer.descriptor for layer in layers)
        known = image.manifest
        if known is not None and image.digest is not None:
            same = tuple(layer.digest for layer in known.layers)
            if same == tuple(layer.digest for layer in described):
                return _document(image.manifest_json, known.media_type)
        manifest = Manifest(
            config.descriptor,
            described,
            annotations=dict(known.annotations) if known is not None else {},
        )
        return _document(manifest.encode(), media.OCI_MANIFEST)


def _document(data: bytes, media_type: str) -> _Blob:
    return _Blob(Descriptor(media_type, Digest.of(data), len(data)), InMemory(data))


# -- archives --------------------------------------------------------------------------------------


def _to_archive(packed: Sequence[_Packed], target: Path, form: Format, job: Job) -> Saved:
    if target.is_dir():
        raise UsageError(f"{target} is a folder", hint="Name a file, or use --format oci")
    with whole_file(target) as out:
        writer = ArchiveWriter(out, source_date_epoch())
        blobs = {blob.descriptor.digest: blob for image in packed for blob in image.blobs}
        job.expect(sum(blob.descriptor.size for blob in blobs.values()))
        for digest in sorted(blobs):
            blob = blobs[digest]
            writer.add(digest.blob_path, blob.descriptor.size, _verified(blob, job))
        documents = {"index.json": ImageIndex(_entries(packed)).encode(), "oci-layout": LAYOUT}
        if form == "docker-archive":
            documents["manifest.json"] = _docker_manifest(packed)
        for name, data in documents.items():
            writer.add(name, len(data), [data])
        writer.finish()
    return Saved(tuple(image.manifest.descriptor for image in packed), writer.size)


def _verified(blob: _Blob, job: Job) -> Iterator[bytes]:
    """The bytes of a blob; raises :class:`explorer.errors.DigestMismatch` behind the last."""
    hasher = blob.descriptor.digest.hasher()
    for chunk in tapped(chunks_of(blob.content), hasher.update):
        job.advance(len(chunk))
        yield chunk
    blob.descriptor.digest.verify_hasher(hasher, "A layer")


def _docker_manifest(packed: Sequence[_Packed]) -> bytes:
    """manifest.json of ``docker save``, for engines that know no layouts."""
    items = [
        {
            "Config": image.config.descriptor.digest.blob_path,
            "RepoTags": [name.familiar for name in image.names] or None,
            "Layers": [layer.descriptor.digest.blob_path for layer in image.layers],
        }
        for image in packed
    ]
    return json.dumps(items, separators=(",", ":")).encode()


def _entries(packed: Sequence[_Packed]) -> tuple[Descriptor, ...]:
    return tuple(entry for image in packed for entry in _entries_of(image))


def _entries_of(image: _Packed) -> Iterator[Descriptor]:
    if not image.names:
        yield image.manifest.descriptor
    for name in image.names:
        names = {CONTAINERD_NAME: str(name), REF_NAME: name.tag or "latest"}
        yield replace(image.manifest.descriptor, annotations=names)


def source_date_epoch() -> int:
    """The time that reproducible outputs carry: ``SOURCE_DATE_EPOCH`` in seconds, or 0.

    Raises :class:`UsageError` where it is no number (reproducible-builds.org, "specification").
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise UsageError(
            "SOURCE_DATE_EPOCH is not a time", why=f"{text[:40]!r} is no number of seconds"
        )
    return int(text)


# -- layouts ---------------------------------------------------------------------------------------


def _to_layout(packed: Sequence[_Packed], target: Path, form: Format, job: Job) -> Saved:
    layout = Layout(target, private=False)
    layout.make()
    written = 0
    for image in packed:
        for blob in image.blobs:
            if not layout.has(blob.descriptor.digest, blob.descriptor.size):
                written += blob.descriptor.size
                with BlobWriter(layout) as writer:
                    for chunk in _verified(blob, job):
                        writer.write(chunk)
                    writer.finish(blob.descriptor.media_type, blob.descriptor.digest)
    entries = _entries(packed)
    names = {entry.annotations.get(CONTAINERD_NAME) for entry in entries} - {None}
    kept = [
        held
        for held in layout.index().manifests
        if held.annotations.get(CONTAINERD_NAME) not in names and held not in entries
    ]
    layout.write_index((*kept, *entries))
    with contextlib.suppress(OSError):
        layout.ingest.rmdir()  # ours alone, and others do not know it
    return Saved(tuple(image.manifest.descriptor for image in packed), written)
