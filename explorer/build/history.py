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
_RUNES: Final = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r",
                 39: "\\'", 92: "\\\\"}  # fmt: skip


def history_entry(
    stage: Stage, step: Step, when: datetime, given: Mapping[str, str]
) -> dict[str, Any] | None:
    """The entry of a step; None for an instruction that leaves none, such as ONBUILD.

    ``given`` are the build arguments that are declared so far, with their values or "": a RUN
    lists them.
    """
    text = _text(step, given)
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


def _text(step: Step, given: Mapping[str, str]) -> str | None:
    settings = step.settings_after
    match step.command:
        case None | model.OnBuild():
            return None
        case model.Run() as run:
            return f"RUN {_arguments(given)}{_run(run, step)} # buildkit"
        case model.Copy() | model.Add() as command:
            return f"{_transfer(step.instruction.name, command)} # buildkit"
        case model.Workdir():
            return f"WORKDIR {settings.workdir or '/'}"
        case model.Cmd():
            return f"CMD {_quoted(settings.cmd or ())}"
        case model.Entrypoint():
            return f"ENTRYPOINT {_quoted(settings.entrypoint or ())}"
        case model.Expose(ports):
            exposed = sorted({each for port in ports for each in _exposed(port.value)})
            return f"EXPOSE map[{' '.join(f'{port}:{{}}' for port in exposed)}]"
        case model.Volume(paths):
            return f"VOLUME [{' '.join(path.value for path in paths)}]"
        case model.Shell(words):
            return f"SHELL [{' '.join(words)}]"
        case model.Env(pairs) | model.Label(pairs):
            name = step.instruction.name
            return f"{name} " + " ".join(f"{pair.key.value}={pair.value.value}" for pair in pairs)
        case model.User(user):
            return f"USER {user.value}"
        case model.HealthcheckCommand() as check:
            return f"HEALTHCHECK {_healthcheck(check)}"
        case _:
            return step.instruction.text


def _transfer(name: str, command: model.Copy | model.Add) -> str:
    """A COPY or ADD with its variables replaced; of its flags only those that change files."""
    transfer = command.transfer
    words = [name]
    if isinstance(command, model.Copy) and command.parents:
        words.append("--parents")
    for flag, word in (("chown", transfer.owner), ("chmod", transfer.mode)):
        if word is not None and word.value:
            words.append(f"--{flag}={word.value}")
    words += [word.value for word in transfer.sources]
    words += [f"<<{file.name}" for file in transfer.inline]
    return " ".join((*words, transfer.destination.value))


def _healthcheck(check: model.HealthcheckCommand) -> str:
    """As Go prints the structure with %q: the number of retries comes out as a character."""
    spans = (check.interval, check.timeout, check.start_period, check.start_interval)
    shown = " ".join(f'"{_duration(span)}"' for span in spans)
    return f"&{{{_quoted(check.test)} {shown} {_rune(check.retries)}}}"


def _rune(number: int) -> str:
    if number in _RUNES:
        return f"'{_RUNES[number]}'"
    if number < 0x20 or number == 0x7F:
        return f"'\\x{number:02x}'"
    printable = number <= 0x10FFFF and not 0xD800 <= number < 0xE000 and chr(number).isprintable()
    return f"'{chr(number)}'" if printable else "'\ufffd'"


def _duration(nanoseconds: int) -> str:
    """As Go prints a duration: ``1h0m5s``, ``1.5s``, ``250ms``."""
    if nanoseconds < 1_000_000_000:
        for unit, size in (("ms", 1_000_000), ("µs", 1000), ("ns", 1)):
            if nanoseconds >= size:
                return f"{_decimal(nanoseconds, size)}{unit}"
        return "0s"
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, 1_000_000_000)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def _decimal(number: int, size: int) -> str:
    whole, rest = divmod(number, size)
    digits = len(str(size)) - 1
    return f"{whole}.{rest:0{digits}}".rstrip("0") if rest else str(whole)


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
