"""The index of a layer in a registry: from the cache, from its table of contents, or its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from explorer.blobs.access import RandomAccess, chunks_of
from explorer.blobs.compression import detect, plain_chunks
from explorer.blobs.feeds import StreamFeed
from explorer.errors import (
    DamagedImage,
    DigestMismatch,
    ExplorerError,
    LimitExceeded,
    NotFound,
    StorageFull,
)
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.indexed import IndexedLayer
from explorer.sources.registry.blob import NoRanges, RemoteBlob, Stream
from explorer.sources.registry.tables import open_table
from explorer.sources.rewound import Rewound, SpoolOrRewound
from explorer.store.cache import Caches
from explorer.store.spool import Spool

Tap = Callable[[bytes], object]
_DIFF_ID_AT_ONCE: Final = 8 << 20  # bytes; larger layers are checked against their digest alone
_PIECE: Final = 1 << 18
_HEAD: Final = 8


def index_remote(
    layer: Layer, blob: RemoteBlob, caches: Caches, job: Job, *, verify: bool = False
) -> IndexedLayer:
    """Index a layer with as little fetched as possible; what is fetched is kept.

    ``verify`` asks for all of its content. Raises :class:`explorer.errors.Refused`,
    :class:`explorer.errors.Cancelled`; damage does not raise.
    """
    remark = ""
    if not verify:
        try:
            listed = index_at_hand(layer, blob, caches)
            listed = listed or open_table(layer, blob, caches.pieces, job)
        except NoRanges:
            listed = None
        except NotFound:
            return _absent(layer, blob)
        except DamagedImage as error:
            listed, remark = None, f"its table of contents is not used: {error}"
        if listed is not None:
            job.advance(blob.size)
            return listed
    try:
        done = _Streaming(layer, blob, caches, job).run(verify=verify)
    except NotFound:
        return _absent(layer, blob)
    if remark and done.index is not None:
        done = replace(done, index=replace(done.index, problems=(*done.index.problems, remark)))
    return done


def index_at_hand(layer: Layer, blob: RemoteBlob, caches: Caches) -> IndexedLayer | None:
    """The index of a layer that nothing has to be fetched for; None where that is not so.

    What the cache holds under a digest was made of content that hashed to it. Raises
    :class:`DamagedImage` for a table of contents that cannot be believed.
    """
    index = caches.indexes.get(str(blob.digest))
    if index is not None:
        return IndexedLayer(layer, index, True, index.length, index.damage)
    return open_table(layer, blob, caches.pieces, None)


def remote_content(blob: RemoteBlob, caches: Caches) -> RandomAccess:
    """The plain tar of a layer: the copy that is kept, or one made now; all of it is verified.

    Raises as fetching does, :class:`DamagedImage`. Without room for a copy it is fetched again
    wherever a reader goes back.
    """

    def chunks(job: Job) -> Iterator[bytes]:
        return _plain(blob.stream(job), job)

    try:
        copy = caches.plain.open(str(blob.digest), chunks, small=0)
        if isinstance(copy, Spool):
            copy.finish()
    except StorageFull:
        return Rewound(chunks)
    return SpoolOrRewound(copy, chunks) if isinstance(copy, Spool) else copy


class _Streaming:
    """One layer on its way through the indexer, a plain copy kept as it passes by."""

    def __init__(self, layer: Layer, blob: RemoteBlob, caches: Caches, job: Job) -> None:
        self._layer, self._blob, self._caches, self._job = layer, blob, caches, job
        self._failure: ExplorerError | None = None

    def run(self, *, verify: bool) -> IndexedLayer:
        layer, caches = self._layer, self._caches
        diff_id = layer.diff_id if layer.diff_id is not None and layer.diff_id.verifiable else None
        wanted = verify or self._blob.size <= _DIFF_ID_AT_ONCE
        hasher = diff_id.hasher() if diff_id is not None and wanted else None
        pieces = self._pieces()
        if hasher is not None:
            pieces = _tapped(pieces, hasher.update)
        feed = StreamFeed(pieces, caches.indexes.seed)
        index: LayerIndex | None = None
        damage = ""
        try:
            index = build_index(feed, self._job)
            feed.drain()
        except DamagedImage as error:
            damage = str(error)
        if isinstance(self._failure, LimitExceeded):
            return IndexedLayer(layer, index, None, feed.total, str(self._failure))
        if self._failure is not None:
            problem = _words(self._failure, damage)
            return IndexedLayer(layer, index, False, feed.total, problem)
        if index is None:
            return IndexedLayer(layer, None, False, feed.total, damage)
        index = replace(index, length=feed.total)
        if hasher is not None and diff_id is not None and hasher.hexdigest() != diff_id.encoded:
            problem = f"its content does not hash to {diff_id.algorithm}:{diff_id.short}..."
            return IndexedLayer(layer, index, False, feed.total, problem)
        caches.indexes.put(str(self._blob.digest), index)
        return IndexedLayer(layer, index, True, feed.total, index.damage)

    def _pieces(self) -> Iterator[bytes]:
        """The plain tar, read from the copy while that is being made."""
        copy: RandomAccess | None
        try:
            copy = self._caches.plain.open(str(self._blob.digest), self._fetched, small=0)
        except StorageFull:
            copy = None
        if copy is None:
            yield from self._fetched(self._job)
            return
        if not isinstance(copy, Spool):
            self._job.advance(self._blob.size)
            yield from chunks_of(copy, _PIECE)
            return
        yielded = 0
        try:
            for piece in chunks_of(copy, _PIECE):
                self._job.check()
                yield piece
                yielded += len(piece)
        except StorageFull:
            yield from _after(self._fetched(self._job), yielded)
        finally:
            copy.close()

    def _fetched(self, _own: Job) -> Iterator[bytes]:
        stream = self._blob.stream(self._job)
        try:
            yield from _plain(stream, self._job)
        except (DamagedImage, LimitExceeded) as error:
            self._failure = stream.failure or error
            raise
        finally:
            stream.close()


def _plain(stream: Stream, job: Job) -> Iterator[bytes]:
    """What a stream decompresses to, whatever its media type says."""
    return plain_chunks(stream, detect(stream.head(_HEAD)), job)


def _tapped(pieces: Iterator[bytes], tap: Tap) -> Iterator[bytes]:
    for piece in pieces:
        tap(piece)
        yield piece


def _after(pieces: Iterator[bytes], skip: int) -> Iterator[bytes]:
    for piece in pieces:
        if skip < len(piece):
            yield piece[skip:]
        skip = max(0, skip - len(piece))


def _words(failure: ExplorerError, damage: str) -> str:
    if isinstance(failure, DigestMismatch):
        return f"its content does not hash to its digest ({failure.why})"
    return damage or str(failure)


def _absent(layer: Layer, blob: RemoteBlob) -> IndexedLayer:
    host = blob.repository.reference.host
    absence = f"{host} does not have its blob"
    gone = replace(layer, blob=None, absence=absence)
    return IndexedLayer(gone, None, None, 0, absence)
