"""What ``check`` prints for people, and for GitHub's log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from explorer.cli.checking import Checkup
from explorer.cli.screen import Piece, Screen, Styled, cell_width
from explorer.cli.text import plural
from explorer.dockerfile.advice.model import Diagnostic, Level
from explorer.dockerfile.advice.repair import safe_fix
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import NOT_UTF8
from explorer.oci.layout import visible

_STYLES: Final = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.INFO: "bold cyan"}
_WIDEST: Final = 120
_BEFORE: Final = 30
_TAB: Final = "    "
_GITHUB: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def shown(text: str) -> str:
    """A text for a terminal: what would rewrite it spelled out, bytes that are no UTF-8 marked."""
    return visible(NOT_UTF8.sub("\ufffd", text))


def check_page(screen: Screen, checkups: Sequence[Checkup]) -> None:
    """Every problem with its line and a mark below it, and a sum at the end."""
    for checkup in checkups:
        for diagnostic in checkup.diagnostics:
            _problem(screen, checkup, diagnostic)
    everything = [one for checkup in checkups for one in checkup.diagnostics]
    screen.line(*_sum(everything, checkups))


def _problem(screen: Screen, checkup: Checkup, diagnostic: Diagnostic) -> None:
    place = checkup.document.lines.position(diagnostic.span.start)
    style = _STYLES[diagnostic.severity]
    where: list[Piece] = [Styled(f"{shown(checkup.file.name)}:{place}", "bold"), ": "]
    level: list[Piece] = [Styled(diagnostic.severity.value, style), ": "]
    message = " ".join(shown(diagnostic.message).split("\n"))
    rule: list[Piece] = [" ", Styled(f"[{diagnostic.rule}]", "dim")] if diagnostic.rule else []
    screen.line(*where, *level, message, *rule)
    number, width = str(place.line), screen.width or _WIDEST
    line, mark = excerpt(checkup.document, diagnostic, max(width - len(number) - 6, 20))
    if line.strip():
        blank = " " * len(number)
        screen.line(Styled(f"  {number} | ", "dim"), line)
        screen.line(Styled(f"  {blank} | ", "dim"), Styled(mark, style))
    fix = diagnostic.fixes[0] if diagnostic.fixes else None
    if fix is not None:
        how = "fix" if fix.safe else "suggestion"
        screen.line(Styled(f"  {' ' * len(number)} = {how}: {shown(fix.title)}", "dim"))


def excerpt(document: Document, diagnostic: Diagnostic, width: int) -> tuple[str, str]:
    """The line a problem begins in, and a mark of the same width below; long lines are cut."""
    span, starts = diagnostic.span, document.lines.starts
    index = document.lines.position(span.start).line - 1
    first = starts[index]
    last = starts[index + 1] - 1 if index + 1 < len(starts) else len(document.text)
    left = max(first, span.start - _BEFORE) if last - first > width else first
    right = min(last, left + width)
    before = _spelled(document.text[left : span.start])
    marked = _spelled(document.text[span.start : min(max(span.end, span.start), right)])
    after = _spelled(document.text[min(max(span.end, span.start), right) : right])
    head, tail = "…" if left > first else "", "…" if right < last else ""
    line = f"{head}{before}{marked}{after}{tail}".rstrip()
    blanks = " " * (len(head) + cell_width(before))
    return line, blanks + "^" * max(cell_width(marked.rstrip()), 1)


def _spelled(text: str) -> str:
    return shown(text.replace("\r", "")).replace("\n", "\\x0a").replace("\t", _TAB)


def _sum(diagnostics: Iterable[Diagnostic], checkups: Sequence[Checkup]) -> Iterator[Piece]:
    diagnostics = list(diagnostics)
    files = plural(len(checkups), "file")
    fixed = sum(checkup.fixed for checkup in checkups)
    if fixed:
        yield f"{plural(fixed, 'fix', 'fixes')} made. "
    if not diagnostics:
        yield Styled(f"No problems in {files}.", "green")
        return
    counts = [(level, sum(d.severity is level for d in diagnostics)) for level in Level]
    parts = [
        str(count) + f" {level.value}{'s' if count != 1 and level is not Level.INFO else ''}"
        for level, count in counts
        if count
    ]
    yield f"{plural(len(diagnostics), 'problem')} in {files}: {', '.join(parts)}."
    able = sum(safe_fix(one) is not None for one in diagnostics)
    if able:
        yield f" {able:,} can be mended with --fix."


def github_lines(checkup: Checkup) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    lines = checkup.document.lines
    for one in checkup.diagnostics:
        start, end = lines.position(one.span.start), lines.position(one.span.end)
        properties = {
            "file": checkup.file.name,
            "line": start.line,
            "col": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "title": one.rule or "Dockerfile",
        }
        values = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        yield f"::{_GITHUB[one.severity]} {values}::{_data(one.message)}"


def _data(text: str) -> str:
    text = NOT_UTF8.sub("\ufffd", text).replace("%", "%25")
    return visible(text.replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return re.sub("[:,]", lambda found: f"%{ord(found[0]):02X}", _data(text))
