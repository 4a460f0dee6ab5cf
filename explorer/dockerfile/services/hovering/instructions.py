"""A keyword: what the instruction does, and what it does here."""

from __future__ import annotations

from explorer.dockerfile.services.hovering.card import Hover, bullets, card, code
from explorer.dockerfile.services.hovering.stages import process_paragraphs
from explorer.dockerfile.services.knowledge.instructions import INSTRUCTIONS
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.suggest import suggest


def keyword_card(program: Program, place: Place, statement: Statement, span: Span) -> Hover | None:
    """The instruction in a few words, and how it is carried out at this place."""
    topic = INSTRUCTIONS.get(statement.name)
    if topic is None:
        near = suggest(statement.name, sorted(INSTRUCTIONS)) if statement.name else ""
        if not near:
            return None
        return card(span, f"Unknown instruction {statement.keyword.value}", f"Is it {code(near)}?")
    return card(span, topic.title, topic.body, *_here(place, statement), url=topic.url)


def _here(place: Place, statement: Statement) -> tuple[str, ...]:
    step, settings = place.here, place.settings
    if place.stage is None or place.on_from or step is None:
        return ()
    if statement.name == "RUN":
        facts = [
            f"as user {code(settings.user or 'root')}",
            f"in {code(settings.workdir or '/')}",
        ]
        if not statement.is_json:
            default = ("cmd", "/S", "/C") if place.stage.platform.os == "windows" else None
            shell = settings.shell or default or ("/bin/sh", "-c")
            facts.append(f"through {code(' '.join(shell))}")
        return (f"Here it runs\n\n{bullets(facts)}",)
    if statement.name in ("CMD", "ENTRYPOINT"):
        return process_paragraphs(place.stage, step.settings_after)
    return ()
