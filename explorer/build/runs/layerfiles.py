"""What a step left in two builds, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.analysis.content import ContentReader
from explorer.analysis.differences import Difference, differences
from explorer.blobs.access import RandomAccess
from explorer.blobs.compression import Compression
from explorer.build.events import LayerMade
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType, differing_aspects
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import display
from explorer.oci import Digest, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.store.cache import Caches
from explorer.store.images import ImageStore

MOST: Final = 5000
"""Paths that differ and are told one by one."""
_MAGIC: Final[tuple[tuple[bytes, Compression], ...]] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One path that is not the same in both layers; ``how`` are the aspects that differ."""

    path: str
    change: Change
    before: Entry | None
    after: Entry | None
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerFiles:
    """The paths that differ, in order; how many are the same; how many more than told differ."""

    rows: tuple[FileDifference, ...]
    same: int = 0
    more: int = 0

    def count(self, change: Change) -> int:
        """How many of the rows are so."""
        return sum(row.change is change for row in self.rows)


def compare_layers(
    before: LayerMade,
    after: LayerMade,
    store: ImageStore,
    caches: Caches,
    job: Job | None = None,
) -> LayerFiles:
    """Compare two layers path by path; times do not count, content is read where sizes agree.

    Raises:
        NotFound: a layer is no longer in the store.
        DamagedImage: a layer cannot be read; :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    layers = [_indexed(made, store, caches, job) for made in (before, after)]
    with closing(ContentReader(layers, caches)) as contents:
        return _Comparing(layers, contents, job).run()


def _indexed(made: LayerMade, store: ImageStore, caches: Caches, job: Job) -> IndexedLayer:
    try:
        blob = store.layout.open(Digest.parse(made.digest))
    except NotFound as error:
        raise NotFound(
            "The files of this step are no longer kept",
            why=f"layer {made.digest[7:19]} was removed from the store",
            hint="Build again: what a build leaves is kept until images are pruned",
        ) from error
    layer = Layer(
        index=0,
        digest=Digest.parse(made.digest),
        diff_id=Digest.parse(made.diff_id),
        chain_id=None,
        media_type=media.OCI_LAYER,
        compression=_compression_of(blob),
        stored=blob.size,
        blob=blob,
    )
    return index_layer(layer, caches, job)


def _compression_of(blob: RandomAccess) -> Compression:
    head = blob.read_at(0, 4)
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "none")


class _Comparing:
    def __init__(self, layers: list[IndexedLayer], contents: ContentReader, job: Job) -> None:
        self._layers, self._contents, self._job = layers, contents, job

    def run(self) -> LayerFiles:
        old, new = (self._paths(layer) for layer in self._layers)
        rows: list[FileDifference] = []
        same = more = 0
        for path in sorted({*old, *new}):
            self._job.check()
            found = self._compared(path, old.get(path), new.get(path))
            if found is None:
                same += 1
            elif len(rows) < MOST:
                rows.append(found)
            else:
                more += 1
        return LayerFiles(tuple(rows), same, more)

    def _paths(self, layer: IndexedLayer) -> dict[bytes, int]:
        """The entries that count, by their paths."""
        if layer.index is None:
            raise DamagedImage("A layer cannot be read", why=layer.problem)
        return dict(_entries(layer.index, self._job))

    def _compared(self, path: bytes, old: int | None, new: int | None) -> FileDifference | None:
        before, after = self._entry(0, old), self._entry(1, new)
        name = display(path)
        if before is None or after is None:
            change = Change.ADDED if before is None else Change.REMOVED
            return FileDifference(name, change, before, after)
        same = self._is_same(before, after, old, new)
        aspects = differing_aspects(before, after, same_content=same)
        if not aspects:
            return None
        how = tuple(map(_words, differences(aspects, before, after)))
        return FileDifference(name, Change.MODIFIED, before, after, how)

    def _is_same(self, before: Entry, after: Entry, old: int | None, new: int | None) -> bool:
        both = before.type is after.type is EntryType.FILE
        if not both or old is None or new is None:
            return True
        return before.size == after.size and self._contents.same((0, old), (1, new))

    def _entry(self, layer: int, entry: int | None) -> Entry | None:
        index = self._layers[layer].index
        return None if entry is None or index is None else index.entry(entry, layer=layer)


def _words(difference: Difference) -> str:
    """What differs; sizes are told beside it."""
    return difference.word if difference.aspect is Aspect.CONTENT else str(difference)


def _entries(index: LayerIndex, job: Job) -> Iterator[tuple[bytes, int]]:
    for number in np.flatnonzero(index.live).tolist():
        job.check()
        entry = index.entry(number)
        if not entry.implicit:
            yield entry.path, number
