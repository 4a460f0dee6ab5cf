"""hadolint: its rules, its configuration file and its comments count as it reads them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explorer.dockerfile.advice.model import Diagnostic, Source
from explorer.dockerfile.advice.subject import Line, Subject
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import NOT_UTF8
from explorer.dockerfile.linters.answer import Remark, read_remarks
from explorer.dockerfile.linters.program import MAX_SCRIPT, MAX_TEXT, LinterFailed, run_json
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.progress import Job

_WIKI: Final = "https://github.com/hadolint/hadolint/wiki/"
_SHELL_WIKI: Final = "https://www.shellcheck.net/wiki/"
_PARSE_ERROR: Final = "DL1000"

_APT: Final = ("apt-get", "apt", "aptitude")
_ABOUT: Final = {
    "DL3001": ("ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount"),
    "DL3003": ("cd",),
    "DL3004": ("sudo",),
    "DL3005": _APT,
    "DL3008": _APT,
    "DL3009": _APT,
    "DL3013": ("pip", "pip3", "python", "python3"),
    "DL3014": _APT,
    "DL3015": _APT,
    "DL3016": ("npm",),
    "DL3017": ("apk",),
    "DL3018": ("apk",),
    "DL3019": ("apk",),
    "DL3027": ("apt",),
    "DL3028": ("gem",),
    "DL3030": ("yum",),
    "DL3031": ("yum",),
    "DL3032": ("yum",),
    "DL3033": ("yum",),
    "DL3034": ("zypper",),
    "DL3035": ("zypper",),
    "DL3036": ("zypper",),
    "DL3037": ("zypper",),
    "DL3038": ("dnf", "microdnf"),
    "DL3039": ("dnf", "microdnf"),
    "DL3040": ("dnf", "microdnf"),
    "DL3041": ("dnf", "microdnf"),
    "DL3042": ("pip", "pip3", "python", "python3"),
    "DL3046": ("useradd",),
    "DL3047": ("wget",),
    "DL3060": ("yarn",),
    "DL3062": ("go",),
    "DL4001": ("wget", "curl"),
}
"""The programs that a rule is about."""

_WHOLE: Final = frozenset({"DL3025", "DL4005"})


def hadolint(
    program: Program, path: Path, folder: Path | None = None, job: Job | None = None
) -> tuple[Diagnostic, ...]:
    """What the hadolint at ``path`` says, run in ``folder``, where its configuration lies.

    Raises:
        LinterFailed: it did not work.
        Cancelled: the job was cancelled.
    """
    document = program.document
    longest = max((i.end - i.start for i in document.instructions), default=0)
    if len(document.text) > MAX_TEXT or longest > MAX_SCRIPT:
        raise LinterFailed("hadolint was not asked", why="there is more than it can take")
    text, inserted = readable(document)
    command = (path, "--no-fail", "--no-color", "--format", "json", "-")
    answer = run_json(command, text, folder=folder, job=job)
    placing = _Placing(program, inserted)
    return tuple(
        placing.diagnostic(remark)
        for remark in read_remarks("hadolint", answer)
        # Whether it is a Dockerfile has been decided; hadolint knows less of the language.
        if remark.code != _PARSE_ERROR
    )


def readable(document: Document) -> tuple[str, tuple[int, ...]]:
    """The text as hadolint can read it, and the lines of it that were put in, from 1.

    After a here-document it wants an empty line, and several in one instruction it cannot read at
    all: these are blanked out.
    """
    text, at = document.text, 0
    parts: list[str] = []
    inserted: list[int] = []
    for instruction in document.instructions:
        if not instruction.heredocs:
            continue
        if len(instruction.heredocs) > 1:
            lines = text.count("\n", instruction.start, instruction.end)
            parts += (text[at : instruction.start], "\n" * lines)
        else:
            closed = text[instruction.start : instruction.end].endswith("\n")
            parts += (text[at : instruction.end], "" if closed else "\n", "\n")
            inserted.append(instruction.last_line + len(inserted) + 1)
        at = instruction.end
    parts.append(text[at:])
    return NOT_UTF8.sub("\ufffd", "".join(parts)), tuple(inserted)


class _Placing:
    """Finds the places of complaints, which name little but a line."""

    def __init__(self, program: Program, inserted: tuple[int, ...]) -> None:
        self._document = program.document
        self._inserted = inserted
        self._lines = {line.step.line: line for line in Subject(program).all_lines()}
        self._instructions = program.document.instructions
        self._starts = [instruction.line for instruction in self._instructions]

    def diagnostic(self, remark: Remark) -> Diagnostic:
        """A complaint with its place."""
        number = remark.line - bisect_left(self._inserted, remark.line)
        instruction = self._instruction(number)
        if instruction is None:
            span = self._whole_line(number)
        else:
            span = self._span(instruction, remark)
        shell = remark.code.startswith("SC")
        return Diagnostic(
            rule=remark.code,
            severity=remark.level,
            message=remark.message,
            span=span,
            line=instruction.line if instruction else number,
            source=Source.HADOLINT,
            url=f"{_SHELL_WIKI if shell else _WIKI}{remark.code}",
        )

    def _instruction(self, number: int) -> Instruction | None:
        index = bisect_left(self._starts, number + 1) - 1
        if index < 0 or self._instructions[index].last_line < number:
            return None
        return self._instructions[index]

    def _whole_line(self, number: int) -> Span:
        starts, length = self._document.lines.starts, self._document.lines.length
        index = min(max(number, 1), len(starts)) - 1
        end = starts[index + 1] - 1 if index + 1 < len(starts) else length
        return Span(starts[index], max(end, starts[index]))

    def _span(self, instruction: Instruction, remark: Remark) -> Span:
        statement = instruction.statement
        if remark.code in ("DL3006", "DL3007", "DL3026") and statement.words:
            return instruction.span_of(statement.words[0])
        if remark.code in _WHOLE and statement.rest.value:
            return instruction.span_of(statement.rest)
        line = self._lines.get(instruction.line)
        about = next(_commands(line, _ABOUT.get(remark.code, ())), None) if line else None
        return about or instruction.span_of(statement.keyword)


def _commands(line: Line, programs: tuple[str, ...]) -> Iterator[Span]:
    text = line.step.instruction.text
    for script, command in line.commands:
        if command.name in programs:
            yield script.span_of(command)
    if "sudo" in programs and "sudo" in text and line.scripts:
        script = line.scripts[0].script
        at = script.text.find("sudo")
        if at >= 0:
            yield script.place(at, at + len("sudo"))
