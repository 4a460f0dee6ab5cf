"""What is said of a command that did not end well."""

from __future__ import annotations

import signal

from explorer.build.engines.sandbox.client import Ended
from explorer.build.engines.sandbox.failure import StepError
from explorer.build.engines.sandbox.launch import TOO_MANY
from explorer.build.engines.sandbox.request import Command
from explorer.dockerfile.stages.model import Step

_SHOWN = 200  # characters of a command


def failure(step: Step, command: Command, ended: Ended) -> StepError:
    """The error of a step whose command could not be started, or failed."""
    if ended.failed_at == "exec":
        name = command.argv[0] if command.argv else ""
        return StepError(step, f'exec: "{name}": {ended.error}', code=127)
    if ended.failed_at in ("time", "disk"):
        return StepError(step, ended.error, code=None)
    if ended.failed_at:
        return StepError(step, f"it could not run: {ended.failed_at}: {ended.error}", code=None)
    if ended.code == TOO_MANY:
        message = f"it had more than {command.processes:,} processes"
        return StepError(step, message, code=None, hint="See what it starts without end")
    shown = " ".join(command.argv)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if ended.code > 128:
        message = f'"{shown}" was ended by signal {ended.code - 128}'
        return StepError(step, message, code=ended.code, hint=_hint(ended.code - 128))
    message = f'process "{shown}" did not complete successfully: exit code: {ended.code}'
    return StepError(step, message, code=ended.code)


def _hint(number: int) -> str:
    if number == signal.SIGSYS:
        return "It is a program for another kind of processor than this machine's"
    if number == signal.SIGKILL:
        return "This machine may have had no memory left for it"
    return ""
