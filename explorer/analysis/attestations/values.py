"""What people attach to images: statements about how they were made, what is in them, signatures.

Nothing here is verified: a statement is what somebody wrote, and a signature is shown, not checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from explorer.oci import Descriptor, Digest, Platform


class Kind(StrEnum):
    """What a document is for."""

    PROVENANCE = "provenance"
    SBOM = "sbom"
    SIGNATURE = "signature"
    STATEMENT = "statement"
    """Any other in-toto statement: a scan, a VEX document, a test report."""
    ARTIFACT = "artifact"


class Place(StrEnum):
    """How a document is attached."""

    INDEX = "index"
    """Beside the image in its index, as BuildKit does."""
    REFERRER = "referrer"
    """By its ``subject`` (OCI 1.1)."""
    TAG = "tag"
    """By a tag made of the image's digest, as cosign does."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One document that speaks of an image.

    ``title`` says in words what it is. ``subject`` is the manifest or index it is attached to,
    ``platform`` that manifest's. ``manifest`` carries the document, ``blob`` is the document
    itself: None where the manifest alone is all there is. ``annotations`` are those of both.
    """

    kind: Kind
    title: str
    place: Place
    subject: Digest
    platform: Platform | None
    manifest: Descriptor
    blob: Descriptor | None
    artifact_type: str = ""
    predicate_type: str = ""
    tag: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def digest(self) -> Digest:
        """What names it: the document's digest, else its manifest's."""
        return self.blob.digest if self.blob is not None else self.manifest.digest

    @property
    def size(self) -> int:
        """Bytes of the document."""
        return self.blob.size if self.blob is not None else self.manifest.size


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement speaks of: a name, and digests by their algorithm."""

    name: str
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """An in-toto statement; ``predicate`` is its content as it was written."""

    predicate_type: str
    subjects: tuple[Subject, ...]
    predicate: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Material:
    """Something a build used: an image, a repository, a file."""

    uri: str
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Dockerfile, or the like, that a build recorded."""

    name: str
    language: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an image was made, as SLSA provenance 0.2 or 1 tells it; empty where it does not.

    ``arguments`` are build arguments, ``parameters`` everything else the build was asked for.
    ``source`` is where its definition came from, ``entry_point`` the file in there.
    """

    version: str
    builder: str = ""
    build_type: str = ""
    invocation: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    source: Material | None = None
    entry_point: str = ""
    vcs_source: str = ""
    vcs_revision: str = ""
    platform: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    materials: tuple[Material, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    complete: tuple[tuple[str, bool], ...] = ()
    reproducible: bool | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A part that a bill of materials lists."""

    name: str
    version: str = ""
    license: str = ""
    purl: str = ""
    supplier: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bom:
    """A bill of materials. ``format`` is such as ``SPDX 2.3``; ``files`` how many it lists."""

    format: str
    name: str = ""
    created: datetime | None = None
    tools: tuple[str, ...] = ()
    packages: tuple[Package, ...] = field(default=(), repr=False)
    files: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a signing certificate says. ``identities`` are e-mail addresses, addresses of
    workflows, names; ``issuer`` is who vouched for them (Fulcio's extension), ``authority`` who
    signed the certificate.
    """

    subject: str
    identities: tuple[str, ...]
    issuer: str
    authority: str
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, as it presents itself. It is never verified here.

    ``claims`` is the digest it says it signs, ``reference`` the name; ``fits`` whether that is the
    manifest it is attached to, None where it does not say. ``signed`` is when the transparency log
    took it in.
    """

    format: str
    key_id: str = ""
    certificate: Certificate | None = None
    claims: str = ""
    reference: str = ""
    fits: bool | None = None
    signed: datetime | None = None
    log_index: int | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A document taken apart as far as it is understood; ``data`` is all of it.

    ``warnings`` say in sentences what of it is malformed, or speaks of something else.
    """

    attached: Attached
    data: bytes = field(repr=False)
    statement: Statement | None = None
    provenance: Provenance | None = None
    bom: Bom | None = None
    signatures: tuple[Signature, ...] = ()
    warnings: tuple[str, ...] = ()
