"""The index and the content of one layer, verified as far as it is cheap.

What reads layers of registries is imported when the first one comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from explorer.blobs.access import Part, RandomAccess, SharedFile, chunks_of
from explorer.blobs.compression import plain_chunks
from explorer.blobs.feeds import FileFeed, StreamFeed
from explorer.errors import DamagedImage, LimitExceeded, NotFound, StorageFull
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.oci import Digest, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.indexed import IndexedLayer
from explorer.sources.registry.blob import RemoteBlob
from explorer.sources.rewound import Rewound, SpoolOrRewound
from explorer.store.cache import Caches
from explorer.store.spool import Spool

# Up to here a plain layer is hashed on opening; SHA-256 runs at well over 1 GB/s.
VERIFIED_AT_ONCE = 64 << 20
# A compressed layer is checked against its digest as it is read; its DiffID too, if it is small.
_DIFF_ID_AT_ONCE = 8 << 20


def index_layer(
    layer: Layer, caches: Caches, job: Job | None = None, *, verify: bool = False
) -> IndexedLayer:
    """Index a layer, or take its index from the cache.

    ``verify`` asks for every digest to be checked, whatever it costs. Raises
    :class:`explorer.errors.Cancelled`, and :class:`explorer.errors.Refused` where a registry does
    not give it; damage does not raise, it is told in the result.
    """
    if layer.blob is None:
        return IndexedLayer(layer, None, None, 0, layer.absence)
    if not layer.is_tar:
        locked = media.is_encrypted(layer.media_type)
        why = "encrypted, to be read with its key alone" if locked else "not a tar"
        return IndexedLayer(layer, None, None, layer.stored, f"it is {why} ({layer.media_type})")
    try:
        if isinstance(layer.blob, RemoteBlob):
            from explorer.sources.registry.layers import index_remote

            return index_remote(layer, layer.blob, caches, job or Job(), verify=verify)
        if layer.compression == "none":
            return _plain_layer(layer, layer.blob, job or Job(), verify)
        return _compressed_layer(layer, layer.blob, caches, job or Job(), verify)
    except DamagedImage as error:
        return IndexedLayer(layer, None, None, 0, str(error))


def is_remote(layer: Layer) -> bool:
    """Whether a layer lies in a registry."""
    return isinstance(layer.blob, RemoteBlob)


def hang_up(layers: Iterable[Layer]) -> None:
    """End what is being fetched of these layers; they can be fetched again."""
    blobs = [layer.blob for layer in layers]
    # Once a line: by the second time somebody may have begun anew.
    for line in {blob.repository.line for blob in blobs if isinstance(blob, RemoteBlob)}:
        line.close()


def layer_at_hand(layer: Layer, caches: Caches) -> IndexedLayer:
    """A layer as far as it is known without reading or fetching it.

    One that lies in a registry is :attr:`IndexedLayer.unread` unless the cache knows it.
    """
    if not isinstance(layer.blob, RemoteBlob) or not layer.is_tar:
        return index_layer(layer, caches) if not layer.is_tar or layer.missing else _unread(layer)
    from explorer.sources.registry.layers import index_at_hand

    try:
        return index_at_hand(layer, layer.blob, caches) or _unread(layer)
    except DamagedImage:
        return _unread(layer)  # whoever fetches it will say so


def _unread(layer: Layer) -> IndexedLayer:
    return IndexedLayer(layer, None, None, 0)


def _plain_layer(layer: Layer, blob: RandomAccess, job: Job, verify: bool) -> IndexedLayer:
    digest = layer.digest or layer.diff_id
    hasher = _hasher(digest) if digest is not None else None
    if hasher is not None and not verify and blob.size > VERIFIED_AT_ONCE:
        hasher = None
    # Every byte counts once: as it is hashed, or else as the headers are walked past it.
    feed = FileFeed(blob, job if hasher is None else None)
    index = layer.known_index or build_index(feed, job)
    verified: bool | None = None
    if hasher is not None and digest is not None:
        for chunk in chunks_of(blob):
            hasher.update(chunk)
            job.advance(len(chunk))
        both = {layer.digest, layer.diff_id} - {None}
        verified = hasher.hexdigest() == digest.encoded and len(both) == 1
    else:
        job.advance(blob.size - feed.told)
    return IndexedLayer(layer, index, verified, blob.size, _problem(index, verified, digest))


def _compressed_layer(
    layer: Layer, blob: RandomAccess, caches: Caches, job: Job, verify: bool
) -> IndexedLayer:
    where = _where(blob)
    digest = layer.digest
    index = caches.indexes.get(str(digest)) if digest is not None and not verify else None
    if index is not None and digest is not None:
        known = bool(where) and caches.verified.holds(where, str(digest))
        if known or _hashes_to(blob, digest, job):
            if known:
                job.advance(blob.size)
            elif where:
                caches.verified.note(where, str(digest))
            return IndexedLayer(layer, index, True, index.length, index.damage)
        index = None
    result = _read_compressed(layer, blob, caches.indexes.seed, job, verify)
    if result.verified and digest is not None and result.index is not None:
        caches.indexes.put(str(digest), result.index)
        if where:
            caches.verified.note(where, str(digest))
    return result


def _hashes_to(blob: RandomAccess, digest: Digest, job: Job) -> bool:
    """Whether a blob is what a cached index was made of."""
    hasher = _hasher(digest)
    if hasher is None:
        return False
    for chunk in chunks_of(blob):
        hasher.update(chunk)
        job.advance(len(chunk))
    if hasher.hexdigest() == digest.encoded:
        return True
    job.expect(blob.size)  # it is to be read once more
    return False


def _read_compressed(
    layer: Layer, blob: RandomAccess, seed: int, job: Job, verify: bool
) -> IndexedLayer:
    stored = _hasher(layer.digest) if layer.digest is not None else None
    check_plain = layer.diff_id is not None and (
        verify or layer.digest is None or blob.size <= _DIFF_ID_AT_ONCE
    )
    plain = _hasher(layer.diff_id) if check_plain and layer.diff_id is not None else None
    chunks = plain_chunks(
        blob, layer.compression, job, stored.update if stored is not None else None
    )
    if plain is not None:
        chunks = _tapped(chunks, plain)
    bombs: list[LimitExceeded] = []
    feed = StreamFeed(_told_of(chunks, bombs), seed)
    damage = ""
    index: LayerIndex | None = None
    try:
        index = build_index(feed, job)
        feed.drain()
    except DamagedImage as error:
        damage = str(error)
    if bombs:  # reading was stopped, so no digest can be right
        return IndexedLayer(layer, index, None, feed.total, str(bombs[0]))
    verdicts = [
        hasher.hexdigest() == digest.encoded
        for hasher, digest in ((stored, layer.digest), (plain, layer.diff_id))
        if hasher is not None and digest is not None
    ]
    verified = all(verdicts) if verdicts and not damage else (False if damage else None)
    if index is None or damage:
        return IndexedLayer(layer, index, verified, feed.total, damage)
    index = LayerIndex(
        columns=index.columns,
        length=feed.total,
        xattrs=index.xattrs,
        devices=index.devices,
        sparse=index.sparse,
        problems=index.problems,
        damage=index.damage,
    )
    problem = _problem(index, verified, layer.digest or layer.diff_id)
    return IndexedLayer(layer, index, verified, feed.total, problem)


def _tapped(chunks: Iterator[bytes], hasher: hashlib._Hash) -> Iterator[bytes]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk


def _told_of(chunks: Iterator[bytes], bombs: list[LimitExceeded]) -> Iterator[bytes]:
    try:
        yield from chunks
    except LimitExceeded as error:
        bombs.append(error)
        raise


def _problem(index: LayerIndex, verified: bool | None, digest: Digest | None) -> str:
    if verified is False and digest is not None:
        mismatch = f"its content does not hash to {digest.algorithm}:{digest.short}..."
        return f"{mismatch} ({index.damage})" if index.damage else mismatch
    return index.damage


def _hasher(digest: Digest) -> hashlib._Hash | None:
    return digest.hasher() if digest.verifiable else None


def _where(blob: RandomAccess) -> str:
    """The stretch of a file that a blob is, or nothing if it is not simply that."""
    start, size = 0, blob.size
    while isinstance(blob, Part):
        start += blob.start
        blob = blob.whole
    return f"{blob.identity}+{start:x}+{size:x}" if isinstance(blob, SharedFile) else ""


def plain_access(layer: Layer, caches: Caches, *, verified: bool = False) -> RandomAccess:
    """Random access to the plain tar of a layer.

    ``verified`` says that the layer's digest was found to hold. Raises :class:`NotFound` where the
    content is not here. Where the disk has no room for a plain copy, reading works all the same,
    slowly.
    """
    blob = layer.blob
    if blob is None:
        raise NotFound(f"Layer {layer.index} has no content here", why=layer.absence)
    if isinstance(blob, RemoteBlob):
        from explorer.sources.registry.layers import remote_content

        return remote_content(blob, caches)
    if layer.compression == "none":
        return blob

    def chunks(job: Job) -> Iterator[bytes]:
        return plain_chunks(blob, layer.compression, job)

    where = _where(blob)
    digest = str(layer.digest or "")
    if digest and (verified or (where and caches.verified.holds(where, digest))):
        where = digest
    try:
        copy = caches.plain.open(where or None, chunks)
    except StorageFull:
        return Rewound(chunks)
    return SpoolOrRewound(copy, chunks) if isinstance(copy, Spool) else copy


__all__ = ["IndexedLayer", "hang_up", "index_layer", "is_remote", "layer_at_hand", "plain_access"]
