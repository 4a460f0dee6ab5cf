"""Descriptors: how one piece of content refers to another.

OCI image specification, descriptor.md.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.errors import DamagedImage
from explorer.oci import media
from explorer.oci.annotations import CONTAINERD_NAME, REF_NAME
from explorer.oci.digest import Digest
from explorer.oci.fields import Fields
from explorer.oci.platform import Platform

_KNOWN: Final = frozenset(
    {"mediaType", "digest", "size", "urls", "annotations", "platform", "artifactType", "data"}
)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a blob is, its digest and its size in bytes; ``raw`` is the object as it was read."""

    media_type: str
    digest: Digest
    size: int
    urls: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)
    platform: Platform | None = None
    artifact_type: str = ""
    data: bytes | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)

    @classmethod
    def from_fields(cls, fields: Fields) -> Descriptor:
        """Read a descriptor; optional fields of a wrong type are noted in ``fields.problems``.

        Raises:
            DamagedImage: the digest or the size is absent or malformed.
        """
        media_type = fields.text("mediaType")
        if not media_type:
            fields.note(f"{fields.path('mediaType')} is absent")
        platform = fields.child("platform")
        return cls(
            media_type=media_type,
            digest=_digest(fields),
            size=_size(fields),
            urls=fields.texts("urls") or (),
            annotations=fields.text_map("annotations"),
            platform=Platform.from_fields(platform) if platform is not None else None,
            artifact_type=fields.text("artifactType"),
            data=_data(fields),
            raw=fields.raw,
        )

    @property
    def is_attestation(self) -> bool:
        """Whether an index lists it as statements about another image, not as an image."""
        return (
            self.annotations.get(media.ATTESTATION_ANNOTATION) == "attestation-manifest"
            or media.is_attestation(self.artifact_type)
            or media.is_attestation(self.media_type)
        )

    @property
    def ref_name(self) -> str:
        """The tag or reference an archive or layout gives it, or ``""``."""
        return self.annotations.get(CONTAINERD_NAME) or self.annotations.get(REF_NAME, "")

    def to_json(self) -> dict[str, Any]:
        """As it is written; fields this class does not know are kept."""
        document: dict[str, Any] = {
            "mediaType": self.media_type,
            "digest": str(self.digest),
            "size": self.size,
        }
        optional = {
            "urls": list(self.urls),
            "annotations": dict(self.annotations),
            "data": base64.b64encode(self.data).decode() if self.data is not None else None,
            "platform": self.platform.to_json() if self.platform is not None else None,
            "artifactType": self.artifact_type,
        }
        document.update((key, value) for key, value in optional.items() if value)
        document.update((key, value) for key, value in self.raw.items() if key not in _KNOWN)
        return document

    def __str__(self) -> str:
        return f"{self.media_type or 'unknown type'} {self.digest} ({self.size} bytes)"


def _digest(fields: Fields) -> Digest:
    text = fields.raw.get("digest")
    if not isinstance(text, str) or not text:
        raise _bad(fields, "digest", "every reference to content has to name its digest")
    return Digest.parse(text)


def _size(fields: Fields) -> int:
    size = fields.integer("size")
    if size is None:
        raise _bad(fields, "size", "every reference to content has to name its size in bytes")
    if size < 0:
        raise DamagedImage(
            f"{fields.path('size')} is negative",
            why=f"content cannot have {size} bytes",
            hint="Fetch or export the image again",
        )
    return size


def _data(fields: Fields) -> bytes | None:
    text = fields.text("data")
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        fields.note(f"{fields.path('data')} is not base64; ignored")
        return None


def _bad(fields: Fields, key: str, why: str) -> DamagedImage:
    return DamagedImage(
        f"{fields.path(key)} is absent or of the wrong type",
        why=why,
        hint="Fetch or export the image again",
    )
