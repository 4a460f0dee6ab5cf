"""The documents of an image in a registry: which one is meant, and what is below it."""

from __future__ import annotations

from typing import Final

from explorer.errors import DamagedImage, LimitExceeded, NotFound
from explorer.oci import (
    Descriptor,
    ImageConfig,
    ImageIndex,
    Manifest,
    Platform,
    Reference,
    best_match,
    media,
    parse_manifest,
)
from explorer.registry import Document, RegistryClient
from explorer.registry.documents import MAX_MANIFEST
from explorer.store.images import Ingest

DEEPEST: Final = 8
"""How many levels of indexes are followed."""


async def choose_platform(
    client: RegistryClient, reference: Reference, root: Document, wanted: Platform | None
) -> Document:
    """One platform's manifest, of an index or of itself; this machine's where none is named.

    Raises :class:`NotFound` with those that are there.
    """
    document = root
    for _ in range(DEEPEST):
        index = parsed(document)
        if not isinstance(index, ImageIndex):
            return document
        images = index.images
        found = best_match([d.platform for d in images], wanted or Platform.host())
        if found is None and wanted is None and len(images) == 1:
            found = 0
        if found is None:
            raise NotFound(
                f"{reference.familiar} has no image for {wanted or Platform.host()}",
                hint="There is: " + (", ".join(map(str, index.platforms)) or "none"),
            )
        document = await read_document(client, reference, images[found])
    raise LimitExceeded(f"The index of {reference.familiar} leads back to itself")


async def read_document(
    client: RegistryClient, reference: Reference, descriptor: Descriptor
) -> Document:
    """A document that another one names.

    Raises :class:`LimitExceeded`, :class:`DamagedImage` for one of another length than was said.
    """
    if descriptor.size > MAX_MANIFEST:
        raise LimitExceeded(
            f"A manifest of {reference.familiar} is too large",
            why=f"it is said to have {descriptor.size:,} bytes",
        )
    found = await client.manifest(
        Reference(reference.host, reference.path, digest=descriptor.digest)
    )
    if found.descriptor.size != descriptor.size:
        raise DamagedImage(
            f"A manifest of {reference.familiar} has the wrong length",
            why=f"it has {found.descriptor.size:,} bytes, not {descriptor.size:,}",
        )
    return found


def parsed(document: Document) -> Manifest | ImageIndex:
    """What a document says; raises :class:`DamagedImage`."""
    return parse_manifest(document.data, document.descriptor.media_type)


def platform_of(ingest: Ingest, read: Manifest | ImageIndex) -> Platform | None:
    """What an image that is here was made for; None where it does not say."""
    if isinstance(read, ImageIndex) or not media.is_config(read.config.media_type):
        return None
    try:
        return ImageConfig.parse(ingest.layout.document(read.config.digest)).platform
    except (DamagedImage, NotFound):
        return None
