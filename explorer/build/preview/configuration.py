"""The configuration that a stage has come to after a step, as BuildKit writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.build.preview.model import Effective
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Settings, Stage
from explorer.dockerfile.stages.ports import PortError, PortSpec
from explorer.oci.config import ImageConfig
from explorer.oci.process import effective_process

Document = dict[str, Any]


def document(program: Program, stage: Stage, step: int) -> Document:
    """The JSON of the configuration after a step, without history and layers."""
    chain = _chain(program, stage)
    doc = _start(chain[0])
    run: Document = doc["config"]
    for each in chain:
        run.pop("OnBuild", None)  # what a base asks for is done once
        last = step + 1 if each is stage else len(each.steps)
        for done in each.steps[:last]:
            _apply(doc, run, done.command)
    environment = stage.environment_at(step + 1)
    run["Env"] = [f"{name}={value}" for name, value in environment.items()]
    settings = _settings(chain, step)
    if settings is not None:
        run["User"], run["WorkingDir"] = settings.user, settings.workdir or "/"
        run["Entrypoint"] = _words(settings.entrypoint)
        run["Cmd"] = _words(settings.cmd)
        run["Shell"] = _words(settings.shell)
    return doc


def _chain(program: Program, stage: Stage) -> list[Stage]:
    """A stage and those it builds upon, the lowest first."""
    chain = [stage]
    while (below := chain[-1].origin.stage) is not None and below < chain[-1].index:
        chain.append(program.stages[below])
    return chain[::-1]


def _start(stage: Stage) -> Document:
    """What the lowest stage begins with."""
    if stage.base is None:
        platform = stage.platform
        variant = {"variant": platform.variant} if platform.variant else {}
        about = {"architecture": platform.architecture, "os": platform.os, **variant}
        return {**about, "config": {"WorkingDir": "/"}}
    start: Document = json.loads(json.dumps(dict(stage.base.raw)))
    start.pop("history", None)
    start.pop("rootfs", None)
    if not isinstance(start.get("config"), dict):
        start["config"] = {}
    return start


def _settings(chain: Sequence[Stage], step: int) -> Settings | None:
    """The settings after the last step there is; ``None`` where there is none at all."""
    for stage in reversed(chain):
        if stage is not chain[-1]:
            step = len(stage.steps) - 1
        if step >= 0:
            return stage.steps[step].settings_after
        if stage.steps:
            return stage.steps[0].settings
    return None


def _words(words: tuple[str, ...] | None) -> list[str] | None:
    return None if words is None else list(words)


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
