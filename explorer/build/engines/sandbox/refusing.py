"""What the embedded engine does not do, by name, told before anything runs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

from explorer.build.engines.sandbox.remotes import remote_sources
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Stage
from explorer.dockerfile.stages.transfers import is_git
from explorer.errors import ExplorerError, Unsupported
from explorer.oci import Platform, Reference

_HINT = "Choose another engine: --engine buildkit, docker or podman"
_OWN_SYNTAX = ("docker/dockerfile", "docker/dockerfile-upstream")


def refuse(program: Program) -> None:
    """Raise :class:`Unsupported` for the first thing that this engine does not do."""
    _refuse_syntax(program)
    for index in sorted(program.reachable):
        stage = program.stages[index]
        _refuse_system(stage)
        for line, run in _runs(stage):
            _refuse_run(line, run, stage)
        _refuse_repositories(stage)


def _refuse_syntax(program: Program) -> None:
    for directive in program.document.directives:
        if directive.name.lower() == "syntax" and not _is_own(directive.value):
            raise Unsupported(
                f"The frontend {directive.value} is not run here",
                why="the Dockerfile is written in a language of its own",
                hint="Choose an engine that fetches frontends: --engine buildkit",
            )


def _is_own(frontend: str) -> bool:
    """Whether a frontend speaks our own language: Docker's, of any version, from any mirror."""
    try:
        return Reference.parse(frontend.strip().split()[0]).path in _OWN_SYNTAX
    except (ExplorerError, IndexError):
        return False


def _refuse_system(stage: Stage) -> None:
    if stage.platform.os not in ("linux", ""):
        raise Unsupported(
            f"Images for {stage.platform.os} are not built here",
            why="the embedded engine makes Linux images",
            hint=_HINT,
        )


def _runs(stage: Stage) -> Iterator[tuple[int, model.Run]]:
    for step in stage.steps:
        if isinstance(step.command, model.Run):
            yield step.line, step.command


def _refuse_repositories(stage: Stage) -> None:
    """ADD of a repository where there is no git."""
    for step in stage.steps:
        if any(is_git(word.value) for word in remote_sources(step)) and shutil.which("git") is None:
            raise Unsupported(
                f"ADD of a repository on line {step.line} needs the program git",
                why="it is not installed",
                hint=f"Install git. {_HINT}",
            )


def _refuse_run(line: int, run: model.Run, stage: Stage) -> None:
    if sys.platform != "linux":
        raise Unsupported(
            f"RUN on line {line} needs Linux",
            why="the embedded engine runs commands in Linux namespaces",
            hint=_HINT,
        )
    if run.security == "insecure":
        raise Unsupported(f"RUN --security=insecure on line {line} is not done here", hint=_HINT)
    if run.devices:
        raise Unsupported(f"RUN --device on line {line} is not done here", hint=_HINT)
    here, wanted = Platform.host(), stage.platform
    if wanted.architecture and wanted.architecture != here.architecture:
        raise Unsupported(
            f"RUN on line {line} is for {wanted}, and this machine is {here}",
            why="the embedded engine runs no programs of other machines",
            hint=_HINT,
        )
