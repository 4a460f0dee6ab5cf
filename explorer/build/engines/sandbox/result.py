"""The image that a build makes: configuration, history, manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from explorer.build.engines.sandbox.layers import BuiltLayer
from explorer.build.history import history_entry
from explorer.build.preview import configuration
from explorer.dockerfile.stages.model import Program, Stage
from explorer.mutate.config import encode
from explorer.oci import Descriptor, Manifest, format_rfc3339_utc, media
from explorer.store.images import Ingest

_HIDDEN = frozenset(
    name
    for lower in ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy")
    for name in (lower, lower.upper())
)


def write_image(
    program: Program,
    stage: Stage,
    last: int,
    layers: Sequence[BuiltLayer],
    labels: Mapping[str, str],
    now: datetime,
    ingest: Ingest,
) -> tuple[Descriptor, Descriptor]:
    """Store the image of a stage after its step ``last``; its manifest and its configuration."""
    document = configuration.document(program, stage, last)
    run = document["config"]
    if labels:
        run["Labels"] = {**(run.get("Labels") or {}), **labels}
    document["config"] = {key: value for key, value in run.items() if _says_something(value)}
    document["created"] = format_rfc3339_utc(now)
    document["rootfs"] = {"type": "layers", "diff_ids": [str(layer.diff_id) for layer in layers]}
    document["history"] = history(program, stage, last, now)
    config = ingest.put(encode(document), media.OCI_CONFIG)
    manifest = Manifest(config, tuple(layer.descriptor for layer in layers))
    return ingest.put(manifest.encode(), media.OCI_MANIFEST), config


def history(program: Program, stage: Stage, last: int, now: datetime) -> list[dict[str, Any]]:
    """What the stages one upon another say of themselves, the base's own first."""
    below = stage.origin.stage
    if below is not None:
        base = program.stages[below]
        found = history(program, base, len(base.steps) - 1, now)
    else:
        found = _of_base(stage)
    for step in stage.steps[: last + 1]:
        given = stage.variables_at(step.index)
        environment = stage.environment_at(step.index)
        arguments = {
            name: value
            for name, value in given.items()
            if name not in environment and name not in _HIDDEN
        }
        entry = history_entry(stage, step, now, arguments)
        if entry is not None:
            found.append(entry)
    return found


def _of_base(stage: Stage) -> list[dict[str, Any]]:
    raw = stage.base.raw.get("history") if stage.base is not None else None
    return [dict(entry) for entry in raw if isinstance(entry, Mapping)] if raw else []


def _says_something(value: Any) -> bool:
    return value is not None and value not in ("", [], {})
