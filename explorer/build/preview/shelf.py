"""Layers that earlier builds left in the local store, for steps that a build will not run again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from explorer.blobs.compression import detect
from explorer.build.plan.model import Cache, Plan
from explorer.build.plan.records import LayerRecord
from explorer.errors import ExplorerError
from explorer.oci import Digest, media
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.store.cache import Caches
from explorer.store.images import ImageStore

_HELD: Final = 64


class LayerShelf:
    """Opens layers of the store by what a plan says of its steps; each is indexed once."""

    def __init__(self, store: ImageStore | None = None, caches: Caches | None = None) -> None:
        self._store = store or ImageStore.at()
        self._caches = caches or Caches.at()
        self._held: OrderedDict[str, IndexedLayer] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, plan: Plan) -> PlannedLayers:
        """The layers of the steps of a plan."""
        return PlannedLayers(self, plan)

    def layer(self, record: LayerRecord) -> IndexedLayer | None:
        """A layer, if its content is here and whole."""
        with self._lock:
            found = self._held.get(record.digest) or self._opened(record)
            if found is not None:
                self._held[record.digest] = found
                self._held.move_to_end(record.digest)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return found

    def _opened(self, record: LayerRecord) -> IndexedLayer | None:
        try:
            digest = Digest.parse(record.digest)
            if not self._store.layout.has(digest):
                return None
            blob = self._store.layout.open(digest)
            layer = Layer(
                index=0,
                digest=digest,
                diff_id=Digest.parse(record.diff_id),
                chain_id=None,
                media_type=media.OCI_LAYER,
                compression=detect(blob.read_at(0, 16)),
                stored=blob.size,
                blob=blob,
            )
            indexed = index_layer(layer, self._caches)
        except ExplorerError:
            return None
        return None if indexed.problem or indexed.index is None else indexed


class PlannedLayers:
    """See :class:`explorer.build.preview.protocols.CachedLayers`."""

    def __init__(self, shelf: LayerShelf, plan: Plan) -> None:
        self._shelf = shelf
        self._plan = plan

    def layer_of(self, stage: int, step: int) -> IndexedLayer | None:
        """The layer of a step that will be taken again."""
        found = self._plan.step(stage, step)
        if found is None or found.cache is not Cache.HIT or found.record is None:
            return None
        layer = found.record.layer
        return None if layer is None else self._shelf.layer(layer)
