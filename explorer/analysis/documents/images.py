"""What an image is: its names, digests, configuration, history and layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.analysis.documents.layers import layer_documents
from explorer.analysis.documents.values import Document, digest_text, document, moment_text
from explorer.analysis.opened import OpenImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.providers import NOTHING
from explorer.oci.process import effective_process
from explorer.sources.traffic import Traffic


def image_document(image: OpenImage) -> Document:
    """Everything ``inspect`` tells.

    ``size`` is the bytes of the merged filesystem and ``files`` its regular files; ``stored`` the
    bytes of all layers as they are stored. ``config`` is the configuration's ``config`` object as
    it was written; ``process`` what a container will run. ``size`` and ``files`` are null where
    layers in a registry are not listed. ``traffic`` is what looking into an image of a registry has
    cost so far, and the bytes of layers that it did not; null for an image that is here.
    """
    source = image.image
    return document(
        reference=source.reference,
        transport=source.transport,
        digest=digest_text(source.digest),
        image_id=digest_text(source.image_id),
        media_type=source.media_type,
        platform=str(source.platform),
        platforms=[str(platform) for platform in source.platforms],
        tags=list(source.names),
        created=moment_text(source.config.created),
        author=source.config.author,
        config=_run_config(source.config.raw),
        process=_process(image),
        history=_history(image),
        layers=layer_documents(image),
        size=_size(image),
        stored=source.stored,
        files=count_files(image) if image.complete else None,
        warnings=list(image.warnings),
        traffic=traffic_document(image.traffic),
    )


def traffic_document(traffic: Traffic | None) -> Document | None:
    """Requests, and bytes fetched and spared."""
    if traffic is None:
        return None
    now = traffic.now
    return {"requests": now.requests, "fetched": now.fetched, "spared": now.spared}


def _size(image: OpenImage) -> int | None:
    effects = image.stack.effects
    if not image.complete:
        return None
    return effects[-1].cumulative if effects else 0


def count_files(image: OpenImage) -> int:
    """The regular files of the final filesystem; each name of a hard link counts."""
    stack, visible = image.stack, image.final.visible
    inodes = stack.inodes(visible[visible != NOTHING])
    dangling = int((inodes == NOTHING).sum())
    kinds = stack.column("type", inodes[inodes != NOTHING])
    return int(np.count_nonzero(kinds == EntryType.FILE)) + dangling


def _run_config(raw: Mapping[str, Any]) -> Document:
    config = raw.get("config")
    return dict(config) if isinstance(config, Mapping) else {}


def _process(image: OpenImage) -> Document:
    process = effective_process(image.image.config)
    return {
        "argv": list(process.argv),
        "form": process.form,
        "user": process.user,
        "workdir": process.workdir,
        "stop_signal": process.stop_signal,
        "warnings": list(process.warnings),
    }


def _history(image: OpenImage) -> list[Document]:
    return [
        {
            "created": moment_text(step.history.created),
            "created_by": step.history.created_by,
            "comment": step.history.comment,
            "empty_layer": step.history.empty_layer,
            "layer": step.layer,
        }
        for step in image.steps
        if step.history is not None
    ]
