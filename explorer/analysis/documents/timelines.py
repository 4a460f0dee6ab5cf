"""The history of one path, as a document."""

from __future__ import annotations

from explorer.analysis.documents.entries import listed_document
from explorer.analysis.documents.values import Document, document, path_fields
from explorer.analysis.listing import Listed, as_removed
from explorer.analysis.opened import OpenImage
from explorer.analysis.timeline import Version, timeline
from explorer.filesystem.entry import Change


def timeline_document(image: OpenImage, node: int) -> Document:
    """Every layer that touched a path, lowest first.

    ``cost`` is the bytes of content the layer stores for the path; ``cause`` says how it came to
    be removed; ``recoverable`` whether its content can still be read.
    """
    return document(
        **path_fields(image.stack.trie.path(node)),
        versions=[_version(image, version) for version in timeline(image, node)],
        warnings=list(image.warnings),
    )


def _version(image: OpenImage, version: Version) -> Document:
    row = Listed(version.entry, version.change, version.what)
    if version.change is Change.REMOVED:
        row = as_removed(row, version.layer)
    return {
        "layer": version.layer,
        "change": version.change.word,
        "what": [aspect.word for aspect in version.what],
        "entry": listed_document(row),
        "created_by": image.created_by(version.layer),
        "cost": version.cost,
        "cause": str(version.cause) if version.cause is not None else None,
        "recoverable": version.recoverable,
    }
