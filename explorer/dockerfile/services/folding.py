"""What can be folded away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Blank, Comment, Directive, Instruction, Node


class FoldKind(Enum):
    """What a fold holds."""

    STAGE = "stage"
    INSTRUCTION = "instruction"
    HEREDOC = "heredoc"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, order=True)
class Fold:
    """The lines after ``first_line`` up to ``last_line``, from 1, vanish behind the first."""

    first_line: int
    last_line: int
    kind: FoldKind


def folds(document: Document) -> tuple[Fold, ...]:
    """All folds by their first line; of those that begin together the longest comes first."""
    found = [
        *_stages(document),
        *_comments(document.nodes),
        *(fold for each in document.instructions for fold in _instruction(each, document)),
    ]
    whole = {(fold.first_line, fold.last_line): fold for fold in reversed(found)}
    kept = (fold for fold in whole.values() if fold.last_line > fold.first_line)
    return tuple(sorted(kept, key=lambda fold: (fold.first_line, -fold.last_line)))


def _stages(document: Document) -> Iterator[Fold]:
    """From a FROM to the last instruction before the next one."""
    first = last = 0
    for instruction in document.instructions:
        if instruction.name == "FROM":
            if first:
                yield Fold(first, last, FoldKind.STAGE)
            first = instruction.line
        last = instruction.last_line
    if first:
        yield Fold(first, last, FoldKind.STAGE)


def _comments(nodes: tuple[Node, ...]) -> Iterator[Fold]:
    """Comment lines that follow each other without a gap."""
    first = last = 0
    for node in nodes:
        if isinstance(node, Comment | Directive):
            first, last = first or node.line, node.line
        elif first:
            yield Fold(first, last, FoldKind.COMMENT)
            first = 0
        if isinstance(node, Blank):
            first = 0
    if first:
        yield Fold(first, last, FoldKind.COMMENT)


def _instruction(instruction: Instruction, document: Document) -> Iterator[Fold]:
    first = instruction.line + instruction.header.source.count("\n")
    for heredoc in instruction.heredocs:
        end = heredoc.terminator or heredoc.body
        if len(end):
            # Of several on one line each but the first folds behind its own first line.
            if heredoc is not instruction.heredocs[0]:
                first = document.lines.position(heredoc.body.start).line
            last = document.lines.position(end.end - 1).line
            yield Fold(first, last, FoldKind.HEREDOC)
    yield Fold(instruction.line, instruction.last_line, FoldKind.INSTRUCTION)
