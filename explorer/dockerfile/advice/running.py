"""Advice about how RUN is written, and about ADD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.facts import normal
from explorer.dockerfile.advice.model import Fix
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.shell import ShellCommand
from explorer.dockerfile.advice.subject import Found, Line, Read, Subject, absolute
from explorer.dockerfile.commands import model
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.stages.transfers import is_git, is_http

_PIPES: Final = ("|", "|&")
_FETCH: Final = ("curl", "wget")
_LOST: Final = ("cd", "export", "alias", "source", ".", "umask", "ulimit", "set", "unset")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=([^\s\"'\\$`]*)")
_ARCHIVE: Final = re.compile(
    r"(?i)\.(?:tar|tgz|tbz|tbz2|txz|tlz|tzst|gz|bz2|xz|zst|lzma|Z)(?:[.*?\[]|$)|[*?\[]$"
)


def findings(subject: Subject) -> Iterator[Found]:
    """Pipes that hide failures, effects that do not last, folders gone to again and again, ADD."""
    for lines in subject.lines.values():
        for line in lines:
            for read in line.scripts:
                yield from _pipes(subject, line, read)
                yield from _lost(subject, line, read)
            yield from _added(line)
        yield from _folders(lines)


def _pipes(subject: Subject, line: Line, read: Read) -> Iterator[Found]:
    script = read.script
    if _has_pipefail(script.options) or any(
        c.name == "set" and _has_pipefail(tuple(w.value for w in c.arguments))
        for c in read.commands
    ):
        return
    for command, following in zip(read.commands, read.commands[1:], strict=False):
        if command.name in _FETCH and command.after in _PIPES and following.before in _PIPES:
            message = (
                f"{command.name} may fail unnoticed, as {following.name} decides how the pipe ends"
            )
            fixes = _pipefail(subject, line, script)
            span = script.place(command.start, following.words[0].end)
            yield line.found(rules.PIPE_HIDES_FAILURE, message, span, *fixes)
            return


def _has_pipefail(options: tuple[str, ...]) -> bool:
    return "pipefail" in options


def _pipefail(subject: Subject, line: Line, script: Script) -> tuple[Fix, ...]:
    if script.heredoc is not None or line.step.settings.shell is not None:
        return ()
    start = script.place(0, 0).start
    name = line.stage.origin.name.lower()
    if "alpine" in name or "busybox" in name:
        edit = TextEdit(start, start, "set -o pipefail && ")
        return (Fix("Let the step fail with any part of the pipe", (edit,), safe=False),)
    start = line.step.instruction.start
    edit = TextEdit(start, start, 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n')
    return (Fix("Use bash with pipefail from here on", (edit,), safe=False),)


def _lost(subject: Subject, line: Line, read: Read) -> Iterator[Found]:
    """A script whose every command only changes its own shell."""
    commands = read.commands
    if not commands or any(c.name not in _LOST or c.nested for c in commands):
        return
    if all(c.name == "set" for c in commands) or len(line.scripts) > 1:
        return
    if any(c.before not in ("", "&&", ";", "\n") for c in commands):
        return
    last = commands[-1]
    shown = " ".join(word.value for word in last.words)
    message = f"{shorten(shown)} has no effect on what follows: its shell ends with this step"
    fixes = _lasting(line, read.script, last) if len(commands) == 1 else ()
    yield line.found(rules.NO_LASTING_EFFECT, message, read.script.span_of(last), *fixes)


def _lasting(line: Line, script: Script, command: ShellCommand) -> tuple[Fix, ...]:
    instruction = line.step.instruction
    if script.heredoc is not None or instruction.statement.flags or len(command.operands) != 1:
        return ()
    (operand,) = command.operands
    new = ""
    if command.name == "cd" and operand.literal and " " not in operand.value:
        new = f"WORKDIR {operand.value}"
    elif command.name == "export" and _ASSIGNMENT.fullmatch(operand.value):
        new = f"ENV {operand.value}"
    if not new:
        return ()
    span = line.step.span
    return (Fix(f"Use {new}", (TextEdit(span.start, span.end, new),), safe=False),)


def _folders(lines: tuple[Line, ...]) -> Iterator[Found]:
    """Two steps or more that begin by going to the same folder."""
    seen: dict[str, Line] = {}
    told: set[str] = set()
    for line in lines:
        if not line.scripts or not line.scripts[0].commands:
            continue
        script, (command, *others) = line.scripts[0].script, line.scripts[0].commands
        operands = command.operands
        if command.name != "cd" or not others or len(operands) != 1 or not operands[0].literal:
            continue
        if command.after != "&&" or not operands[0].value.startswith("/"):
            continue
        folder = absolute(operands[0].value, "/")
        if folder in seen and folder not in told:
            told.add(folder)
            message = f"WORKDIR {shorten(folder)} says it once for this step and line"
            message += f" {seen[folder].step.line}"
            yield line.found(rules.WORKDIR_INSTEAD, message, script.span_of(command))
        seen.setdefault(folder, line)


def _added(line: Line) -> Iterator[Found]:
    command = line.step.command
    if not isinstance(command, model.Add):
        return
    transfer = command.transfer
    remote = [s for s in transfer.sources if is_http(s.value) and not is_git(s.value)]
    if command.checksum is None:
        for source in remote[:1]:
            message = f"What {shorten(source.value)} delivers is not checked: add --checksum"
            yield line.found(rules.ADD_WITHOUT_CHECKSUM, message, line.step.span_of(source))
    if command.unpack is not None or command.keep_git_dir is not None or command.checksum:
        return
    if remote or any(is_git(s.value) or _may_unpack(s.value) for s in transfer.sources):
        return
    keyword = line.step.instruction.statement.keyword
    span = line.step.span_of(keyword)
    new = "COPY" if keyword.value == keyword.value.upper() else "copy"
    fix = Fix("Use COPY", (TextEdit(span.start, span.end, new),))
    yield line.found(rules.ADD_INSTEAD_OF_COPY, "COPY does the same here", span, fix)


def _may_unpack(source: str) -> bool:
    """Whether a source may be an archive; a folder's content never is unpacked."""
    path = normal(source)
    name = path.rpartition("/")[2]
    if not path or source.endswith("/"):
        return False
    return "." not in name.lstrip(".") or "$" in source or _ARCHIVE.search(name) is not None
