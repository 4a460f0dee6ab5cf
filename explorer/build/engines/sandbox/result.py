"""The image that a build makes: configuration, history, manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from explorer.build.engines.sandbox.layers import BuiltLayer
from explorer.build.history import history_entry
from explorer.build.plan.steps import leaves_layer
from explorer.build.preview import configuration
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.mutate.config import encode
from explorer.oci import Descriptor, Digest, Manifest, format_rfc3339_utc, media
from explorer.store.images import Ingest

_CONFIG = frozenset(
    (
        *("User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels"),
        *("StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild", "Shell"),
    )
)
"""What BuildKit keeps of a base's configuration; classic builders wrote more."""
_TOP = ("created", "author", "architecture", "variant", "os", "os.version", "os.features")


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
    if any(isinstance(done.command, model.Cmd) for _, done in chain(program, stage, last)):
        run["ArgsEscaped"] = True
    document = {key: document[key] for key in _TOP if document.get(key)}
    document["config"] = {
        key: value for key, value in run.items() if key in _CONFIG and _says_something(value)
    }
    document["rootfs"] = {"type": "layers", "diff_ids": [str(layer.diff_id) for layer in layers]}
    steps = list(chain(program, stage, last))
    times = _times([step for _, step in steps], layers, now)
    document["created"] = format_rfc3339_utc(times[-1] if times else now)
    document["history"] = [*_of_base(_bottom(program, stage)), *_said(steps, times)]
    config = _put(encode(document), media.OCI_CONFIG, ingest)
    manifest = Manifest(config, tuple(layer.descriptor for layer in layers))
    return _put(manifest.encode(), media.OCI_MANIFEST, ingest), config


def _put(data: bytes, media_type: str, ingest: Ingest) -> Descriptor:
    """A document in the store; one that is there already is not written again."""
    digest = Digest.of(data)
    if ingest.layout.has(digest, len(data)):
        return Descriptor(media_type, digest, len(data))
    return ingest.put(data, media_type)


def _times(steps: Sequence[Step], layers: Sequence[BuiltLayer], now: datetime) -> list[datetime]:
    """When each step was made, so that what is built again from the cache is the same image.

    As with BuildKit, a step that leaves no layer has the time of the layer before it, and the
    first ones that of the first layer.
    """
    count = sum(map(leaves_layer, steps))
    own = [layer.when or now for layer in layers[len(layers) - count :]]
    at = own[0] if own else now
    rest = iter(own)
    return [at := next(rest, at) if leaves_layer(step) else at for step in steps]


def _said(steps: Sequence[tuple[Stage, Step]], times: Sequence[datetime]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    declared: dict[str, None] = {}
    for (above, step), at in zip(steps, times, strict=True):
        values = above.variables_at(step.index)
        entry = history_entry(above, step, at, {name: values.get(name, "") for name in declared})
        if isinstance(step.command, model.Arg):
            declared.update((each.name.value, None) for each in step.command.declarations)
        if entry is not None:
            found.append(entry)
    return found


def chain(program: Program, stage: Stage, last: int) -> Iterator[tuple[Stage, Step]]:
    """The steps of the stages one upon another, the lowest first, up to ``last`` of the highest."""
    below = stage.origin.stage
    if below is not None:
        base = program.stages[below]
        yield from chain(program, base, len(base.steps) - 1)
    for step in stage.steps[: last + 1]:
        yield stage, step


def _bottom(program: Program, stage: Stage) -> Stage:
    while (below := stage.origin.stage) is not None:
        stage = program.stages[below]
    return stage


def _of_base(stage: Stage) -> list[dict[str, Any]]:
    raw = stage.base.raw.get("history") if stage.base is not None else None
    return [dict(entry) for entry in raw if isinstance(entry, Mapping)] if raw else []


def _says_something(value: Any) -> bool:
    return value is not None and value not in ("", [], {})
