"""The layer-sharing matrix, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.documents.values import Document, digest_text, document
from explorer.analysis.shared import Sharing


def sharing_document(
    names: Sequence[str], sharing: Sharing, warnings: Sequence[str] = ()
) -> Document:
    """Every distinct layer with the names of the images that have it."""
    return document(
        images=list(names),
        layers=[
            {
                "digest": digest_text(layer.digest),
                "diff_id": digest_text(layer.diff_id),
                "size": layer.size,
                "images": [names[number] for number in layer.images],
            }
            for layer in sharing.layers
        ],
        stored=sharing.stored,
        unshared=sharing.unshared,
        saved=sharing.saved,
        warnings=list(warnings),
    )
