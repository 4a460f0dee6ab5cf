"""Here-documents."""

from __future__ import annotations

from explorer.dockerfile.heredoc import Heredoc, Marker
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.knowledge.topic import REFERENCE
from explorer.dockerfile.services.naming.sites import carried_out
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program


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
    statement = carried_out(instruction)
    if statement.name == "RUN":
        what = "The shell reads it" if not marker.expands else "The shell reads and expands it"
    else:
        what = f"It becomes a file called {code(marker.name)}, unless the destination names it"
    quoting = (
        "Variables in it are replaced."
        if marker.expands
        else "The quotes around its name keep variables in it as they are."
    )
    tabs = "Tabs that begin its lines are left out." if marker.strips_tabs else ""
    count = 0
    if heredoc is not None:
        count = heredoc.body.of(program.document.text).count("\n")
    lines = f"It has {count} line{'s' if count != 1 else ''}." if count else ""
    missing = heredoc is not None and heredoc.terminator is None
    unclosed = f"**Nothing ends it**: a line with {code(marker.name)} alone is missing."
    return (f"{what}.", quoting, tabs, lines, unclosed if missing else "")
