"""How an instruction changes what a stage has set."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.model import CommandLine
from explorer.dockerfile.stages.model import Settings
from explorer.oci.config import ImageConfig

DEFAULT_SHELL: Final = ("/bin/sh", "-c")
WINDOWS_SHELL: Final = ("cmd", "/S", "/C")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


def from_config(config: ImageConfig | None) -> Settings:
    """The settings a stage begins with."""
    if config is None:
        return Settings()
    return Settings(
        workdir=config.workdir,
        user=config.user,
        shell=config.shell,
        entrypoint=config.entrypoint,
        cmd=config.cmd,
    )


def is_absolute(path: str, system: str) -> bool:
    """Whether a path begins at the root; on Windows also at a drive."""
    if system == "windows":
        return path[:1] in ("/", "\\") or _DRIVE.match(path) is not None
    return path.startswith("/")


def joined(workdir: str, path: str, system: str) -> str:
    """A WORKDIR after another one."""
    if not path:
        return workdir or "/"
    if is_absolute(path, system):
        return path
    return posixpath.normpath(posixpath.join("/", workdir, path))


def after(settings: Settings, command: model.Command, system: str) -> Settings:
    """The settings after a command."""
    match command:
        case model.Workdir(path):
            workdir = joined(settings.workdir, path.value, system)
            return replace(settings, workdir=workdir, workdir_set=True)
        case model.User(user):
            return replace(settings, user=user.value)
        case model.Shell(words):
            return replace(settings, shell=words)
        case model.Cmd(line):
            return replace(settings, cmd=_words(line, settings, system), cmd_set=True)
        case model.Entrypoint(line):
            # A CMD of the base was meant for the base's ENTRYPOINT.
            cmd = settings.cmd if settings.cmd_set else None
            return replace(settings, entrypoint=_words(line, settings, system), cmd=cmd)
        case _:
            return settings


def _words(line: CommandLine, settings: Settings, system: str) -> tuple[str, ...]:
    if not line.is_shell:
        return line.words
    default = WINDOWS_SHELL if system == "windows" else DEFAULT_SHELL
    return (*(settings.shell or default), " ".join(line.words))
