"""LAYER: one layer of an opened image."""

from __future__ import annotations

from explorer.analysis.documents.values import Document, digest_text, document, moment_text
from explorer.analysis.opened import OpenImage


def layers_document(image: OpenImage) -> Document:
    """The stack of an image, lowest layer first."""
    return document(layers=layer_documents(image), warnings=list(image.warnings))


def layer_documents(image: OpenImage) -> list[Document]:
    """LAYER for each layer, lowest first.

    ``listed_by`` says what the figures were made of: ``tar``, or a table of contents that the layer
    carries (``estargz``, ``zstd:chunked``). It is null where the layer lies in a registry and its
    files were not fetched; then ``size``, ``entries``, ``contribution``, ``cumulative`` and
    ``changes`` are null as well, the last three also in every layer above. ``size`` is null, too,
    where a table of contents does not tell it.
    """
    created = {
        step.layer: step.history.created
        for step in image.steps
        if step.layer is not None and step.history is not None
    }
    return [
        {**_stored(image, number), **_effect(image, number)}
        | {
            "created": moment_text(created.get(number)),
            "created_by": image.created_by(number),
            "verified": image.layers[number].verified,
            "missing": image.layers[number].layer.missing,
            "problem": image.layers[number].problem or None,
            "listed_by": _listed_by(image, number),
        }
        for number in range(len(image.layers))
    ]


def _stored(image: OpenImage, number: int) -> Document:
    indexed = image.layers[number]
    layer = indexed.layer
    return {
        "index": number,
        "digest": digest_text(layer.digest),
        "diff_id": digest_text(layer.diff_id),
        "chain_id": digest_text(layer.chain_id),
        "media_type": layer.media_type,
        "compression": str(layer.compression),
        "stored": layer.stored,
        "size": indexed.size if indexed.size_known else None,
    }


def _effect(image: OpenImage, number: int) -> Document:
    effect, index = image.stack.effects[number], image.layers[number].index
    if not image.knows(number):
        entries = int(index.live.sum()) if index is not None else None
        return {"contribution": None, "cumulative": None, "entries": entries, "changes": None}
    return {
        "contribution": effect.contribution,
        "cumulative": effect.cumulative,
        "entries": int(index.live.sum()) if index is not None else 0,
        "changes": {
            "added": effect.added,
            "modified": effect.modified,
            "removed": effect.removed,
        },
    }


def _listed_by(image: OpenImage, number: int) -> str | None:
    indexed = image.layers[number]
    return str(indexed.listed_by) if indexed.index is not None else None
