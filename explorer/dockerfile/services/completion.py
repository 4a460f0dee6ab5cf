"""What could stand at the caret."""

from __future__ import annotations

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.caret import Zone
from explorer.dockerfile.services.completing.directives import complete_comment
from explorer.dockerfile.services.completing.items import (
    Completion,
    CompletionKind,
    Completions,
)
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.completing.statement import complete_keyword, complete_statement
from explorer.dockerfile.services.completing.variables import complete_variable
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.statement import MAX_LENGTH

__all__ = ["Completion", "CompletionKind", "Completions", "complete"]


def complete(
    document: Document, program: Program, offset: int, surroundings: Surroundings
) -> Completions:
    """What could stand at an offset, the best first; what is typed before it filters.

    The instruction is read only up to the offset, so what follows may be broken. There is nothing
    in the words of a script but variables. The answer's range never leaves a line.
    """
    request = Request.at(document, program, offset, surroundings)
    nothing = Completions(request.caret.offset, request.caret.offset)
    if len(request.text) > MAX_LENGTH or len(request.caret.before) > MAX_LENGTH:
        return nothing
    answer = _answer(request) or nothing
    within = "\n" not in document.text[answer.start : answer.end]
    return answer if within and answer.items else nothing


def _answer(request: Request) -> Completions | None:
    caret = request.caret
    match caret.zone:
        case Zone.COMMENT:
            return complete_comment(request)
        case Zone.START:
            return complete_keyword(request, 0)
        case Zone.HEREDOC:
            return _heredoc(request)
        case Zone.HEADER if caret.before.endswith(request.escape):
            return None  # behind the character that continues the line
        case Zone.HEADER:
            return complete_statement(request)


def _heredoc(request: Request) -> Completions | None:
    """Variables, where the builder or a shell replaces them."""
    heredoc, instruction = request.caret.heredoc, request.caret.instruction
    if heredoc is None or instruction is None or request.caret.offset > heredoc.body.end:
        return None
    if not heredoc.marker.expands and instruction.name != "RUN":
        return None
    before = request.caret.before
    return complete_variable(request, len(request.text) - len(before), quotes=False, escape="\\")
