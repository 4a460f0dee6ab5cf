"""The local image store: an OCI image layout on disk, shared by processes.

::

    oci-layout, index.json      the layout; other tools read it as ``oci:FOLDER``
    blobs/sha256/...            manifests, configurations, layers
    ingest/                     blobs being written, one locked file each
    .partial/               blobs whose way broke off, to go on from
    lock, use.lock              who changes index.json; who uses blobs, and who collects them

A blob appears whole: written to ``ingest``, flushed to the disk, renamed. ``index.json`` is
replaced as a whole. So a crash at any moment leaves a layout that is whole, and at worst files in
``ingest`` and blobs that no manifest names: :meth:`ImageStore.prune` takes both.
"""

from explorer.store.images.ingest import Ingest
from explorer.store.images.store import ImageStore, StoredImage

__all__ = ["ImageStore", "Ingest", "StoredImage"]
