"""What Enter inserts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.instruction import INDENT
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.caret import Caret, Zone

_BLANKS: Final = " \t"
_LEADING: Final = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Insertion:
    """A text, and where in it the caret ends."""

    text: str
    caret: int


def enter(document: Document, offset: int) -> Insertion:
    """What Enter inserts at an offset: at least a line feed.

    A continued line is followed by an indented one. Inside an instruction the line is continued,
    since its rest would be no instruction. A here-document gets the line that ends it.
    """
    caret = Caret.at(document, offset)
    newline = "\r\n" if "\r\n" in document.text[:10_000] else "\n"
    head, _, rest = _text(caret).partition("\0")
    written = (head + rest).replace("\n", newline)
    return Insertion(written, len(head.replace("\n", newline)))


def _text(caret: Caret) -> str:
    """What to insert; a NUL stands where the caret ends, unless that is the end."""
    indent = _leading(caret.before)
    after = _line_after(caret)
    match caret.zone:
        case Zone.COMMENT:
            inside = bool(after.strip()) and "#" in caret.before
            return f"\n{indent}# " if inside else f"\n{indent}"
        case Zone.HEREDOC:
            at_end = caret.heredoc is not None and caret.offset > caret.heredoc.body.end
            return "\n" if at_end else f"\n{indent}"
        case Zone.HEADER if caret.instruction is not None:
            return _header(caret, caret.instruction, after)
    return "\n"


def _header(caret: Caret, instruction: Instruction, after: str) -> str:
    before = caret.before.rstrip(_BLANKS)
    escape = caret.document.escape
    if before.endswith(escape) and not before.endswith(escape * 2):
        return f"\n{_next_indent(caret, instruction)}"
    if not before:
        return "\n"
    if after.strip() not in ("", escape):
        return _inside(caret, instruction, after)
    if after.strip() == escape:
        return f" {escape}\n{_next_indent(caret, instruction)}"
    if caret.offset < instruction.start + len(instruction.header.source.rstrip()):
        return "\n"
    return _ending(caret, instruction)


def _inside(caret: Caret, instruction: Instruction, after: str) -> str:
    """Between two words the line is continued; inside one it is not for this to decide."""
    keyword = instruction.span_of(instruction.statement.keyword)
    between = caret.before[-1:] in _BLANKS or after[:1] in _BLANKS
    if caret.offset <= keyword.start or not instruction.statement.is_known or not between:
        return "\n"
    gap = "" if caret.before[-1:] in _BLANKS else " "
    return f"{gap}{caret.document.escape}\n{_next_indent(caret, instruction)}"


def _ending(caret: Caret, instruction: Instruction) -> str:
    """At the end of an instruction, the lines that end its here-documents where they lack."""
    text = caret.document.text
    missing = [
        heredoc.marker.name
        for heredoc in instruction.heredocs
        if heredoc.terminator is None or _is_of_another(heredoc.body.of(text), heredoc.marker.name)
    ]
    return "\n\0" + "".join(f"\n{name}" for name in missing) if missing else "\n"


def _is_of_another(body: str, name: str) -> bool:
    """Whether the line that ends a here-document belongs to another one that begins in it."""
    return (
        re.search(rf"^[ \t]*[A-Za-z]+[ \t].*<<-?[\"']?{re.escape(name)}\b", body, re.M) is not None
    )


def _next_indent(caret: Caret, instruction: Instruction) -> str:
    """That of the line, or of continuations in this file where it is the first of its kind."""
    if caret.line > instruction.line:
        return _leading(caret.before)
    widths: Counter[str] = Counter()
    for each in caret.document.instructions[:500]:
        for line in each.header.source.split("\n")[1:3]:
            if line.strip() and not line.lstrip().startswith("#"):
                widths[_leading(line)] += 1
    widths.pop("", None)
    return widths.most_common(1)[0][0] if widths else INDENT


def _leading(line: str) -> str:
    found = _LEADING.match(line)
    return found[0] if found else ""


def _line_after(caret: Caret) -> str:
    text = caret.document.text
    end = text.find("\n", caret.offset)
    return text[caret.offset : end if end >= 0 else len(text)].rstrip("\r")
