"""Images and indexes as parts that travel one by one: blobs first, then what names them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from explorer.blobs.access import InMemory, RandomAccess, chunks_of
from explorer.errors import LimitExceeded, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Reference, media, parse_manifest
from explorer.progress import Job
from explorer.sources.oci_layout import OciLayout
from explorer.store.images.reach import below_of
from explorer.transfer.layers import tapped

_DEEPEST = 8
_MOST_MANIFESTS = 1000
_MOST_READ = 64 << 20  # bytes of manifests, which are held in memory


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes with their name; they are not verified before they are read."""

    descriptor: Descriptor
    content: RandomAccess

    def chunks(self, job: Job) -> Iterator[bytes]:
        """The bytes; raises :class:`explorer.errors.DigestMismatch` behind the last."""
        hasher = self.descriptor.digest.hasher()
        for chunk in tapped(chunks_of(self.content), hasher.update):
            job.advance(len(chunk))
            yield chunk
        self.descriptor.digest.verify_hasher(hasher, "A blob")


@dataclass(frozen=True, slots=True)
class Parcel:
    """An image, or an index with all below it, ready to travel under some names.

    ``blobs`` are in the order in which they are to be stored, the root's document last, each once.
    ``config`` and ``layers`` are those of a single image, a repeated layer as often as it is there.
    """

    root: Descriptor
    blobs: tuple[Blob, ...]
    names: tuple[Reference, ...] = ()
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all blobs."""
        return sum(blob.descriptor.size for blob in self.blobs)


class ParcelContent:
    """A parcel as what is pushed (see :class:`explorer.transfer.push.Content`)."""

    def __init__(self, parcel: Parcel) -> None:
        self._blobs = {blob.descriptor.digest: blob.content for blob in parcel.blobs}

    async def document(self, descriptor: Descriptor) -> bytes:
        """As :meth:`explorer.transfer.push.Content.document`."""
        content = self._find(descriptor)
        return content.read_at(0, content.size)

    @asynccontextmanager
    async def open(self, descriptor: Descriptor) -> AsyncIterator[RandomAccess]:
        """As :meth:`explorer.transfer.push.Content.open`; the registry verifies what it takes."""
        yield self._find(descriptor)

    def _find(self, descriptor: Descriptor) -> RandomAccess:
        found = self._blobs.get(descriptor.digest)
        if found is None:
            raise _not_here(descriptor)
        return found


def document_blob(data: bytes, media_type: str) -> Blob:
    """A manifest, an index or a configuration."""
    return Blob(Descriptor(media_type, Digest.of(data), len(data)), InMemory(data))


def parcel_of(
    source: OciLayout, root: Descriptor, names: tuple[Reference, ...] = (), *, whole: bool = False
) -> Parcel:
    """Everything below a descriptor of a layout, byte for byte.

    Platforms of an index that the layout lacks stay away, unless all have to be ``whole``. Raises
    :class:`NotFound` for an image that lacks a part, :class:`LimitExceeded`, and what reading a
    manifest raises.
    """
    gathering = _Gathering(source, whole)
    gathering.follow(root, 0)
    top = gathering.blobs[root.digest].descriptor
    blobs = tuple(gathering.blobs.values())
    data = gathering.blobs[root.digest].content
    document = parse_manifest(data.read_at(0, data.size), root.media_type)
    if isinstance(document, ImageIndex):
        return Parcel(top, blobs, names)
    return Parcel(top, blobs, names, document.config, document.layers)


@dataclass(slots=True)
class _Gathering:
    source: OciLayout
    whole: bool
    blobs: dict[Digest, Blob]
    seen: int
    read: int

    def __init__(self, source: OciLayout, whole: bool) -> None:
        self.source, self.whole = source, whole
        self.blobs, self.seen, self.read = {}, 0, 0

    def follow(self, descriptor: Descriptor, depth: int) -> None:
        """Take a document with all it needs, what it needs first."""
        if descriptor.digest in self.blobs:
            return
        self.seen += 1
        if depth > _DEEPEST or self.seen > _MOST_MANIFESTS:
            raise LimitExceeded("The index has too many manifests, or leads back to itself")
        data = self.source.document(descriptor, "manifest")
        self.read += len(data)
        if self.read > _MOST_READ:
            raise LimitExceeded(
                "The manifests of the index are too large",
                why=f"they have over {_MOST_READ:,} bytes",
            )
        document = parse_manifest(data, descriptor.media_type)
        if isinstance(document, ImageIndex):
            self._members(document, depth)
        else:
            self._parts(document)
        kind = document.media_type or descriptor.media_type
        described = Descriptor(kind, descriptor.digest, len(data))
        self.blobs[descriptor.digest] = Blob(described, InMemory(data))

    def _members(self, index: ImageIndex, depth: int) -> None:
        absent: NotFound | None = None
        found = 0
        for entry in index.manifests:
            before = dict(self.blobs)
            try:
                self.follow(entry, depth + 1)
                found += not entry.is_attestation
            except NotFound as error:
                if self.whole:
                    raise
                self.blobs = before
                absent = absent or error
        if absent is not None and not found:
            raise absent

    def _parts(self, manifest: Manifest) -> None:
        for part in below_of(manifest):
            if part.digest in self.blobs:
                continue
            content = self.source.blob(part)
            if content is None:
                raise _not_here(part)
            self.blobs[part.digest] = Blob(_bare(part), content)


def _bare(descriptor: Descriptor) -> Descriptor:
    kind = descriptor.media_type or media.OCI_LAYER
    return Descriptor(kind, descriptor.digest, descriptor.size)


def _not_here(descriptor: Descriptor) -> NotFound:
    return NotFound(
        f"Blob {descriptor.digest.short} is not here",
        why="a manifest names it, and it was not copied with it",
        hint="Pull or copy the image again, with all its layers and platforms",
    )
