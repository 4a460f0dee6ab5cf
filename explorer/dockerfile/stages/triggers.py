"""What ONBUILD of a base adds to a stage."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.dockerfile.commands.read import read_command
from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.stages.walk import Line
from explorer.dockerfile.statement import Fault


def triggers_of(expressions: Iterable[str], base: Instruction, report: Report) -> list[Line]:
    """The lines that ONBUILD expressions stand for; ``base`` is the FROM that brings them in."""
    return [line for text in expressions for line in _lines(text, base, report)]


def _lines(text: str, base: Instruction, report: Report) -> list[Line]:
    document = Document.parse(text)
    message = ""
    if document.problems:
        message = document.problems[0].message
    elif len(document.instructions) != 1:
        message = "onbuild trigger should be a single expression"
    else:
        (instruction,) = document.instructions
        command = read_command(instruction, text)
        if not isinstance(command, Fault):
            return [Line(instruction, command, base)]
        message = command.message
    report.add(Phase.RESOLVING, message, base.span, base.line)
    return []
