"""Laying out a whole Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from explorer.dockerfile.directives import read_name_and_value
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.instruction import laid_out, shape
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.nodes import Blank, Comment, Directive, Instruction, Node
from explorer.dockerfile.source import Span

_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of text, and what takes its place."""

    span: Span
    text: str


def format_text(text: str) -> str:
    """The text, laid out; formatting it again changes nothing."""
    return applied(text, format_edits(Document.parse(text)))


def format_edits(document: Document) -> tuple[Edit, ...]:
    """What formatting changes, in order; nothing in it changes what the Dockerfile means."""
    edits = tuple(_edits(document))
    if _same(document, edits):
        return edits
    # Empty lines decide whether a comment is a directive; then they stay.
    starts = {node.start for node in document.instructions}
    edits = tuple(edit for edit in edits if edit.span.start in starts)
    return edits if _same(document, edits) else ()


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """The text with edits made; they are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join(parts) + text[at:]


def _same(document: Document, edits: tuple[Edit, ...]) -> bool:
    return _meaning(Document.parse(applied(document.text, edits))) == _meaning(document)


def _meaning(document: Document) -> tuple[Any, ...]:
    """All that may not change."""
    directives = tuple((d.name, d.value) for d in document.directives)
    instructions = tuple(
        (
            shape(instruction.header),
            tuple(heredoc.body.of(document.text) for heredoc in instruction.heredocs),
            tuple(filter(any, map(read_name_and_value, instruction.comments))),
        )
        for instruction in document.instructions
    )
    return document.escape, directives, instructions


def _edits(document: Document) -> Iterator[Edit]:
    text = document.text
    newline = _newline(text)
    for before, node, after in zip(
        (None, *document.nodes), document.nodes, (*document.nodes[1:], None), strict=False
    ):
        if isinstance(node, Blank):
            new = _blank(node, text, newline, before, after)
        else:
            new = _line(node, text, newline)
        if new != text[node.start : node.end]:
            yield Edit(Span(node.start, node.end), new)


def _newline(text: str) -> str:
    """How lines end: with a carriage return where all of them do."""
    all_returned = text.count("\r\n") == text.count("\n") > 0
    return "\r\n" if all_returned else "\n"


def _blank(node: Blank, text: str, newline: str, before: Node | None, after: Node | None) -> str:
    if text[node.start : node.end] == _BOM:
        return _BOM
    at_start = before is None or text[before.start : before.end] == _BOM
    if at_start and isinstance(after, Comment):
        # At the very beginning the comment would be taken for a directive.
        return newline if any(read_name_and_value(after.text[1:])) else ""
    return "" if at_start or after is None else newline


def _line(node: Node, text: str, newline: str) -> str:
    old = text[node.start : node.end]
    match node:
        case Instruction():
            return _instruction(node, text, newline)
        case Directive():
            return _directive(node, old) + newline
        case Comment() if old[:1] in SPACE and any(read_name_and_value(node.text[1:])):
            return old.rstrip(SPACE) + newline  # it would take effect if it were not indented
    return old.strip(SPACE) + newline


def _directive(node: Directive, old: str) -> str:
    # An indented directive is not found by all that look for it, and a blank value is a mistake.
    if not old.startswith("#") or not node.value.strip(SPACE):
        return old.rstrip("\r\n")
    return f"# {node.name}={node.value}"


def _instruction(node: Instruction, text: str, newline: str) -> str:
    header = laid_out(node.header, newline)
    after = text[node.start + len(node.header.source) : node.end].removeprefix("\n")
    if node.heredocs and not after.endswith("\n") and node.unclosed is None:
        after += newline
    return header.rstrip("\r") + newline + after
