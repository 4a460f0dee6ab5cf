"""Here-documents."""

from __future__ import annotations

from explorer.dockerfile.commands.running import is_marker
from explorer.dockerfile.heredoc import Heredoc, Marker
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.knowledge.topic import REFERENCE
from explorer.dockerfile.services.naming.sites import carried_out, script_word
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.statement import Statement


def marker_card(program: Program, instruction: Instruction, marker: Marker, span: Span) -> Hover:
    """What follows the instruction up to the line that ends it."""
    heredoc = next((each for each in instruction.heredocs if each.marker == marker), None)
    return card(
        span,
        f"Here-document {marker.name}",
        *_about(program, instruction, marker, heredoc),
        url=f"{REFERENCE}#here-documents",
    )


def heredoc_card(program: Program, instruction: Instruction, heredoc: Heredoc) -> Hover:
    """The same, at its body: the line that begins it is what is explained."""
    span = heredoc.terminator or heredoc.body
    return card(
        span,
        f"Here-document {heredoc.marker.name}",
        *_about(program, instruction, heredoc.marker, heredoc),
        url=f"{REFERENCE}#here-documents",
    )


def _about(
    program: Program, instruction: Instruction, marker: Marker, heredoc: Heredoc | None
) -> tuple[str, ...]:
    tabs = "Tabs that begin its lines are left out." if marker.strips_tabs else ""
    count = 0
    if heredoc is not None:
        count = heredoc.body.of(program.document.text).count("\n")
    lines = f"It has {count} line{'s' if count != 1 else ''}." if count else ""
    missing = heredoc is not None and heredoc.terminator is None
    unclosed = f"**Nothing ends it**: a line with {code(marker.name)} alone is missing."
    return (_use(carried_out(instruction), marker), tabs, lines, unclosed if missing else "")


def _use(statement: Statement, marker: Marker) -> str:
    """Who reads it, and who replaces variables in it."""
    if statement.name != "RUN":
        what = f"It becomes a file called {code(marker.name)}, unless the destination names it."
        if marker.expands:
            return f"{what} Variables in it are replaced."
        return f"{what} The quotes around its name keep variables as they are."
    word = script_word(statement)
    if word is not None and is_marker(word.value):
        return "It is the script that the shell runs, or, if it begins with `#!`, its interpreter."
    if marker.expands:
        return "The shell replaces variables in it and gives it to the command."
    return "The shell gives it to the command as it is: its name is in quotes."
