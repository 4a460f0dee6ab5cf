"""ShellCheck on the scripts of RUN: one run for all of a Dockerfile, each in its own dialect."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from explorer.dockerfile.advice.model import Diagnostic, Fix, Source
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.subject import Line, Subject
from explorer.dockerfile.advice.suppression import Suppressions
from explorer.dockerfile.gotext import NOT_UTF8
from explorer.dockerfile.linters.answer import MOST, Remark, Replacement, read_remarks
from explorer.dockerfile.linters.program import MAX_SCRIPT, MAX_TEXT, LinterFailed, run_json
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.source import Lines, Position, Span
from explorer.dockerfile.stages.model import OriginKind, Program, Stage
from explorer.progress import Job

MOST_SCRIPTS: Final = 500
"""Scripts of one Dockerfile that are looked at; of those, longer ones are left out."""

_WIKI: Final = "https://www.shellcheck.net/wiki/"
_DIALECTS: Final = {
    "bash": "bash", "dash": "dash", "ksh": "ksh", "ash": "busybox", "busybox": "busybox",
}  # fmt: skip
_BUSYBOX: Final = ("alpine", "busybox")
_DASH: Final = ("debian", "ubuntu", "buildpack-deps")
# Files that it cannot follow, a #! that it does not see first, PATH, unset variables of the base.
_NEVER: Final = ("SC1090", "SC1091", "SC1128", "SC2148", "SC2123", "SC2154")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]{0,200}")
_LEFT_OUT: Final = frozenset({"PATH", "IFS", "HOME", "PWD", "SHELL", "_"})
_MOST_VARIABLES: Final = 300
_DISABLE: Final = re.compile(r"#*\s*shellcheck\s+disable=(?P<codes>[A-Z0-9, ]{1,500})")
_PROLOGUE: Final = 2


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A script as it is given to ShellCheck, two lines of preparation before it."""

    line: Line
    script: Script
    text: str
    dialect: str
    ignored: frozenset[str]

    @property
    def content(self) -> str:
        """What is written to a file."""
        return f"# shellcheck shell={self.dialect}\n{_variables(self.line)}\n{self.text}\n"


def shellcheck(
    program: Program, path: Path, folder: Path | None = None, job: Job | None = None
) -> tuple[Diagnostic, ...]:
    """What the ShellCheck at ``path`` says, run in ``folder``.

    ``# hadolint ignore=SC…`` and ``# shellcheck disable=SC…`` above an instruction count.

    Raises:
        LinterFailed: it did not work.
        Cancelled: the job was cancelled.
    """
    sheets = list(_sheets(program))[:MOST_SCRIPTS]
    if not sheets:
        return ()
    if sum(len(sheet.text) for sheet in sheets) > MAX_TEXT:
        raise LinterFailed("shellcheck was not asked", why="there is more than it can take")
    with tempfile.TemporaryDirectory(prefix="layerscope-") as temporary:
        files = [Path(temporary, f"{number}.sh") for number in range(len(sheets))]
        for file, sheet in zip(files, sheets, strict=True):
            content = NOT_UTF8.sub("\ufffd", sheet.content)
            file.write_text(content, encoding="utf-8", newline="\n")
        codes = ",".join(_NEVER)
        command: tuple[str | Path, ...] = (
            path,
            "--norc",
            "--format=json1",
            f"--exclude={codes}",
            *files,
        )
        answer = run_json(command, folder=folder, job=job)
    comments = answer.get("comments") if isinstance(answer, dict) else None
    if comments is None:
        raise LinterFailed("shellcheck did not work", why="what it printed are no comments")
    return tuple(_diagnostics(sheets, read_remarks("shellcheck", comments, "SC"), program))


def _sheets(program: Program) -> Iterator[_Sheet]:
    suppressions = Suppressions(program.document, program)
    for line in Subject(program).all_lines():
        for read in line.scripts:
            script, dialect = read.script, _dialect(program, line.stage, read.script)
            if dialect and len(script.text) <= MAX_SCRIPT:
                ignored = suppressions.ignored(line.step.comments) | _disabled(line.step.comments)
                yield _Sheet(line, script, _complete(program, script), dialect, ignored)


def _dialect(program: Program, stage: Stage, script: Script) -> str:
    if script.shell != "sh":
        return _DIALECTS.get(script.shell, "")
    index: int | None = stage.index
    while index is not None and program.stages[index].origin.kind is OriginKind.STAGE:
        below = program.stages[index].origin.stage
        index = below if below is not None and below < index else None
    name = program.stages[index].origin.name.lower() if index is not None else ""
    if any(word in name for word in _BUSYBOX):
        return "busybox"
    return "dash" if any(word in name for word in _DASH) else "sh"


def _complete(program: Program, script: Script) -> str:
    """A script with the here-documents it reads behind it."""
    heredocs = script.instruction.heredocs if script.heredoc is None else ()
    text = program.document.text
    ends = ((h.body.start, h.terminator.end if h.terminator else h.body.end) for h in heredocs)
    return "\n".join([script.text, *(text[start:end] for start, end in ends)])


def _variables(line: Line) -> str:
    """The variables of the build, so that none of them is unknown to ShellCheck."""
    environment = line.stage.environment_at(line.step.index)
    values = line.stage.variables_at(line.step.index)
    parts = []
    for name, value in list(values.items())[:_MOST_VARIABLES]:
        if not _NAME.fullmatch(name) or name in _LEFT_OUT:
            continue
        known = name in environment and value and _PLAIN.fullmatch(value)
        parts.append(f"{name}='{value}'" if known else f'{name}="$(:)"')
    return f"export {' '.join(parts)}" if parts else ":"


def _disabled(comments: tuple[str, ...]) -> frozenset[str]:
    found = (_DISABLE.match(comment) for comment in comments)
    return frozenset(
        code.strip() for match in found if match is not None for code in match["codes"].split(",")
    )


def _diagnostics(
    sheets: list[_Sheet], remarks: Iterator[Remark], program: Program
) -> Iterator[Diagnostic]:
    told = 0
    for remark in remarks:
        name = Path(remark.file).stem
        if not name.isdecimal() or int(name) >= len(sheets) or told >= MOST:
            continue
        sheet = sheets[int(name)]
        placing = _Placing(sheet)
        span = placing.span(remark.line, remark.column, remark.end_line, remark.end_column)
        if span is None or remark.code in sheet.ignored:
            continue
        told += 1
        yield Diagnostic(
            rule=remark.code,
            severity=remark.level,
            message=remark.message,
            span=span,
            line=sheet.line.step.line,
            source=Source.SHELLCHECK,
            url=f"{_WIKI}{remark.code}",
            fixes=placing.fixes(remark.replacements),
        )


class _Placing:
    """From lines and columns of a sheet to places in the Dockerfile."""

    def __init__(self, sheet: _Sheet) -> None:
        self._script = sheet.script
        self._length = len(sheet.script.text)
        self._lines = Lines.of(sheet.text)

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span | None:
        """The place; ``None`` for one in the preparation or in a here-document's content."""
        if line <= _PROLOGUE:
            return None
        start = self._lines.offset(Position(line - _PROLOGUE, column))
        end = self._lines.offset(Position(max(end_line - _PROLOGUE, 1), end_column))
        if start > self._length:
            return None
        start, end = min(start, self._length), min(end, self._length)
        if end <= start:
            start, end = (start, start + 1) if start < self._length else (max(start - 1, 0), start)
        return self._script.place(start, end)

    def fixes(self, replacements: tuple[Replacement, ...]) -> tuple[Fix, ...]:
        """What ShellCheck would write instead; none where it cannot be placed."""
        edits = []
        for one in replacements:
            if one.line <= _PROLOGUE:
                return ()
            start = self._lines.offset(Position(one.line - _PROLOGUE, one.column))
            end = self._lines.offset(Position(one.end_line - _PROLOGUE, one.end_column))
            if end < start or end > self._length:
                return ()
            edits.append(self._edit(start, end, one.text))
        edits.sort()
        apart = all(a.end <= b.start for a, b in pairwise(edits))
        return (Fix("As ShellCheck suggests", tuple(edits), safe=False),) if edits and apart else ()

    def _edit(self, start: int, end: int, text: str) -> TextEdit:
        if start < end:
            span = self._script.place(start, end)
            return TextEdit(span.start, span.end, text)
        # Behind the character before, rather than behind a continuation after it.
        at = self._script.place(start - 1, start).end if start else self._script.place(0, 0).start
        return TextEdit(at, at, text)
