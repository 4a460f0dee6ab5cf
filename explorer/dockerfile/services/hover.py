"""What the thing at the caret is, and what it means here."""

from __future__ import annotations

from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Directive, Instruction
from explorer.dockerfile.services.caret import Caret, Zone
from explorer.dockerfile.services.hovering.arguments import argument_card
from explorer.dockerfile.services.hovering.card import Hover, card
from explorer.dockerfile.services.hovering.flags import flag_card
from explorer.dockerfile.services.hovering.heredocs import heredoc_card, marker_card
from explorer.dockerfile.services.hovering.instructions import keyword_card
from explorer.dockerfile.services.hovering.stages import stage_card
from explorer.dockerfile.services.hovering.variables import variable_card
from explorer.dockerfile.services.knowledge.instructions import DIRECTIVES
from explorer.dockerfile.services.naming.names import variable_at
from explorer.dockerfile.services.naming.sites import Use
from explorer.dockerfile.services.naming.stages import stage_site_at
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program

__all__ = ["Hover", "hover"]


def hover(
    document: Document, program: Program, offset: int, surroundings: Surroundings
) -> Hover | None:
    """What stands at an offset; ``None`` where there is nothing to say."""
    caret = Caret.at(document, offset)
    if caret.zone is Zone.COMMENT and caret.instruction is None:
        return _comment(document, caret.offset)
    instruction = caret.instruction
    if instruction is None or caret.zone in (Zone.COMMENT, Zone.START):
        return None
    place = Place.at(program, instruction.line)
    return _named(program, place, caret.offset) or _part(
        program, place, instruction, caret, surroundings
    )


def _named(program: Program, place: Place, offset: int) -> Hover | None:
    """A variable or a stage."""
    variable = variable_at(program, offset)
    if variable is not None:
        known = place.variables()
        if variable.site.use is not Use.SCRIPT or variable.site.name in known:
            return variable_card(program, place, variable)
    site = stage_site_at(program, offset)
    return stage_card(program, program.stages[site.stage], site.span) if site else None


def _part(
    program: Program,
    place: Place,
    instruction: Instruction,
    caret: Caret,
    outside: Surroundings,
) -> Hover | None:
    """A keyword, a flag, an argument or a here-document."""
    if caret.heredoc is not None:
        return heredoc_card(program, instruction, caret.heredoc)
    for marker in instruction.header.markers:
        span = instruction.place(marker.start, marker.end)
        if span.start <= caret.offset <= span.end:
            return marker_card(program, instruction, marker, span)
    statement = instruction.statement
    while True:
        keyword = instruction.span_of(statement.keyword)
        if keyword.start <= caret.offset <= keyword.end:
            return keyword_card(program, place, statement, keyword)
        for flag in statement.flags:
            span = instruction.span_of(flag)
            if span.start <= caret.offset <= span.end:
                return flag_card(place, instruction, statement, flag, caret.offset, outside)
        if statement.trigger is None:
            return argument_card(program, place, instruction, caret.offset, outside)
        statement = statement.trigger


def _comment(document: Document, offset: int) -> Hover | None:
    """A directive, or the name of a rule."""
    text = document.text
    start = end = offset
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    word, span = text[start:end], Span(start, end)
    rule = next((rule for rule in RULES if rule.name == word), None)
    if rule is not None:
        return card(span, rule.name, rule.description, url=rule.url)
    node = document.node_at(offset)
    if isinstance(node, Directive) and node.name in DIRECTIVES:
        topic = DIRECTIVES[node.name]
        return card(node.name_span, topic.title, topic.body, url=topic.url)
    return None
