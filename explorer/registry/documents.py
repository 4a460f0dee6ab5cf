"""Manifests as registries hand them out: how they are asked for, and what they turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import aiohttp

from explorer.errors import DamagedImage, ExplorerError, LimitExceeded
from explorer.oci import (
    Descriptor,
    Digest,
    ImageIndex,
    Manifest,
    Reference,
    media,
    parse_manifest,
)
from explorer.registry.asks import Ask
from explorer.registry.auth import pull_scope

MAX_MANIFEST: Final = 4 << 20
"""Bytes of a manifest: what the specification asks registries to take, and most of them take."""
_ACCEPT: Final = ", ".join(media.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest or index with the bytes that its digest is taken of."""

    descriptor: Descriptor
    data: bytes = field(repr=False)


def manifest_ask(reference: Reference, method: str, what: str) -> Ask:
    """The question for a manifest, or with ``HEAD`` for its descriptor alone."""
    return Ask(
        reference.host,
        what,
        f"/v2/{reference.path}/manifests/{reference.identifier}",
        method,
        (pull_scope(reference.path),),
        headers={"Accept": _ACCEPT},
    )


def received(reference: Reference, response: aiohttp.ClientResponse, data: bytes) -> Document:
    """What came for :func:`manifest_ask`, checked against the digest that was asked for or told.

    Raises :class:`LimitExceeded`, :class:`explorer.errors.DigestMismatch`, :class:`DamagedImage`.
    """
    if len(data) > MAX_MANIFEST:
        raise LimitExceeded(
            f"The manifest of {reference.familiar} is too large",
            why=f"{reference.host} sends more than {MAX_MANIFEST:,} bytes",
            hint="A genuine one has a few thousand: do not trust this image",
        )
    digest = _named_digest(reference, response, data)
    return Document(Descriptor(_type_of(response, data), digest, len(data)), data)


def told_descriptor(reference: Reference, response: aiohttp.ClientResponse) -> Descriptor | None:
    """What the headers say a manifest is; None of an older registry, that tells too little."""
    digest = header_digest(response) or reference.digest
    length = response.headers.get("Content-Length", "")
    if digest is None or not length.isdigit():
        return None
    kind = media.essence(response.headers.get("Content-Type", ""))
    return Descriptor(kind, digest, int(length))


def header_digest(response: aiohttp.ClientResponse) -> Digest | None:
    """``Docker-Content-Digest``, if it is one."""
    try:
        return Digest.parse(response.headers.get("Docker-Content-Digest", ""))
    except ExplorerError:
        return None


def index_of(data: bytes, what: str) -> ImageIndex:
    """A list of referrers; raises :class:`LimitExceeded`, :class:`DamagedImage`."""
    if len(data) > MAX_MANIFEST:
        raise LimitExceeded("A list of referrers is too large", why=what)
    found = parse_manifest(data, media.OCI_INDEX)
    if not isinstance(found, ImageIndex):
        raise DamagedImage("A list of referrers is no index", why=what)
    return found


def parsed_or_none(data: bytes, media_type: str) -> Manifest | ImageIndex | None:
    """A document that is read only for what it refers to."""
    try:
        return parse_manifest(data, media_type)
    except DamagedImage:
        return None


def _named_digest(reference: Reference, response: aiohttp.ClientResponse, data: bytes) -> Digest:
    """The digest of a manifest that came: the one asked for, or that of its bytes."""
    what = f"The manifest of {reference.familiar}, as {reference.host} sends it,"
    if reference.digest is not None:
        reference.digest.verify(data, what)
        return reference.digest
    said = header_digest(response)
    if said is not None and said.verifiable:
        said.verify(data, what)
        return said
    return Digest.of(data)


def _type_of(response: aiohttp.ClientResponse, data: bytes) -> str:
    """What the document calls itself; else what the registry calls it, if that says anything."""
    declared = media.essence(response.headers.get("Content-Type", ""))
    declared = declared if declared in media.ACCEPTED else ""
    return parse_manifest(data, declared).media_type
