"""A bare root filesystem tar, opened as a one-layer image, as ``docker import`` would take it."""

from __future__ import annotations

from functools import partial

from explorer.blobs.access import RandomAccess
from explorer.blobs.compression import Compression
from explorer.filesystem.index import LayerIndex
from explorer.oci import Digest, ImageConfig, Platform, media
from explorer.sources.image import Candidate, Image, Kind, Layer

_WARNING = "this tar holds no image manifest: it is shown as a root filesystem (docker import)"


class RootFilesystem:
    """One tar, one image."""

    transport = "rootfs"

    def __init__(
        self,
        location: str,
        blob: RandomAccess,
        compression: Compression,
        index: LayerIndex | None = None,
    ) -> None:
        self.location = location
        self.damage = ""  # its only layer tells
        self.warnings = (_WARNING,)
        self._blob = blob
        self._compression = compression
        self._index = index

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`."""
        return (
            Candidate(
                kind=Kind.IMAGE,
                names=(),
                digest=None,
                group=self.location,
                platform=None,
                media_type="",
                load=partial(self._image),
            ),
        )

    def _image(self) -> Image:
        layer = Layer(
            index=0,
            digest=None,
            diff_id=None,
            chain_id=None,
            media_type=media.OCI_LAYER_GZIP if self._compression == "gzip" else media.OCI_LAYER,
            compression=self._compression,
            stored=self._blob.size,
            blob=self._blob,
            known_index=self._index,
        )
        config = b"{}"
        return Image(
            transport=self.transport,
            location=self.location,
            names=(),
            digest=None,
            image_id=Digest.of(config),
            media_type="",
            manifest=None,
            manifest_json=b"",
            config=ImageConfig.parse(config),
            config_json=config,
            layers=(layer,),
            platform=Platform("", ""),
        )
