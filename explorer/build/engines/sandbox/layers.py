"""Layers of a build in the local store: written, read back, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from explorer.analysis.content import CHUNK, ContentReader, FileContent
from explorer.build.engines.sandbox.plainheaders import BLOCK, plain_header
from explorer.build.engines.sandbox.snapshots import StoredLayer
from explorer.build.events import LayerMade
from explorer.build.files.reading import Contents
from explorer.build.plan.records import LayerRecord
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.layertar import END, member
from explorer.oci import Descriptor, Digest, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.store.cache import Caches
from explorer.store.images import Ingest


@dataclass(frozen=True, slots=True)
class BuiltLayer:
    """A layer of the image that is being made: what the manifest says of it, and its index.

    ``when`` is the time that a step made it, in this build or before; a base's own have none.
    """

    descriptor: Descriptor
    diff_id: Digest
    indexed: IndexedLayer
    when: datetime | None = None

    @property
    def stored(self) -> StoredLayer:
        """As snapshots know it."""
        return StoredLayer(self.descriptor.digest, self.diff_id)

    @property
    def record(self) -> LayerRecord:
        """As records of builds have it."""
        files, size = contents(self.indexed.index)
        return LayerRecord(str(self.descriptor.digest), str(self.diff_id), size, files)

    def made(self) -> LayerMade:
        """As events have it. What is added and what modified is not told apart without the rest."""
        files, size = contents(self.indexed.index)
        index = self.indexed.index
        gone = 0 if index is None else int(np.count_nonzero(index.type == EntryType.WHITEOUT))
        digest, diff_id = str(self.descriptor.digest), str(self.diff_id)
        return LayerMade(digest, diff_id, size, added=files, removed=gone)


def contents(index: LayerIndex | None) -> tuple[int, int]:
    """How many entries but directories a layer has, and the bytes of its files."""
    if index is None:
        return 0, 0
    live = index.live & (index.type < EntryType.WHITEOUT) & (index.type != EntryType.DIR)
    return int(np.count_nonzero(live)), int(index.size[live & (index.type == EntryType.FILE)].sum())


def layer_from_store(
    ingest: Ingest, descriptor: Descriptor, diff_id: Digest, caches: Caches
) -> BuiltLayer:
    """A layer of the store, indexed. Raises :class:`explorer.errors.NotFound`."""
    blob = ingest.layout.open(descriptor.digest)
    compression = media.compression_of(descriptor.media_type) or "none"
    layer = Layer(
        index=0,
        digest=descriptor.digest,
        diff_id=diff_id,
        chain_id=None,
        media_type=descriptor.media_type,
        compression=compression if compression in ("gzip", "zstd") else "none",  # type: ignore[arg-type]
        stored=descriptor.size,
        blob=blob,
    )
    return BuiltLayer(descriptor, diff_id, index_layer(layer, caches))


def stored(
    layer: IndexedLayer, ingest: Ingest, caches: Caches, now: datetime, job: Job
) -> BuiltLayer:
    """A foretold layer, by itself, brought into the store; see :func:`predicted_tar`."""
    content = ContentReader([layer], caches)
    try:
        descriptor = ingest.stream(predicted_tar(layer, content, 0, now, job), media.OCI_LAYER)
    finally:
        content.close(keep=False)
    return layer_from_store(ingest, descriptor, descriptor.digest, caches)


def predicted_tar(
    layer: IndexedLayer, content: ContentReader, number: int, now: datetime, job: Job
) -> Iterator[bytes]:
    """A foretold layer as a tar; ``number`` is its place in the reader, ``now`` the time of what
    has none of its own.

    Raises :class:`explorer.errors.ExplorerError` where a file is no longer what it was.
    """
    index = layer.index
    assert index is not None
    # What is foretold is read where it lies: there is no tar to look up places in.
    blob = layer.layer.blob
    direct = blob.content if isinstance(blob, Contents) else None
    stamp = int(now.timestamp()) * 1_000_000_000
    for entry in np.flatnonzero(index.live).tolist():
        job.check()
        found = index.entry(entry)
        if found.path == b"/" and found.type is EntryType.DIR:
            continue
        if not found.mtime_ns:
            found = replace(found, mtime_ns=stamp)
        yield from _member(found, content, direct, number, entry, job)
    yield END


def _member(
    entry: Entry,
    content: ContentReader,
    direct: Callable[[int], FileContent] | None,
    number: int,
    row: int,
    job: Job,
) -> Iterator[bytes]:
    if entry.type is not EntryType.FILE:
        yield from member(entry)
        return
    found = direct(row) if direct is not None else content.open(number, row)
    if (head := plain_header(entry)) is not None and found.size == entry.size <= CHUNK:
        job.check()
        data = found.read_at(0, found.size)
        if len(data) == entry.size:
            yield b"".join((head, data, bytes(-entry.size % BLOCK)))
            return
    for piece in member(entry, found.chunks()):
        job.check()
        yield piece
