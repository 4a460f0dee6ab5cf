"""What a document is, by the types that its manifest gives."""

from __future__ import annotations

import re
from typing import Final

from explorer.analysis.attestations.values import Kind

SIMPLE_SIGNING: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
NOTATION: Final = "application/vnd.cncf.notary.signature"
DSSE: Final = "application/vnd.dsse.envelope.v1+json"
BUNDLE: Final = "application/vnd.dev.sigstore.bundle"
PREDICATE_ANNOTATIONS: Final = (
    "in-toto.io/predicate-type",
    "predicateType",
    "dev.sigstore.bundle.predicateType",
)
_PREDICATES: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("slsa.dev/provenance", Kind.PROVENANCE, "SLSA provenance"),
    ("spdx.dev/", Kind.SBOM, "SPDX SBOM"),
    ("cyclonedx.org/", Kind.SBOM, "CycloneDX SBOM"),
    ("sigstore.dev/cosign/sign", Kind.SIGNATURE, "cosign signature"),
    ("openvex.dev/", Kind.STATEMENT, "OpenVEX statement"),
    ("attestation/vuln", Kind.STATEMENT, "vulnerability scan"),
    ("slsa.dev/verification_summary", Kind.STATEMENT, "SLSA verification summary"),
    ("in-toto.io/attestation/test-result", Kind.STATEMENT, "test results"),
)
_TYPES: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("simplesigning", Kind.SIGNATURE, "cosign signature"),
    ("cncf.notary.signature", Kind.SIGNATURE, "Notation signature"),
    ("dev.sigstore.bundle", Kind.SIGNATURE, "Sigstore bundle"),
    ("spdx", Kind.SBOM, "SPDX SBOM"),
    ("cyclonedx", Kind.SBOM, "CycloneDX SBOM"),
    ("vnd.syft", Kind.SBOM, "Syft SBOM"),
    ("dsse.envelope", Kind.STATEMENT, "signed statement"),
    ("in-toto", Kind.STATEMENT, "in-toto statement"),
)
_VERSION: Final = re.compile(r"/v(\d+(?:\.\d+)*)$")


def kind_of(predicate_type: str, media_type: str, artifact_type: str) -> tuple[Kind, str]:
    """What a document is, and a title for it; the most telling type decides."""
    for part, kind, title in _PREDICATES:
        if part in predicate_type:
            version = _VERSION.search(predicate_type)
            return kind, f"{title} {version[1]}" if version else title
    for given in (media_type, artifact_type):
        for part, kind, title in _TYPES:
            if part in given.lower():
                return kind, _with_predicate(title, predicate_type)
    said = artifact_type or media_type
    return (Kind.STATEMENT if predicate_type else Kind.ARTIFACT), predicate_type or said or "?"


def _with_predicate(title: str, predicate_type: str) -> str:
    said = predicate_type.rstrip("/").removeprefix("https://")
    return f"{title} ({said[:80]})" if said else title
