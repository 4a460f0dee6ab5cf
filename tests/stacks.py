"""Random stacks of layers as opened images, without a file in between."""

from __future__ import annotations

import gzip

from explorer.analysis.opened import OpenImage
from explorer.blobs.access import InMemory
from explorer.blobs.compression import Compression
from explorer.oci import Digest, ImageConfig, Platform
from explorer.sources.image import Image, Layer
from explorer.sources.reading import index_layer
from explorer.store.cache import Caches
from tests.factory import reference, tar_bytes


def open_stack(layers: reference.Stack, *, compressed: bool = False) -> OpenImage:
    """An image of these layers, lowest first."""
    caches = Caches.at()
    blobs = [_blob(tar_bytes(entries), compressed) for entries in layers]
    compression: Compression = "gzip" if compressed else "none"
    parts = tuple(
        Layer(number, None, None, None, "", compression, blob.size, blob)
        for number, blob in enumerate(blobs)
    )
    image = Image(
        transport="oci-archive",
        location="made.tar",
        names=(),
        digest=None,
        image_id=Digest.of(b"{}"),
        media_type="",
        manifest=None,
        manifest_json=b"",
        config=ImageConfig.parse(b"{}"),
        config_json=b"{}",
        layers=parts,
        platform=Platform("linux", "amd64"),
    )
    return OpenImage(image, [index_layer(layer, caches) for layer in parts], caches)


def _blob(tar: bytes, compressed: bool) -> InMemory:
    return InMemory(gzip.compress(tar, 1, mtime=0) if compressed else tar)
