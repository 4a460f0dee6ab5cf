"""The commands. Each argument is a :class:`~explorer.dockerfile.words.Word` with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from explorer.dockerfile.commands.mount import Mount
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.words import Pair, Word


@dataclass(frozen=True, slots=True)
class From:
    """``FROM [--platform=P] BASE [AS NAME]``; ``name`` is in lower case, ``""`` where absent."""

    base: Word
    name: str = ""
    alias: Word | None = None
    platform: Word | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """One name of an ARG; ``default`` is ``None`` where it has none."""

    name: Word
    default: Word | None = None


@dataclass(frozen=True, slots=True)
class Arg:
    """``ARG NAME[=DEFAULT]...``."""

    declarations: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class Env:
    """``ENV KEY=VALUE...``."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """``LABEL KEY=VALUE...``."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A here-document as a file: ``content`` with leading tabs stripped where asked."""

    name: str
    content: str
    heredoc: Heredoc


@dataclass(frozen=True, slots=True)
class Transfer:
    """What COPY and ADD share. ``inline`` are the here-documents among the sources."""

    sources: tuple[Word, ...]
    inline: tuple[InlineFile, ...]
    destination: Word
    owner: Word | None = None
    mode: Word | None = None
    link: bool = False
    excludes: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """``COPY [--from=S] [--parents] ... SOURCE... DESTINATION``."""

    transfer: Transfer
    source: Word | None = None
    parents: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """``ADD [--checksum=D] ... SOURCE... DESTINATION``; ``None`` leaves a choice to the source."""

    transfer: Transfer
    checksum: Word | None = None
    keep_git_dir: bool | None = None
    unpack: bool | None = None


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Words to execute, or with ``is_shell`` one script for the shell."""

    words: tuple[str, ...]
    is_shell: bool


@dataclass(frozen=True, slots=True)
class Run:
    """``RUN [--mount=...] [--network=...] COMMAND``.

    ``line`` is what is executed; where the whole command is a here-document, its content is the
    script. One that begins with ``#!`` is ``executable``: it is mounted, and its path executed.
    ``mounts`` are read from ``mount_flags`` once variables are known.
    """

    line: CommandLine
    mount_flags: tuple[Word, ...] = ()
    mounts: tuple[Mount, ...] = ()
    network: str = "default"
    security: str = "sandbox"
    devices: tuple[Word, ...] = ()
    executable: InlineFile | None = None


@dataclass(frozen=True, slots=True)
class Cmd:
    """``CMD COMMAND``."""

    line: CommandLine


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """``ENTRYPOINT COMMAND``."""

    line: CommandLine


@dataclass(frozen=True, slots=True)
class Shell:
    """``SHELL ["EXECUTABLE", "PARAMETER"...]``."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HealthcheckCommand:
    """``HEALTHCHECK``: ``test`` as in configurations; durations in nanoseconds, 0 = default."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Expose:
    """``EXPOSE PORT...``."""

    ports: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Volume:
    """``VOLUME PATH...``."""

    paths: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class User:
    """``USER NAME[:GROUP]``."""

    user: Word


@dataclass(frozen=True, slots=True)
class Workdir:
    """``WORKDIR PATH``."""

    path: Word


@dataclass(frozen=True, slots=True)
class StopSignal:
    """``STOPSIGNAL SIGNAL``."""

    signal: Word


@dataclass(frozen=True, slots=True)
class Maintainer:
    """``MAINTAINER NAME``, deprecated."""

    name: Word


@dataclass(frozen=True, slots=True)
class OnBuild:
    """``ONBUILD INSTRUCTION``; ``expression`` is its text, here-documents included."""

    trigger: Statement
    expression: str


Command: TypeAlias = (
    From
    | Arg
    | Env
    | Label
    | Copy
    | Add
    | Run
    | Cmd
    | Entrypoint
    | Shell
    | HealthcheckCommand
    | Expose
    | Volume
    | User
    | Workdir
    | StopSignal
    | Maintainer
    | OnBuild
)
