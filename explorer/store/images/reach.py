"""Which blobs an image needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from explorer.errors import DamagedImage, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, media, parse_manifest
from explorer.store.images.layout import Layout

_DEEPEST = 8


@dataclass(slots=True)
class Reach:
    """What lies below some descriptors: blobs with their sizes, and what is wrong."""

    blobs: dict[Digest, int] = field(default_factory=dict)
    absent: dict[Digest, str] = field(default_factory=dict)
    damaged: dict[Digest, str] = field(default_factory=dict)


def reach(layout: Layout, roots: Iterable[Descriptor]) -> Reach:
    """Follow descriptors to every blob they need, each once. Documents are verified."""
    found = Reach()
    for root in roots:
        _follow(layout, root, found, 0)
    return found


def _follow(layout: Layout, descriptor: Descriptor, found: Reach, depth: int) -> None:
    if descriptor.digest in found.blobs or depth > _DEEPEST:
        return
    if not layout.has(descriptor.digest):
        found.absent.setdefault(descriptor.digest, descriptor.media_type)
        return
    found.blobs[descriptor.digest] = descriptor.size
    if not _is_document(descriptor.media_type):
        return
    try:
        document = parse_manifest(layout.document(descriptor.digest), descriptor.media_type)
    except NotFound:
        found.absent[descriptor.digest] = descriptor.media_type
    except DamagedImage as error:
        found.damaged[descriptor.digest] = str(error)
    else:
        for below in below_of(document):
            _follow(layout, below, found, depth + 1)


def below_of(document: Manifest | ImageIndex) -> Iterator[Descriptor]:
    """The descriptors in a document; layers that are only ever fetched elsewhere left out."""
    if isinstance(document, ImageIndex):
        yield from document.manifests
        return
    yield document.config
    for layer in document.layers:
        if not media.is_foreign(layer.media_type):
            yield layer


def _is_document(media_type: str) -> bool:
    return not media_type or media.is_manifest(media_type) or media.is_index(media_type)
