"""The content of files in layers: read anywhere, compared, fingerprinted."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import xxhash

from explorer.blobs.access import InMemory, RandomAccess
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import SparseMap
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.reading import IndexedLayer, plain_access
from explorer.store.cache import Caches

CHUNK = 1 << 20
IN_MEMORY = 64 << 20  # bytes of plain layers that are kept at hand


@dataclass(frozen=True, slots=True)
class FileContent:
    """The bytes of one version of a file, ``size`` of them; holes of sparse files read as zeros.

    ``digest`` is what they hash to, where that is known and can be checked on reading.
    """

    access: RandomAccess
    offset: int
    size: int
    sparse: SparseMap | None = None
    digest: Digest | None = None

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from ``offset`` on; fewer than ``size`` only at the end.

        Raises :class:`DamagedImage` where the layer does not hold what its index says.
        """
        wanted = max(0, min(size, self.size - offset))
        if self.sparse is None:
            return self._stored_at(self.offset + offset, wanted) if wanted else b""
        return self._sparse_at(self.sparse, offset, wanted)

    def _stored_at(self, offset: int, wanted: int) -> bytes:
        data = self.access.read_at(offset, wanted)
        if len(data) < wanted:
            raise DamagedImage("The content is not whole", why="the layer ends inside the file")
        return data

    def _sparse_at(self, sparse: SparseMap, offset: int, wanted: int) -> bytes:
        out = bytearray(wanted)
        at = sparse.data
        for start, length in sparse.runs:
            low, high = max(start, offset), min(start + length, offset + wanted)
            if low < high:
                out[low - offset : high - offset] = self._stored_at(at + low - start, high - low)
            at += length
        return bytes(out)

    def chunks(self) -> Iterator[bytes]:
        """All bytes in order."""
        offset = 0
        while offset < self.size:
            data = self.read_at(offset, CHUNK)
            if not data:
                return
            yield data
            offset += len(data)

    def same_as(self, other: FileContent) -> bool:
        """Whether two files hold the same bytes."""
        if self.size != other.size:
            return False
        if self.digest is not None or other.digest is not None:
            return self._hash_as(other)
        if self.sparse is not None and other.sparse is not None:
            # Huge holes are compared by their bounds.
            return self.sparse.runs == other.sparse.runs and all(
                x == y for x, y in zip(self.data_runs(), other.data_runs(), strict=True)
            )
        return all(x == y for x, y in zip(self.chunks(), other.chunks(), strict=False))

    def _hash_as(self, other: FileContent) -> bool:
        """Compare by digest: what lies in a registry need not be fetched for it."""
        known = self.digest or other.digest
        assert known is not None
        for content in (self, other):
            if (content.digest or content.hashed(known.algorithm)) != known:
                return False
        return True

    def hashed(self, algorithm: str = "sha256") -> Digest:
        """The digest of all bytes."""
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        for chunk in self.chunks():
            hasher.update(chunk)
        return Digest.from_hasher(hasher)

    def data_runs(self) -> Iterator[tuple[int, bytes]]:
        """The stored bytes with their offsets in the file; holes are passed over."""
        runs = self.sparse.runs if self.sparse is not None else ((0, self.size),)
        for start, length in runs:
            for at in range(start, start + length, CHUNK):
                yield at, self.read_at(at, min(CHUNK, start + length - at))


class ContentReader:
    """Opens files of the layers of one image; a layer is made readable when it is first needed."""

    def __init__(self, layers: Sequence[IndexedLayer], caches: Caches) -> None:
        self._layers = layers
        self._caches = caches
        self._plain: dict[int, RandomAccess] = {}
        self._lock = threading.Lock()

    def open(self, layer: int, entry: int) -> FileContent:
        """The content of a regular file; raises :class:`NotFound` for anything else."""
        indexed = self._layers[layer]
        index = indexed.index
        if index is None or index.type[entry] != EntryType.FILE:
            raise NotFound("Only regular files have content")
        access, offset = self._access(layer), int(index.offset[entry])
        contents = indexed.contents
        return FileContent(
            access,
            offset,
            index.size_of(entry),
            index.sparse.get(entry),
            contents.digest_at(offset) if contents is not None else None,
        )

    def same(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """As :meth:`explorer.filesystem.stack.Contents.same`; what is damaged differs."""
        try:
            return self.open(*a).same_as(self.open(*b))
        except DamagedImage:
            return False

    def fingerprint(self, layer: int, entry: int, job: Job | None = None) -> int:
        """128 bits that stand for the content, keyed for this cache; read if not yet known.

        Of a file in a registry whose digest is known it is a part of that: such files are told
        apart from each other without being fetched, and taken to differ from all others. Raises
        :class:`explorer.errors.Cancelled` if ``job`` is cancelled meanwhile.
        """
        job = job or Job()
        index = self._layers[layer].index
        assert index is not None
        known = index.fingerprint(entry)
        if known is not None and entry not in index.sparse:
            low, high = known
            return low | high << 64
        hasher = xxhash.xxh3_128(seed=self._caches.indexes.seed)
        content = self.open(layer, entry)
        if content.digest is not None:
            return int.from_bytes(bytes.fromhex(content.digest.encoded)[:16], "little")
        if content.sparse is None:
            for chunk in content.chunks():
                job.check()
                hasher.update(chunk)
        else:
            hasher.update(repr((content.size, content.sparse.runs)).encode())
            for _, data in content.data_runs():
                job.check()
                hasher.update(data)
        # The order in which an index keeps the sixteen bytes.
        return int.from_bytes(hasher.digest(), "little")

    def _access(self, number: int) -> RandomAccess:
        with self._lock:
            access = self._plain.pop(number, None) or self._make_readable(number)
            self._plain[number] = access  # the last used comes last
            self._forget_some()
            return access

    def _make_readable(self, number: int) -> RandomAccess:
        indexed = self._layers[number]
        if indexed.contents is not None:
            return indexed.contents
        return plain_access(indexed.layer, self._caches, verified=indexed.verified is True)

    def _forget_some(self) -> None:
        held = [(n, a.size) for n, a in self._plain.items() if isinstance(a, InMemory)]
        total = sum(size for _, size in held)
        for number, size in held[:-1]:
            if total <= IN_MEMORY:
                return
            del self._plain[number]
            total -= size

    def close(self, *, keep: bool = True) -> None:
        """Release everything; ``keep`` finishes plain copies that are in the making."""
        for access in self._plain.values():
            finish = getattr(access, "finish", None)
            if keep and finish is not None:
                finish()
            close = getattr(access, "close", None)
            if close is not None:
                close()
        self._plain.clear()
