"""An image from a root filesystem tar, as ``docker import`` makes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from explorer.blobs.compression import plain_chunks
from explorer.mutate.config import Changes, changed, encode
from explorer.oci import Descriptor, Digest, Manifest, Platform, format_rfc3339_utc, media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.store.images import Ingest
from explorer.transfer.layers import bring_layer, here


def import_rootfs(
    layer: Layer,
    ingest: Ingest,
    now: datetime,
    *,
    platform: Platform | None = None,
    comment: str = "",
    changes: Changes | None = None,
    job: Job | None = None,
) -> Descriptor:
    """Make a tar the only layer of a new image; returns its manifest.

    Raises as :func:`explorer.transfer.layers.bring_layer`.
    """
    job = job or Job()
    known = layer if layer.diff_id is not None else replace(layer, diff_id=_diff_id(layer, job))
    brought = bring_layer(known, ingest, job).descriptor
    created = format_rfc3339_utc(now)
    document = {
        "created": created,
        **(platform or Platform.host()).to_json(),
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [str(known.diff_id)]},
        "history": [{"created": created, "comment": comment or "Imported from a tar"}],
    }
    if changes is not None and changes.instructions:
        document = changed(document, changes, now)
    config = ingest.put(encode(document), media.OCI_CONFIG)
    return ingest.put(Manifest(config, (brought,)).encode(), media.OCI_MANIFEST)


def _diff_id(layer: Layer, job: Job) -> Digest:
    hasher = Digest.of(b"").hasher()
    for chunk in plain_chunks(here(layer), layer.compression, job):
        hasher.update(chunk)
    return Digest.from_hasher(hasher)
