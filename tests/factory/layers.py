"""A layer: the tar, the blob it travels as, and what a manifest says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

from tests.factory.compression import Compression, compress
from tests.factory.entry import Part, tar_bytes
from tests.factory.estargz import estargz
from tests.factory.toc import sha256
from tests.factory.zstd_chunked import zstd_chunked

Media = Literal["oci", "docker"]
"""Whose media types a manifest uses."""

LayerCompression = Compression | Literal["estargz", "zstd-chunked"]
"""How a layer's blob is made from its tar."""

OCI_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
DOCKER_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar"


@dataclass(frozen=True, slots=True)
class Layer:
    """``tar`` is what the layer means, ``blob`` what is stored; both in bytes.

    ``urls`` make it a foreign layer. ``type`` overrides the media type.
    """

    tar: bytes
    blob: bytes
    compression: LayerCompression = "none"
    annotations: Mapping[str, str] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    type: str | None = None
    parts: tuple[Part, ...] = ()

    @property
    def diff_id(self) -> str:
        """The digest of the uncompressed tar."""
        return sha256(self.tar)

    @property
    def digest(self) -> str:
        """The digest of the blob."""
        return sha256(self.blob)

    def media_type(self, media: Media = "oci") -> str:
        """The media type of the blob."""
        if self.type is not None:
            return self.type
        suffix = _suffix(self.compression)
        if media == "oci":
            stem = OCI_LAYER.replace("v1.", "nondistributable.v1.") if self.urls else OCI_LAYER
            return stem + ("+" + suffix if suffix else "")
        stem = DOCKER_LAYER.replace("rootfs.", "rootfs.foreign.") if self.urls else DOCKER_LAYER
        return stem + ("." + suffix if suffix else "")

    def descriptor(self, media: Media = "oci") -> dict[str, Any]:
        """The descriptor a manifest holds (image-spec, descriptor.md)."""
        found: dict[str, Any] = {
            "mediaType": self.media_type(media),
            "digest": self.digest,
            "size": len(self.blob),
        }
        if self.annotations:
            found["annotations"] = dict(self.annotations)
        if self.urls:
            found["urls"] = list(self.urls)
        return found

    def uncompressed(self) -> "Layer":
        """The same tar, stored as it is."""
        return replace(self, blob=self.tar, compression="none", annotations={})

    def recompressed(self, compression: LayerCompression) -> "Layer":
        """The same entries, stored another way."""
        if compression == "estargz" or compression == "zstd-chunked":
            return layer(*self.parts, compression=compression, urls=self.urls, media_type=self.type)
        return replace(self, blob=compress(self.tar, compression), compression=compression)

    def with_blob(self, blob: bytes) -> Self:
        """The same tar with other stored bytes: for layers that are not what they say."""
        return replace(self, blob=blob)


def layer(
    *parts: Part,
    compression: LayerCompression = "gzip",
    end: bool = True,
    urls: Sequence[str] = (),
    media_type: str | None = None,
) -> Layer:
    """A layer of ``parts`` in their order; ``end`` writes the end-of-archive marker."""
    rest: dict[str, Any] = {"urls": tuple(urls), "type": media_type, "parts": parts}
    if compression == "estargz":
        blob, tar, annotations = estargz(parts)
    elif compression == "zstd-chunked":
        blob, tar, annotations = zstd_chunked(parts)
    else:
        tar = tar_bytes(parts, end=end)
        blob, annotations = compress(tar, compression), {}
    return Layer(tar, blob, compression, annotations, **rest)


def layer_from_tar(
    tar: bytes, compression: Compression = "gzip", *, media_type: str | None = None
) -> Layer:
    """A layer of bytes made elsewhere, such as a case of `tests.factory.hostile`."""
    return Layer(tar, compress(tar, compression), compression, type=media_type)


def _suffix(compression: LayerCompression) -> str:
    if compression in ("gzip", "gzip-members", "estargz"):
        return "gzip"
    if compression in ("zstd", "zstd-frames", "zstd-chunked"):
        return "zstd"
    return "" if compression == "none" else compression
