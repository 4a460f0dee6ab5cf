"""A stage, a base image, and what a container of it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from explorer.dockerfile.services.hovering.card import Hover, block, bullets, card, code, size_text
from explorer.dockerfile.services.knowledge.topic import REFERENCE
from explorer.dockerfile.services.scope import settings_at_end
from explorer.dockerfile.services.surroundings import BaseFacts, Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import NeedKind, OriginKind, Program, Settings, Stage
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.process import effective_process
from explorer.oci.reference import Reference

_VARIABLES: Final = 12
_DIGEST: Final = 12
_ANY: Final = Platform("linux", "amd64")


def stage_card(program: Program, stage: Stage, span: Span) -> Hover:
    """A stage: what it builds upon, how much is in it, who uses it."""
    facts = [f"stage {stage.index}, in line {stage.instruction.line}"]
    facts.append(_upon(program, stage))
    facts.append(f"{len(stage.steps)} instruction{'s' if len(stage.steps) != 1 else ''}")
    settings = settings_at_end(program, stage)
    if settings.workdir:
        facts.append(f"working directory {code(settings.workdir)}")
    if settings.user:
        facts.append(f"user {code(settings.user)}")
    return card(
        span,
        f"Stage {stage.title}",
        bullets(facts),
        _users(program, stage),
        url=f"{REFERENCE}#from",
    )


def _upon(program: Program, stage: Stage) -> str:
    origin = stage.origin
    match origin.kind:
        case OriginKind.STAGE if origin.stage is not None:
            return f"upon stage {code(program.stages[origin.stage].title)}"
        case OriginKind.IMAGE:
            return f"upon {code(origin.name)} for {code(str(stage.platform))}"
        case OriginKind.SCRATCH:
            return "upon nothing"
        case OriginKind.CONTEXT:
            return f"upon the build context {code(origin.name)}"
        case _:
            return "upon something that cannot be resolved"


def _users(program: Program, stage: Stage) -> str:
    lines: dict[NeedKind, list[int]] = {}
    for each in program.stages:
        for need in each.needs:
            if need.origin.stage == stage.index:
                lines.setdefault(need.kind, []).append(need.line)
    words = {NeedKind.FROM: "FROM", NeedKind.COPY: "COPY --from", NeedKind.MOUNT: "mounts"}
    used = [
        f"{words[kind]} in line{'s' if len(found) > 1 else ''} {', '.join(map(str, found[:8]))}"
        for kind, found in lines.items()
    ]
    if stage.index == program.target:
        used.insert(0, "it is what the build gives")
    if not used:
        return "Nothing uses it."
    reached = "" if stage.index in program.reachable else " The build's target does not need it."
    return f"Used: {'; '.join(used)}.{reached}"


def base_card(program: Program, stage: Stage, outside: Surroundings, span: Span) -> Hover:
    """The base of a stage: the stage it is, or what is known of the image."""
    origin = stage.origin
    if origin.stage is not None:
        return stage_card(program, program.stages[origin.stage], span)
    url = f"{REFERENCE}#from"
    if origin.kind is OriginKind.SCRATCH:
        return card(span, "scratch", "Nothing at all: the stage begins without a file.", url=url)
    if origin.kind is OriginKind.CONTEXT:
        return card(span, origin.name, "A named build context.", url=url)
    written = _written(program, stage)
    if origin.kind is OriginKind.UNKNOWN:
        return card(span, written or "FROM", "It cannot be told what this is.", url=url)
    facts = outside.base(stage.index)
    if facts is None:
        unknown = (
            f"Not known here: nothing is fetched while typing. It is built for "
            f"{code(str(stage.platform))}."
        )
        return card(span, origin.name, written, _reference(origin.name), unknown, url=url)
    title = facts.name or origin.name
    return card(span, title, written, bullets(_facts(facts)), _environment(facts), url=url)


def _written(program: Program, stage: Stage) -> str:
    """The name as written, where variables stand in it."""
    word = stage.command.base.value if stage.command else ""
    if word == stage.origin.name or not word:
        return ""
    return f"{code(word)} becomes {code(stage.origin.name)}."


def _reference(name: str) -> str:
    reference = Reference.parse_or_none(name)
    if reference is None or not reference.explanations:
        return ""
    return f"In full {code(str(reference))}."


def _facts(facts: BaseFacts) -> list[str]:
    shown = []
    if facts.digest:
        algorithm, _, digits = facts.digest.rpartition(":")
        shown.append(f"digest {code(f'{algorithm}:{digits[:_DIGEST]}' if algorithm else digits)}")
    if facts.platform:
        shown.append(f"platform {code(facts.platform)}")
    if facts.size is not None:
        layers = f" in {facts.layers} layers" if facts.layers else ""
        shown.append(f"{size_text(facts.size)}{layers}")
    if facts.user:
        shown.append(f"user {code(facts.user)}")
    if facts.workdir:
        shown.append(f"working directory {code(facts.workdir)}")
    config = ImageConfig(_ANY, entrypoint=facts.entrypoint, cmd=facts.cmd)
    process = effective_process(config)
    if process.argv:
        shown.append(f"runs {code(process.command_line)}")
    if facts.exposed:
        shown.append(f"exposes {', '.join(map(code, facts.exposed))}")
    return shown


def _environment(facts: BaseFacts) -> str:
    if not facts.env:
        return ""
    lines = [f"{name}={value}" for name, value in facts.env[:_VARIABLES]]
    more = len(facts.env) - _VARIABLES
    return block("\n".join(lines + ([f"and {more} more"] if more > 0 else [])))


def process_paragraphs(stage: Stage, settings: Settings) -> tuple[str, ...]:
    """What a container runs with these settings, and what follows from it."""
    config = replace(
        stage.base or ImageConfig(stage.platform),
        entrypoint=settings.entrypoint,
        cmd=settings.cmd,
        env=tuple(stage.inherited_environment.items()),
        user=settings.user,
        workdir=settings.workdir,
    )
    process = effective_process(config)
    if not process.argv:
        return ("A container of it would have nothing to run.",)
    return (
        f"A container then runs\n\n{block(process.command_line)}",
        bullets(f"{sentence}." for sentence in process.explanation),
        "\n\n".join(f"**{warning}.**" for warning in process.warnings),
    )
