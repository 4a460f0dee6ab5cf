"""What a row of the table tells of an image, wherever that is. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from explorer.oci import Digest
from explorer.store.images import StoredImage
from explorer.transfer.browsing import Look
from explorer.ui import text


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Size in bytes; ``problem`` says why something is not known."""

    digest: Digest | None = None
    size: int | None = None
    created: datetime | None = None
    platforms: tuple[str, ...] = ()
    kind: str = ""
    problem: str = ""

    @classmethod
    def of_look(cls, look: Look) -> RowFacts:
        """What was read of a tag."""
        part = look.part
        return cls(
            look.descriptor.digest,
            look.size,
            look.created,
            tuple(map(str, look.platforms)),
            part.kind if part is not None and look.index is None else "",
            part.problem if part is not None else "the index names no image",
        )

    @classmethod
    def of_stored(cls, image: StoredImage) -> RowFacts:
        """What the local store tells of an image."""
        return cls(
            image.digest,
            image.size,
            image.created,
            tuple(map(str, image.platforms)),
            "",
            image.problem,
        )

    @property
    def is_whole(self) -> bool:
        """Whether more than the digest was read."""
        return self.size is not None or bool(self.problem) or bool(self.kind)

    @property
    def platform_words(self) -> str:
        """Its platforms in few words; the kind of what is no image."""
        if self.kind:
            return artifact_words(self.kind)
        shown = ", ".join(self.platforms[:2])
        more = len(self.platforms) - 2
        return f"{shown} +{more}" if more > 0 else shown


def artifact_words(kind: str) -> str:
    """A media type as people call it."""
    known = {
        "application/vnd.dev.cosign": "Cosign signature",
        "application/vnd.cncf.notary": "Notation signature",
        "application/vnd.in-toto": "attestation",
        "application/vnd.dev.sigstore": "Sigstore bundle",
        "application/spdx": "SBOM (SPDX)",
        "text/spdx": "SBOM (SPDX)",
        "application/vnd.cyclonedx": "SBOM (CycloneDX)",
        "application/vnd.cncf.helm": "Helm chart",
        "application/vnd.docker.attestation": "attestation",
    }
    for start, words in known.items():
        if kind.startswith(start):
            return words
    return kind.removeprefix("application/vnd.").removeprefix("application/") or "artifact"


def counted_artifacts(kinds: list[str]) -> str:
    """How many there are of each kind: ``2 signatures, 1 SBOM (SPDX)``."""
    words = [artifact_words(kind) for kind in kinds]
    parts = [text.plural(words.count(word), word) for word in dict.fromkeys(words)]
    return ", ".join(parts)
