"""Manifests of images and artifacts, and indexes of manifests.

OCI image specification, manifest.md and image-index.md, and Docker's image manifest version 2,
schema 2. What a document is, is decided by its content; one that could be read as two kinds is
refused, as the specification's advisory GHSA-77vh-xpmg-72qh asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.errors import DamagedImage
from explorer.oci import media
from explorer.oci.descriptor import Descriptor
from explorer.oci.digest import Digest
from explorer.oci.document import encode, load_object
from explorer.oci.fields import Fields
from explorer.oci.platform import Platform, best_match

EMPTY_CONTENT: Final = b"{}"
EMPTY_DESCRIPTOR: Final = Descriptor(
    media.OCI_EMPTY, Digest.of(EMPTY_CONTENT), len(EMPTY_CONTENT), data=EMPTY_CONTENT
)
"""Stands where a manifest needs a descriptor and has nothing to point at (manifest.md)."""

_VAGUE: Final = frozenset({"", "application/octet-stream", "application/json"})
_FETCH: Final = "Fetch or export the image again"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One image for one platform, or one artifact.

    ``layers`` are in order, the lowest first. ``problems`` tells in sentences what was malformed
    and passed over; ``raw`` is the document as it was read.
    """

    config: Descriptor
    layers: tuple[Descriptor, ...]
    media_type: str = media.OCI_MANIFEST
    schema_version: int = 2
    subject: Descriptor | None = None
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)
    problems: tuple[str, ...] = field(default=(), compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)

    @property
    def is_image(self) -> bool:
        """Whether it has a filesystem that can run; otherwise it is an artifact.

        The configuration's type decides; where it says nothing, tar layers do. Artifacts made
        before OCI 1.1 claim an image's configuration, and leave it empty.
        """
        if self.config.digest == EMPTY_DESCRIPTOR.digest:
            return False
        if media.is_config(self.config.media_type):
            return not self.is_attestation
        if self.artifact_type or media.essence(self.config.media_type) not in _VAGUE:
            return False
        return bool(self.layers) and all(media.is_layer(layer.media_type) for layer in self.layers)

    @property
    def is_attestation(self) -> bool:
        """Whether it carries statements about an image (provenance, SBOM)."""
        return any(media.is_attestation(layer.media_type) for layer in self.layers)

    @property
    def size(self) -> int:
        """Bytes of the configuration and all layers as they travel, each blob once."""
        blobs = {blob.digest: blob.size for blob in (self.config, *self.layers)}
        return sum(blobs.values())

    def to_json(self) -> dict[str, Any]:
        """As it is written; fields this class does not know are kept."""
        document: dict[str, Any] = {
            "schemaVersion": self.schema_version,
            "mediaType": self.media_type,
            "artifactType": self.artifact_type,
            "config": self.config.to_json(),
            "layers": [layer.to_json() for layer in self.layers],
            "subject": self.subject.to_json() if self.subject is not None else None,
            "annotations": dict(self.annotations),
        }
        return _finish(document, self.raw, ("artifactType", "subject", "annotations"))

    def encode(self) -> bytes:
        """Compact JSON, ready to be stored; its digest names the image."""
        return encode(self.to_json())


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """A list of manifests: one image for several platforms, or everything in a layout."""

    manifests: tuple[Descriptor, ...]
    media_type: str = media.OCI_INDEX
    schema_version: int = 2
    subject: Descriptor | None = None
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)
    problems: tuple[str, ...] = field(default=(), compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)

    @property
    def images(self) -> tuple[Descriptor, ...]:
        """The manifests that are not attestations, in order."""
        return tuple(entry for entry in self.manifests if not entry.is_attestation)

    def attestations_of(self, digest: Digest) -> tuple[Descriptor, ...]:
        """The attestation manifests that BuildKit put beside the image of this digest."""
        key = media.ATTESTATION_SUBJECT_ANNOTATION
        return tuple(
            entry
            for entry in self.manifests
            if entry.is_attestation and entry.annotations.get(key) == str(digest)
        )

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms of the images, those that name one."""
        return tuple(entry.platform for entry in self.images if entry.platform is not None)

    def select(self, wanted: Platform) -> Descriptor | None:
        """The image that serves a platform best (see :func:`best_match`), or ``None``."""
        images = self.images
        index = best_match([entry.platform for entry in images], wanted)
        return None if index is None else images[index]

    def to_json(self) -> dict[str, Any]:
        """As it is written; fields this class does not know are kept."""
        document: dict[str, Any] = {
            "schemaVersion": self.schema_version,
            "mediaType": self.media_type,
            "artifactType": self.artifact_type,
            "manifests": [entry.to_json() for entry in self.manifests],
            "subject": self.subject.to_json() if self.subject is not None else None,
            "annotations": dict(self.annotations),
        }
        return _finish(document, self.raw, ("artifactType", "subject", "annotations"))

    def encode(self) -> bytes:
        """Compact JSON, ready to be stored."""
        return encode(self.to_json())


def parse_manifest(data: bytes, media_type: str = "") -> Manifest | ImageIndex:
    """Read a manifest or an index.

    ``media_type`` is what the descriptor (or the registry) called it; it is used where the
    document itself names no type.

    Raises:
        DamagedImage: it is neither, could be both, or a required part is malformed.
        LimitExceeded: see :func:`explorer.oci.document.load`.
    """
    fields = Fields(load_object(data, "manifest"))
    declared = media.essence(fields.text("mediaType") or media_type)
    _refuse_schema1(fields, declared)
    if "rootfs" in fields.raw:
        raise DamagedImage(
            "This is an image configuration, not a manifest",
            why="it has a rootfs, which only configurations have",
            hint="Point at the manifest that refers to it",
        )
    has_index = bool(fields.raw.get("manifests"))
    has_image = any(fields.raw.get(key) for key in ("config", "layers", "blobs"))
    if has_index and has_image:
        raise DamagedImage(
            "The manifest is ambiguous",
            why="it can be read both as an image and as an index of images",
            hint="Do not trust it: two programs would see two different images",
        )
    if media.is_index(declared) or (not media.is_manifest(declared) and "manifests" in fields.raw):
        if has_image:
            raise _contradiction("an index", "an image")
        return _index(fields, declared)
    if has_index:
        raise _contradiction("an image", "an index")
    if not has_image:
        raise DamagedImage(
            "The manifest describes no image",
            why="it has neither a configuration nor a list of manifests",
            hint="Check that this is a container image, and fetch it again",
        )
    return _manifest(fields, declared)


def _manifest(fields: Fields, declared: str) -> Manifest:
    key = "blobs" if "blobs" in fields.raw and "layers" not in fields.raw else "layers"
    config = fields.child("config")
    if config is None and declared != media.OCI_ARTIFACT:
        raise DamagedImage(
            "The manifest has no configuration",
            why="an image has to refer to one",
            hint=_FETCH,
        )
    return Manifest(
        config=EMPTY_DESCRIPTOR if config is None else Descriptor.from_fields(config),
        layers=_layers(fields, key),
        media_type=declared or media.OCI_MANIFEST,
        schema_version=_schema_version(fields),
        subject=_subject(fields),
        artifact_type=fields.text("artifactType"),
        annotations=fields.text_map("annotations"),
        problems=tuple(fields.problems),
        raw=fields.raw,
    )


def _layers(fields: Fields, key: str) -> tuple[Descriptor, ...]:
    # A layer that is left out would change the image, so nothing is passed over here.
    values = fields.raw.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise DamagedImage(f"{fields.path(key)} is not a list of descriptors", hint=_FETCH)
    return tuple(map(Descriptor.from_fields, fields.objects(key)))


def _index(fields: Fields, declared: str) -> ImageIndex:
    if not isinstance(fields.raw.get("manifests") or [], list):
        raise DamagedImage("The list of manifests in the index is not a list", hint=_FETCH)
    manifests = []
    for entry in fields.objects("manifests"):
        try:
            manifests.append(Descriptor.from_fields(entry))
        except DamagedImage as error:
            fields.note(f"{entry.where}: {error.what}; ignored")
    return ImageIndex(
        manifests=tuple(manifests),
        media_type=declared or media.OCI_INDEX,
        schema_version=_schema_version(fields),
        subject=_subject(fields),
        artifact_type=fields.text("artifactType"),
        annotations=fields.text_map("annotations"),
        problems=tuple(fields.problems),
        raw=fields.raw,
    )


def _subject(fields: Fields) -> Descriptor | None:
    subject = fields.child("subject")
    if subject is None:
        return None
    try:
        return Descriptor.from_fields(subject)
    except DamagedImage as error:
        fields.note(f"subject: {error.what}; ignored")
        return None


def _schema_version(fields: Fields) -> int:
    version = fields.integer("schemaVersion")
    if version is None:
        fields.note("schemaVersion is absent; taken as 2")
        return 2
    if version != 2:
        fields.note(f"schemaVersion is {version}, not 2")
    return version


def _refuse_schema1(fields: Fields, declared: str) -> None:
    if media.is_schema1(declared) or "fsLayers" in fields.raw:
        raise DamagedImage(
            "This is a Docker image manifest of version 2, schema 1, which is not supported",
            why="the format has been retired since 2016 and cannot be verified layer by layer",
            hint="Pull and push the image again with a current Docker or skopeo to convert it",
        )


def _contradiction(says: str, contains: str) -> DamagedImage:
    return DamagedImage(
        "The manifest contradicts itself",
        why=f"its media type says {says}, and its content is that of {contains}",
        hint="Do not trust it: two programs would see two different images",
    )


def _finish(
    document: dict[str, Any], raw: Mapping[str, Any], optional: tuple[str, ...]
) -> dict[str, Any]:
    """Drop what is not set, then add the fields nobody here knows."""
    extra = {key: value for key, value in raw.items() if key not in document}
    kept = {key: value for key, value in document.items() if value or key not in optional}
    return {**kept, **extra}
