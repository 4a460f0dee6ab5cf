"""What a step says of itself in the history of an image, in BuildKit's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from explorer.build.plan.steps import leaves_layer
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Stage, Step
from explorer.dockerfile.stages.ports import PortError, PortSpec
from explorer.dockerfile.stages.settings import DEFAULT_SHELL
from explorer.oci import format_rfc3339_utc

COMMENT: Final = "buildkit.dockerfile.v0"


def history_entry(
    stage: Stage, step: Step, when: datetime, given: Mapping[str, str]
) -> dict[str, Any] | None:
    """The entry of a step; None for an instruction that leaves none (ARG leaves one).

    ``given`` are the build arguments, those of ``--build-arg`` and defaults alike, that are in
    scope: a RUN lists them.
    """
    text = _text(stage, step, given)
    if text is None:
        return None
    entry: dict[str, Any] = {
        "created": format_rfc3339_utc(when),
        "created_by": text,
        "comment": COMMENT,
    }
    if not leaves_layer(step):
        entry["empty_layer"] = True
    return entry


def _text(stage: Stage, step: Step, given: Mapping[str, str]) -> str | None:
    match step.command:
        case None:
            return None
        case model.Run() as run:
            return f"RUN {_arguments(given)}{_run(run, step)} # buildkit"
        case model.Copy() | model.Add() | model.Workdir():
            made = " # buildkit" if leaves_layer(step) else ""
            return f"{step.instruction.text}{made}"
        case model.Cmd() | model.Entrypoint():
            words = step.settings_after.cmd
            if isinstance(step.command, model.Entrypoint):
                words = step.settings_after.entrypoint
            return f"{step.instruction.name} {_quoted(words or ())}"
        case model.Expose(ports):
            exposed = ", ".join(f"{each}:{{}}" for port in ports for each in _exposed(port.value))
            return f"EXPOSE [{exposed}]" if not exposed else f"EXPOSE map[{exposed}]"
        case model.Volume(paths):
            return f"VOLUME [{' '.join(path.value for path in paths)}]"
        case model.Shell(words):
            return f"SHELL [{' '.join(words)}]"
        case model.Env(pairs):
            return "ENV " + " ".join(f"{pair.key.value}={pair.value.value}" for pair in pairs)
        case model.Label(pairs):
            return "LABEL " + " ".join(f"{pair.key.value}={pair.value.value}" for pair in pairs)
        case model.User(user):
            return f"USER {user.value}"
        case _:
            return step.instruction.text


def _arguments(given: Mapping[str, str]) -> str:
    if not given:
        return ""
    listed = " ".join(f"{name}={value}" for name, value in given.items())
    return f"|{len(given)} {listed} "


def _run(run: model.Run, step: Step) -> str:
    words = " ".join(run.line.words)
    if not run.line.is_shell:
        return words
    return " ".join((*(step.settings.shell or DEFAULT_SHELL), words))


def _exposed(port: str) -> tuple[str, ...]:
    try:
        return tuple(PortSpec.parse(port).exposed)
    except PortError:
        return ()


def _quoted(words: tuple[str, ...]) -> str:
    """As Go prints a list of strings with %q."""
    return "[" + " ".join(json.dumps(word, ensure_ascii=False) for word in words) + "]"
