"""An image of the local store, as a source."""

from __future__ import annotations

from explorer.oci import ImageIndex
from explorer.sources.members import FolderMembers
from explorer.sources.oci_layout import OciLayout
from explorer.store.images import ImageStore


def stored_image(store: ImageStore, name: str) -> OciLayout:
    """The one image that a name of the store means; raises :class:`explorer.errors.NotFound`."""
    digest = store.find(name).digest
    same = tuple(held for held in store.descriptors() if held.digest == digest)
    return OciLayout("store", "", FolderMembers(store.layout.root), ImageIndex(same))
