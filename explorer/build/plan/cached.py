"""Whether what a record of a build speaks of is still there."""

from __future__ import annotations

from explorer.build.plan.records import StepRecord
from explorer.errors import ExplorerError
from explorer.oci import Digest
from explorer.store.images.layout import Layout


def is_stored(layout: Layout, record: StepRecord) -> bool:
    """Whether the layer of a record is still in the store; for :class:`Planner`'s ``kept``."""
    if record.layer is None:
        return False
    try:
        return layout.has(Digest.parse(record.layer.digest))
    except ExplorerError:
        return False
