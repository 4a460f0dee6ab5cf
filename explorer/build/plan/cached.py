"""The layers that a plan will take again, opened from the local store."""

from __future__ import annotations

from explorer.blobs.compression import detect
from explorer.build.plan.model import Cache, Plan
from explorer.build.plan.records import LayerRecord, StepRecord
from explorer.errors import Cancelled, ExplorerError
from explorer.oci import Digest, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.store.cache import Caches
from explorer.store.images.layout import Layout


class StoredLayers:
    """Layers of steps that hit; as previews ask for them. Each is indexed once."""

    def __init__(self, plan: Plan, layout: Layout, caches: Caches, job: Job | None = None) -> None:
        self._plan = plan
        self._layout = layout
        self._caches = caches
        self._job = job
        self._known: dict[str, IndexedLayer | None] = {}

    def layer_of(self, stage: int, step: int) -> IndexedLayer | None:
        """The layer of a step that the build will take again, if its content is here.

        Raises :class:`explorer.errors.Cancelled` if the job is cancelled.
        """
        found = self._plan.step(stage, step)
        if found is None or found.cache is not Cache.HIT or found.record is None:
            return None
        record = found.record.layer
        if record is None:
            return None
        if record.digest not in self._known:
            self._known[record.digest] = self._opened(record)
        return self._known[record.digest]

    def _opened(self, record: LayerRecord) -> IndexedLayer | None:
        try:
            digest = Digest.parse(record.digest)
            if not self._layout.has(digest):
                return None
            blob = self._layout.open(digest)
            compression = detect(blob.read_at(0, 8))
            layer = Layer(
                index=0,
                digest=digest,
                diff_id=Digest.parse(record.diff_id),
                chain_id=None,
                media_type=media.OCI_LAYER,
                compression=compression,
                stored=blob.size,
                blob=blob,
            )
            indexed = index_layer(layer, self._caches, self._job)
        except Cancelled:
            raise
        except ExplorerError:
            return None
        return indexed if indexed.index is not None else None


def is_stored(layout: Layout, record: StepRecord) -> bool:
    """Whether the layer of a record is still in the store; for :class:`Planner`'s ``kept``."""
    if record.layer is None:
        return False
    try:
        return layout.has(Digest.parse(record.layer.digest))
    except ExplorerError:
        return False
