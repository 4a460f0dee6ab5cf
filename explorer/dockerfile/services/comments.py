"""Commenting lines out, and in again.

A line of an instruction cannot always vanish alone: without its first line its continuations would
be instructions of their own, without its last one the next instruction would become part of it,
and a ``#`` in a here-document that becomes a file is part of that file. Then the whole
instruction is commented out, and comes back as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.nodes import Comment, Directive, Instruction
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.services.naming.sites import script_bodies

_BOM: Final = "\ufeff"


def toggle(document: Document, first_line: int, last_line: int) -> tuple[TextEdit, ...]:
    """Comment lines out, counted from 1; where all of them are comments, take the marks away.

    Empty lines stay as they are, and so do parser directives when marks are taken away.
    """
    lines = document.text.split("\n")
    first, last = max(first_line, 1), min(last_line, len(lines))
    chosen = [number for number in range(first, last + 1) if lines[number - 1].strip(SPACE + _BOM)]
    if not chosen:
        return ()
    if all(lines[number - 1].lstrip(SPACE + _BOM).startswith("#") for number in chosen):
        return tuple(_uncommented(document, lines, _whole_comments(document, lines, chosen)))
    return tuple(_commented(document, lines, _whole_instructions(document, chosen)))


def _commented(document: Document, lines: list[str], chosen: Iterable[int]) -> Iterable[TextEdit]:
    """Marks at the indentation that all lines have."""
    filled = [number for number in chosen if lines[number - 1].strip(SPACE + _BOM)]
    indents = [len(text) - len(text.lstrip(SPACE)) for text in (lines[n - 1] for n in filled)]
    column = min(indents)
    for number in filled:
        at = document.lines.starts[number - 1] + column
        at += number == 1 and document.text.startswith(_BOM)
        yield TextEdit(at, at, "# ")


def _uncommented(document: Document, lines: list[str], chosen: Iterable[int]) -> Iterable[TextEdit]:
    directives = {node.line for node in document.directives}
    for number in chosen:
        if number not in directives and "#" in lines[number - 1]:
            at = document.lines.starts[number - 1] + lines[number - 1].index("#")
            yield TextEdit(at, at + (2 if document.text.startswith("# ", at) else 1), "")


def _whole_instructions(document: Document, chosen: list[int]) -> list[int]:
    """The lines, with all of those instructions that cannot lose a part."""
    wanted = set(chosen)
    for instruction in document.instructions:
        if instruction.last_line < chosen[0] or instruction.line > chosen[-1]:
            continue
        inside = wanted.intersection(range(instruction.line, instruction.last_line + 1))
        if inside and not _may_vanish(document, instruction, inside):
            wanted.update(range(instruction.line, instruction.last_line + 1))
    return sorted(wanted)


def _may_vanish(document: Document, instruction: Instruction, numbers: set[int]) -> bool:
    """Whether these lines of an instruction can be comments, and the rest stays whole."""
    header_last = instruction.line + instruction.header.source.count("\n")
    if instruction.line < min(numbers) and max(numbers) < header_last:
        return True
    scripts = [span for span, quotes in script_bodies(instruction, document.text) if quotes]
    position = document.lines.position
    ranges = [
        range(position(span.start).line, position(max(span.end - 1, span.start)).line + 1)
        for span in scripts
        if len(span)
    ]
    return all(any(number in lines for lines in ranges) for number in numbers)


def _whole_comments(document: Document, lines: list[str], chosen: list[int]) -> list[int]:
    """The lines, with all of each instruction that they would be part of."""
    nodes = {node.line: node for node in document.nodes if isinstance(node, Comment | Directive)}
    if not all(number in nodes for number in chosen):
        return chosen  # comments inside an instruction
    first, last = chosen[0], chosen[-1]
    while isinstance(nodes.get(first - 1), Comment):
        first -= 1
    while isinstance(nodes.get(last + 1), Comment):
        last += 1
    bare = [_bare(lines[number - 1]) for number in range(first, last + 1)]
    wanted = set(chosen)
    for instruction in Document.parse("\n".join(bare)).instructions:
        numbers = range(first + instruction.line - 1, first + instruction.last_line)
        if instruction.statement.is_known and wanted.intersection(numbers):
            wanted.update(numbers)
    return sorted(wanted)


def _bare(line: str) -> str:
    """A comment without its mark."""
    before, _, after = line.partition("#")
    return before + after.removeprefix(" ")
