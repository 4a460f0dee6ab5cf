"""The shell scripts of RUN steps, placed in the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.advice.shell import ShellCommand, ShellWord, parse_script
from explorer.dockerfile.commands import model
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Stage, Step
from explorer.dockerfile.stages.settings import DEFAULT_SHELL

POSIX: Final = ("sh", "bash", "dash", "ash", "busybox", "ksh", "zsh")
"""Shells whose language :mod:`~explorer.dockerfile.advice.shell` reads."""

LONGEST: Final = 1 << 17
"""Characters of a script that are looked into."""

_SHEBANG: Final = re.compile(r"#![ \t]*(\S+)(?:[ \t]+(\S+))?[^\n]*")
_ONLY_MARKER: Final = re.compile(r"\s*[0-9]*<<-?\s*\S+\s*")


@dataclass(frozen=True, slots=True)
class Script:
    """A script in the shell of a step, or with a ``#!`` line.

    ``text`` is as written: in a here-document leading tabs are still there. ``shell`` is the
    program that runs it, without its folder. ``options`` are those it is called with.
    """

    text: str
    instruction: Instruction
    shell: str
    options: tuple[str, ...]
    heredoc: Heredoc | None = None

    @property
    def is_posix(self) -> bool:
        """Whether the shell's language is known here."""
        return self.shell in POSIX

    @property
    def commands(self) -> tuple[ShellCommand, ...]:
        """What it runs; nothing where the language is another one."""
        return parse_script(self.text) if self.is_posix and len(self.text) <= LONGEST else ()

    def place(self, start: int, end: int) -> Span:
        """Where a part of the script stands in the file."""
        if self.heredoc is not None:
            return Span(self.heredoc.body.start + start, self.heredoc.body.start + end)
        base = self.instruction.statement.rest.start
        return self.instruction.place(base + start, base + end)

    def span_of(self, part: ShellWord | ShellCommand) -> Span:
        """Where a word or a command stands in the file."""
        return self.place(part.start, part.end)


def scripts_of(stage: Stage, step: Step, text: str) -> tuple[Script, ...]:
    """The shell scripts of a step of a Dockerfile with this text.

    A step that comes from an ONBUILD of the base has none: it stands in another file.
    """
    if not isinstance(step.command, model.Run) or step.trigger is not None:
        return ()
    statement = step.instruction.statement
    if statement.name != "RUN" or statement.is_json or statement.fault is not None:
        return ()
    return tuple(_scripts(stage, step, text))


def _scripts(stage: Stage, step: Step, text: str) -> Iterator[Script]:
    instruction = step.instruction
    shell, *options = step.settings.shell or _default(stage)
    name = program_name(shell)
    header = instruction.statement.rest.value
    only_marker = bool(instruction.heredocs) and _ONLY_MARKER.fullmatch(header) is not None
    if not only_marker:
        yield Script(header, instruction, name, tuple(options))
    heredocs = instruction.heredocs[:1] if only_marker else instruction.heredocs
    for heredoc in heredocs:
        body = heredoc.body.of(text)
        runner, given = _runner(body, header, name, tuple(options), only_marker)
        if runner:
            yield Script(body, instruction, runner, given, heredoc)


def _default(stage: Stage) -> tuple[str, ...]:
    return ("cmd",) if stage.platform.os == "windows" else DEFAULT_SHELL


def _runner(
    body: str, header: str, shell: str, options: tuple[str, ...], only_marker: bool
) -> tuple[str, tuple[str, ...]]:
    """What runs a here-document; ``""`` where it is only read."""
    if not only_marker:
        words = header.split(None, 8)
        name = program_name(words[0]) if words else ""
        given = tuple(word for word in words[1:] if word.startswith("-"))
        return (name, given) if name in POSIX else ("", ())
    found = _SHEBANG.match(body)
    if found is None:
        return shell, options
    first, second = program_name(found[1]), found[2] or ""
    if first == "env":
        return program_name(second), ()
    return first, (second,) if second else ()


def program_name(path: str) -> str:
    """``bash`` of ``/bin/bash``, ``cmd`` of ``C:\\Windows\\cmd.exe``."""
    return re.split(r"[/\\]", path)[-1].lower().removesuffix(".exe")
