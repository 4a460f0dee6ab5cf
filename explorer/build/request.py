"""What is to be built, and how: the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from explorer.oci import Platform, Reference

OutputType = Literal["store", "engine", "docker", "oci", "tar", "local"]
"""Where the result goes: into our store, to stay with the engine, or as buildx's ``--output``."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of ``--secret``: a file of this machine, or a variable of the environment."""

    id: str
    file: Path | None = None
    env: str = ""


@dataclass(frozen=True, slots=True)
class SshAgent:
    """An agent of ``--ssh``: a socket; None is that of ``SSH_AUTH_SOCK``."""

    id: str = "default"
    socket: Path | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One ``--output``; ``destination`` is a path, "-" for standard output, "" for none."""

    type: OutputType = "store"
    destination: str = ""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """One build.

    ``dockerfile`` is its absolute path; ``text`` stands for what the file holds where it is given
    (an editor's, not yet saved). ``context`` is the folder of the build context. ``contexts`` are
    named ones, as ``--build-context`` has them. ``target`` is a stage's name or number, "" the
    last one. ``stop_after`` ends the build behind that step of the target (stage, step), for "Run
    to here". ``run_seconds`` is how long one RUN may take; None sets no limit. ``keep`` is whether
    an image without a name is held in the store; its layers are kept for the next build anyway.
    """

    dockerfile: Path
    context: Path | None
    text: str | None = None
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[Platform, ...] = ()
    references: tuple[Reference, ...] = ()
    secrets: tuple[Secret, ...] = ()
    ssh: tuple[SshAgent, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False
    pull: bool = False
    outputs: tuple[Output, ...] = (Output(),)
    stop_after: tuple[int, int] | None = None
    run_seconds: float | None = None
    keep: bool = True
