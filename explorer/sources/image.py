"""An image as a source gives it: documents read, layers located, nothing decompressed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from explorer.blobs.access import RandomAccess
from explorer.blobs.compression import Compression
from explorer.filesystem.index import LayerIndex
from explorer.oci import Digest, ImageConfig, Manifest, Platform
from explorer.sources.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of an image, lowest first.

    ``digest`` names the blob as it is stored, ``diff_id`` its plain tar; either can be unknown.
    ``stored`` is the blob's length in bytes. ``blob`` is None where the content is not here, and
    ``absence`` says why. ``known_index`` is set where recognising the image needed it already.
    """

    index: int
    digest: Digest | None
    diff_id: Digest | None
    chain_id: Digest | None
    media_type: str
    compression: Compression
    stored: int
    blob: RandomAccess | None = field(repr=False, compare=False)
    absence: str = ""
    is_tar: bool = True
    known_index: LayerIndex | None = field(default=None, repr=False, compare=False)

    @property
    def missing(self) -> bool:
        """Whether the content is not here."""
        return self.blob is None


@dataclass(frozen=True, slots=True)
class Image:
    """One image for one platform.

    ``names`` are the references the source gives it; ``digest`` that of its manifest (None in
    archives that have none), ``image_id`` that of its configuration. ``platforms`` are all under
    the same name. ``warnings`` say in sentences what is unusual, ``damage`` what is wrong with the
    archive as a whole. ``traffic`` counts what an image in a registry costs to look into.
    """

    transport: str
    location: str
    names: tuple[str, ...]
    digest: Digest | None
    image_id: Digest
    media_type: str
    manifest: Manifest | None
    manifest_json: bytes
    config: ImageConfig
    config_json: bytes
    layers: tuple[Layer, ...]
    platform: Platform
    platforms: tuple[Platform, ...] = ()
    warnings: tuple[str, ...] = ()
    damage: str = ""
    traffic: Traffic | None = field(default=None, repr=False, compare=False)

    @property
    def reference(self) -> str:
        """How to name it to open it again."""
        name = self.names[0] if self.names else ""
        if self.transport == "docker":
            return f"docker://{name}"
        return ":".join(part for part in (self.transport, self.location, name) if part)

    @property
    def title(self) -> str:
        """A short name for a tab: its first name, else the file's."""
        return self.names[0] if self.names else self.location.rstrip("/\\").rpartition("/")[2]

    @property
    def stored(self) -> int:
        """Bytes of all layers as they are stored, a repeated layer once."""
        blobs = {
            layer.digest or layer.diff_id or layer.index: layer.stored for layer in self.layers
        }
        return sum(blobs.values())


class Kind(StrEnum):
    """What a source offers under one descriptor."""

    IMAGE = "image"
    ARTIFACT = "artifact"
    ATTESTATION = "attestation"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a source holds that can be opened.

    ``group`` is the same for all platforms of one image.
    """

    kind: Kind
    names: tuple[str, ...]
    digest: Digest | None
    group: str
    platform: Platform | None
    media_type: str
    load: Callable[[], Image] = field(repr=False, compare=False)

    @property
    def mark(self) -> str:
        """What a list says behind its name: nothing for an image."""
        return "" if self.kind is Kind.IMAGE else f" [{self.kind}]"


class ImageSource(Protocol):
    """A place that holds images: an archive, a layout, a registry, an engine."""

    @property
    def transport(self) -> str:
        """As in containers-transports(5), e.g. ``oci-archive``."""

    @property
    def location(self) -> str:
        """The path, or the host and repository."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is unusual about the place itself."""

    @property
    def damage(self) -> str:
        """What is wrong with the place as a whole, a sentence; empty if nothing is."""

    def candidates(self) -> tuple[Candidate, ...]:
        """Everything it holds, in its order."""
