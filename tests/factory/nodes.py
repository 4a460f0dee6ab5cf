"""What an image layout can hold: images, indexes, artifacts.

Each is a manifest with the blobs it refers to; `Node` is what they have in
common.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tests.factory.layers import Media
from tests.factory.toc import sha256, to_json

INDEX_TYPES: Final[Mapping[Media, str]] = {
    "oci": "application/vnd.oci.image.index.v1+json",
    "docker": "application/vnd.docker.distribution.manifest.list.v2+json",
}
MANIFEST_TYPES: Final[Mapping[Media, str]] = {
    "oci": "application/vnd.oci.image.manifest.v1+json",
    "docker": "application/vnd.docker.distribution.manifest.v2+json",
}
EMPTY_TYPE: Final = "application/vnd.oci.empty.v1+json"
EMPTY: Final = b"{}"


class Node(Protocol):
    """A manifest of any kind, with everything it refers to."""

    @property
    def manifest(self) -> bytes:
        """The manifest itself."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """The references that name it."""
        ...

    def descriptor(self) -> dict[str, Any]:
        """What an index says of it."""
        ...

    def blobs(self) -> dict[str, bytes]:
        """Every blob by digest: itself and all below it."""
        ...


@dataclass(frozen=True, slots=True)
class Index:
    """An image index; its members may be indexes again."""

    members: tuple[Node, ...]
    tags: tuple[str, ...] = ()
    media: Media = "oci"
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> bytes:
        """The index as JSON."""
        document: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": INDEX_TYPES[self.media],
            "manifests": [member.descriptor() for member in self.members],
        }
        if self.annotations:
            document["annotations"] = dict(self.annotations)
        return to_json(document)

    @property
    def digest(self) -> str:
        """The digest of the index."""
        return sha256(self.manifest)

    def descriptor(self) -> dict[str, Any]:
        """What a layout or an outer index says of it."""
        manifest = self.manifest
        return {
            "mediaType": INDEX_TYPES[self.media],
            "digest": sha256(manifest),
            "size": len(manifest),
        }

    def blobs(self) -> dict[str, bytes]:
        """The index, and the blobs of its members."""
        found = {self.digest: self.manifest}
        for member in self.members:
            found |= member.blobs()
        return found


def index(
    *members: Node,
    tags: Sequence[str] = (),
    media: Media = "oci",
    annotations: Mapping[str, str] | None = None,
) -> Index:
    """An index of ``members`` in their order."""
    return Index(members, tuple(tags), media, annotations or {})


@dataclass(frozen=True, slots=True)
class Artifact:
    """A manifest whose "layers" are not tars: a signature, an SBOM, a chart."""

    manifest: bytes
    content: Mapping[str, bytes]
    tags: tuple[str, ...] = ()
    place: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest of the manifest."""
        return sha256(self.manifest)

    def descriptor(self) -> dict[str, Any]:
        """What an index says of it; ``place`` adds platform and annotations."""
        return {
            "mediaType": MANIFEST_TYPES["oci"],
            "digest": self.digest,
            "size": len(self.manifest),
            **self.place,
        }

    def blobs(self) -> dict[str, bytes]:
        """The manifest, its config and its contents."""
        return {self.digest: self.manifest, **self.content}


def artifact(
    artifact_type: str,
    *contents: tuple[str, bytes],
    subject: Node | None = None,
    tags: Sequence[str] = (),
    place: Mapping[str, Any] | None = None,
) -> Artifact:
    """An artifact of ``contents`` (media type, bytes), about ``subject`` if given."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPES["oci"],
        "artifactType": artifact_type,
        "config": _descriptor(EMPTY_TYPE, EMPTY),
        "layers": [_descriptor(kind, data) for kind, data in contents],
    }
    if subject is not None:
        described = subject.descriptor()
        document["subject"] = {key: described[key] for key in ("mediaType", "digest", "size")}
    content = {sha256(data): data for _, data in contents} | {sha256(EMPTY): EMPTY}
    return Artifact(to_json(document), content, tuple(tags), place or {})


def attestation(image: Node, predicate: bytes = b'{"predicateType":"none"}') -> Artifact:
    """What BuildKit puts beside an image: platform ``unknown/unknown``, an in-toto "layer"."""
    place = {
        "platform": {"architecture": "unknown", "os": "unknown"},
        "annotations": {
            "vnd.docker.reference.digest": image.descriptor()["digest"],
            "vnd.docker.reference.type": "attestation-manifest",
        },
    }
    statement = ("application/vnd.in-toto+json", predicate)
    return artifact("application/vnd.docker.attestation.manifest.v1+json", statement, place=place)


def _descriptor(media_type: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data)}
