"""An image with another configuration and the same layers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from explorer.errors import UsageError
from explorer.oci import Descriptor, Manifest, format_rfc3339_utc, media
from explorer.oci.document import load_object
from explorer.progress import Job
from explorer.sources.image import Image
from explorer.store.images import Ingest
from explorer.transfer.layers import bring_layer


@dataclass(frozen=True, slots=True)
class Changes:
    """What to set; None and empty leave things as they are.

    ``env`` and ``labels`` are added to, a value of None takes one away. ``entrypoint`` and ``cmd``
    replace; an empty list clears them.
    """

    env: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str | None] = field(default_factory=dict)
    entrypoint: Sequence[str] | None = None
    cmd: Sequence[str] | None = None
    user: str | None = None
    workdir: str | None = None
    expose: Sequence[str] = ()
    volumes: Sequence[str] = ()
    stop_signal: str | None = None

    @property
    def instructions(self) -> tuple[str, ...]:
        """The same as Dockerfile instructions, one for each line of the history."""
        found = [*_lines("ENV", self.env), *_lines("LABEL", self.labels)]
        if self.entrypoint is not None:
            found.append(f"ENTRYPOINT {json.dumps(list(self.entrypoint))}")
        if self.cmd is not None:
            found.append(f"CMD {json.dumps(list(self.cmd))}")
        words = (("USER", self.user), ("WORKDIR", self.workdir), ("STOPSIGNAL", self.stop_signal))
        found += [f"{keyword} {value}" for keyword, value in words if value is not None]
        found += [f"EXPOSE {port}" for port in self.expose]
        return (*found, *(f"VOLUME {volume}" for volume in self.volumes))


def with_config(
    image: Image, changes: Changes, ingest: Ingest, now: datetime, job: Job | None = None
) -> Descriptor:
    """Write the image with its configuration changed; returns its manifest.

    Raises :class:`UsageError` where nothing is to be changed, and what bringing its layers in
    raises (:func:`explorer.transfer.layers.bring_layer`).
    """
    if not changes.instructions:
        raise UsageError("Nothing is to be changed", hint="Name at least one, such as --env A=1")
    job = job or Job()
    layers = tuple(bring_layer(layer, ingest, job).descriptor for layer in image.layers)
    document = changed(load_object(image.config_json, "image configuration"), changes, now)
    config = ingest.put(encode(document), media.OCI_CONFIG)
    return ingest.put(Manifest(config, layers).encode(), media.OCI_MANIFEST)


def changed(document: Mapping[str, Any], changes: Changes, now: datetime) -> dict[str, Any]:
    """A configuration document with changes, and an empty layer in its history for each."""
    new = dict(document)
    run = dict(_object(new.get("config")))
    _set_env(run, changes.env)
    _set_labels(run, changes.labels)
    if changes.entrypoint is not None:
        run["Entrypoint"] = list(changes.entrypoint) or None
        if changes.cmd is None:
            run.pop("Cmd", None)  # as ENTRYPOINT in a Dockerfile resets what the base has
    if changes.cmd is not None:
        run["Cmd"] = list(changes.cmd) or None
    words = {"User": changes.user, "WorkingDir": changes.workdir, "StopSignal": changes.stop_signal}
    run.update({key: value for key, value in words.items() if value is not None})
    for key, names in (("ExposedPorts", changes.expose), ("Volumes", changes.volumes)):
        if names:
            run[key] = {**_object(run.get(key)), **{name: {} for name in names}}
    created = format_rfc3339_utc(now)
    history = [
        {"created": created, "created_by": line, "empty_layer": True}
        for line in changes.instructions
    ]
    new.update(config=run, created=created, history=[*(new.get("history") or []), *history])
    return new


def encode(document: Mapping[str, Any]) -> bytes:
    """Compact JSON, ready to be stored; its digest is the ImageID."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _lines(keyword: str, wanted: Mapping[str, str | None]) -> list[str]:
    return [
        f"{keyword} {name}={value}" if value is not None else f"{keyword} {name} removed"
        for name, value in wanted.items()
    ]


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _set_env(run: dict[str, Any], wanted: Mapping[str, str | None]) -> None:
    if not wanted:
        return
    old = [entry for entry in run.get("Env") or [] if isinstance(entry, str)]
    lines = {entry.partition("=")[0]: entry for entry in old}
    for name, value in wanted.items():
        if value is None:
            lines.pop(name, None)
        else:
            lines[name] = f"{name}={value}"
    run["Env"] = list(lines.values())


def _set_labels(run: dict[str, Any], wanted: Mapping[str, str | None]) -> None:
    if not wanted:
        return
    labels = _object(run.get("Labels"))
    for name, value in wanted.items():
        if value is None:
            labels.pop(name, None)
        else:
            labels[name] = value
    run["Labels"] = labels
