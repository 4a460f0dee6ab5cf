"""The configuration that a stage has come to after a step, as BuildKit writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.build.preview.model import Effective
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import OriginKind, Program, Stage
from explorer.dockerfile.stages.ports import PortError, PortSpec
from explorer.oci.config import ImageConfig
from explorer.oci.process import effective_process

Document = dict[str, Any]


def document(program: Program, stage: Stage, step: int) -> Document:
    """The JSON of the configuration after a step, without history and layers."""
    doc = _start(program, stage)
    run: Document = doc["config"]
    commands = [each.command for each in stage.steps[: step + 1]]
    for command in commands:
        _apply(doc, run, command)
    environment = stage.environment_at(step + 1)
    run["Env"] = [f"{name}={value}" for name, value in environment.items()]
    settings = (
        stage.steps[step].settings_after
        if 0 <= step < len(stage.steps)
        else (stage.steps[0].settings if stage.steps else None)
    )
    if settings is not None:
        run["User"], run["WorkingDir"] = settings.user, settings.workdir or "/"
        for key, words in (
            ("Entrypoint", settings.entrypoint),
            ("Cmd", settings.cmd),
            ("Shell", settings.shell),
        ):
            run[key] = None if words is None else list(words)
    return doc


def _start(program: Program, stage: Stage) -> Document:
    """What a stage begins with; triggers of the base are spent."""
    below = stage.origin.stage
    if stage.origin.kind is OriginKind.STAGE and below is not None:
        start = document(program, program.stages[below], len(program.stages[below].steps) - 1)
    elif stage.base is not None:
        start = json.loads(json.dumps(dict(stage.base.raw)))
        if not isinstance(start.get("config"), dict):
            start["config"] = {}
    else:
        platform = stage.platform
        start = {"architecture": platform.architecture, "os": platform.os}
        if platform.variant:
            start["variant"] = platform.variant
        start["config"] = {"WorkingDir": "/"}
    start.pop("history", None)
    start.pop("rootfs", None)
    start["config"].pop("OnBuild", None)
    return start


def _apply(doc: Document, run: Document, command: model.Command | None) -> None:
    match command:
        case model.Label(pairs):
            _table(run, "Labels").update((p.key.value, p.value.value) for p in pairs)
        case model.Expose(ports):
            for port in ports:
                try:
                    exposed = PortSpec.parse(port.value).exposed
                except PortError:
                    continue
                _table(run, "ExposedPorts").update((each, {}) for each in exposed)
        case model.Volume(paths):
            _table(run, "Volumes").update((path.value, {}) for path in paths if path.value)
        case model.StopSignal(signal):
            run["StopSignal"] = signal.value
        case model.Maintainer(name):
            doc["author"] = name.value
        case model.OnBuild():
            run["OnBuild"] = [*(run.get("OnBuild") or ()), command.expression]
        case model.HealthcheckCommand():
            run["Healthcheck"] = _healthcheck(command)
        case _:
            pass


def _healthcheck(command: model.HealthcheckCommand) -> Document:
    check: Document = {"Test": list(command.test)}
    for key, value in (
        ("Interval", command.interval),
        ("Timeout", command.timeout),
        ("StartPeriod", command.start_period),
        ("StartInterval", command.start_interval),
        ("Retries", command.retries),
    ):
        if value:
            check[key] = value
    return check


def _table(run: Document, key: str) -> Document:
    if not isinstance(run.get(key), dict):
        run[key] = {}
    table: Document = run[key]
    return table


def complete(doc: Document, history: Sequence[Document], diff_ids: Sequence[str]) -> bytes:
    """The JSON of a whole configuration."""
    whole = {
        **doc,
        "history": list(history),
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
    }
    return json.dumps(whole).encode("utf-8", "surrogateescape")


def effective(config: ImageConfig) -> Effective:
    """What a container would find."""
    environment: Mapping[str, str] = config.environment()
    return Effective(
        config=config,
        environment=environment,
        user=config.user,
        workdir=config.workdir or "/",
        entrypoint=config.entrypoint,
        cmd=config.cmd,
        process=effective_process(config),
        shell=config.shell,
        exposed=config.exposed_ports,
        volumes=config.volumes,
        labels=config.labels,
        stop_signal=config.stop_signal,
        healthcheck=config.healthcheck,
    )
