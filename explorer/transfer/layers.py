"""Layers on the move: verified, and compressed otherwise where that is asked for."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from isal import isal_zlib

from explorer.blobs.access import RandomAccess, chunks_of
from explorer.blobs.compression import Compression, plain_chunks
from explorer.errors import NotFound
from explorer.oci import Descriptor, Digest, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.store.images import Ingest
from explorer.store.images.ingest import BlobWriter

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Packing = Literal["none", "gzip", "zstd"]
"""How a layer can be stored: the forms of the OCI image specification, layer.md."""

MEDIA_TYPES: dict[str, str] = {
    "none": media.OCI_LAYER,
    "gzip": media.OCI_LAYER_GZIP,
    "zstd": media.OCI_LAYER_ZSTD,
}
_GZIP_LEVEL, _ZSTD_LEVEL = (
    2,
    3,
)  # ISA-L's second of three: a tenth larger than zlib's, tenfold speed
_HASH = Digest.of(b"")


@dataclass(frozen=True, slots=True)
class Brought:
    """A layer that arrived: the bytes that were written, or that were there."""

    descriptor: Descriptor
    moved: int
    spared: int


def bring_layer(layer: Layer, ingest: Ingest, job: Job) -> Brought:
    """Bring a layer in as it is stored, its DiffID checked.

    What no image may hold (xz, bzip2) is stored plain. Raises :class:`NotFound` for a layer that
    is not here, :class:`explorer.errors.DigestMismatch`, :class:`explorer.errors.DamagedImage`.
    """
    blob = here(layer)
    if layer.compression not in MEDIA_TYPES:
        descriptor = _plain(layer, blob, ingest, job)
        return Brought(descriptor, descriptor.size, 0)
    media_type = MEDIA_TYPES[layer.compression]
    digest = layer.diff_id if layer.compression == "none" else layer.digest
    if digest is not None:
        known = Descriptor(media_type, digest, layer.stored)
        if ingest.has(known):
            return Brought(known, 0, known.size)
    job.expect(layer.stored)
    if layer.compression == "none":
        expected = Descriptor(media_type, layer.diff_id, blob.size) if layer.diff_id else None
        descriptor = ingest.stream(chunks_of(blob), media_type, expected=expected, job=job)
        return Brought(descriptor, descriptor.size, 0)
    with ingest.writer() as writer:
        hasher = _HASH.hasher()
        for chunk in plain_chunks(blob, layer.compression, job, tap=writer.write):
            hasher.update(chunk)
        if layer.diff_id is not None:
            layer.diff_id.verify_hasher(hasher, f"Layer {layer.index}")
        descriptor = writer.finish(media_type, layer.digest)
    return Brought(descriptor, descriptor.size, 0)


def _plain(layer: Layer, blob: RandomAccess, ingest: Ingest, job: Job) -> Descriptor:
    job.expect(layer.stored)
    with ingest.writer() as writer:
        for chunk in plain_chunks(blob, layer.compression, job):
            writer.write(chunk)
        return writer.finish(media.OCI_LAYER, layer.diff_id)


def here(layer: Layer) -> RandomAccess:
    """The bytes of a layer; raises :class:`NotFound` where they are not here."""
    if layer.blob is None:
        raise NotFound(
            f"Layer {layer.index} is not here",
            why=layer.absence,
            hint="Save or copy the image again, with all its layers",
        )
    return layer.blob


def repack(layer: Layer, packing: Packing, writer: BlobWriter, job: Job) -> Descriptor:
    """Store a layer otherwise than it is: the same tar, so the same DiffID, which is checked.

    The same tar always gives the same bytes. Raises as :func:`bring_layer`.
    """
    hasher = _HASH.hasher()
    plain = tapped(plain_chunks(here(layer), layer.compression, job), hasher.update)
    for chunk in packed(plain, packing):
        writer.write(chunk)
    if layer.diff_id is not None:
        layer.diff_id.verify_hasher(hasher, f"Layer {layer.index}")
    return writer.finish(MEDIA_TYPES[packing])


def tapped(chunks: Iterable[bytes], tap: Callable[[bytes], object]) -> Iterator[bytes]:
    """A stream that something else sees go by."""
    for chunk in chunks:
        tap(chunk)
        yield chunk


def packed(plain: Iterable[bytes], packing: Packing) -> Iterator[bytes]:
    """A stream compressed; gzip without a name and a time, as every builder writes it."""
    if packing == "none":
        yield from plain
        return
    compressor = (
        isal_zlib.compressobj(level=_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
        if packing == "gzip"
        else zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    )
    for chunk in plain:
        out = compressor.compress(chunk)
        if out:
            yield out
    yield compressor.flush()


def packing_of(compression: Compression) -> Packing | None:
    """The packing a layer has already; None for one that no image may hold."""
    return compression if compression in ("none", "gzip", "zstd") else None
