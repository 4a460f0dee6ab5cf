"""All the places that name a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.naming.sites import carried_out
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Need, NeedKind, Program, Stage
from explorer.dockerfile.statement import Statement

_FROM: Final = re.compile(r"(?:^|,)from=([^,]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StageSite:
    """A place that means a stage. ``exact`` tells that its name alone is written there."""

    stage: int
    span: Span
    line: int
    exact: bool
    defines: bool = False


def stage_sites(program: Program) -> Iterator[StageSite]:
    """Every place that means a stage of the program, stage by stage."""
    for stage in program.stages:
        alias = stage.command.alias if stage.command else None
        if alias is not None:
            span = stage.instruction.span_of(alias)
            exact = span.of(program.document.text).lower() == stage.name
            yield StageSite(stage.index, span, stage.instruction.line, exact, defines=True)
        for need in stage.needs:
            if need.origin.stage is not None and not _is_triggered(stage, need):
                yield _use(program, need, need.origin.stage)
    for instruction in program.document.instructions:
        if instruction.name == "ONBUILD":
            yield from _kept(program, instruction)


def stage_site_at(program: Program, offset: int) -> StageSite | None:
    """The place at an offset that means a stage."""
    for site in stage_sites(program):
        if site.span.start <= offset <= site.span.end:
            return site
    return None


def _is_triggered(stage: Stage, need: Need) -> bool:
    return need.step is not None and stage.steps[need.step].trigger is not None


def _use(program: Program, need: Need, stage: int) -> StageSite:
    text = program.document.text
    span = need.span
    if need.kind is NeedKind.MOUNT:
        found = _FROM.search(span.of(text))
        if found is not None:
            span = Span(span.start + found.start(1), span.start + found.end(1))
    exact = span.of(text).lower() == program.stages[stage].name != ""
    return StageSite(stage, span, need.line, exact)


def _kept(program: Program, instruction: Instruction) -> Iterator[StageSite]:
    """What an ONBUILD names."""
    for span, name in _sources(instruction, carried_out(instruction)):
        stage = program.stage_named(name)
        if stage is not None:
            exact = span.of(program.document.text).lower() == stage.name
            yield StageSite(stage.index, span, instruction.line, exact)


def _sources(instruction: Instruction, statement: Statement) -> Iterator[tuple[Span, str]]:
    for flag in statement.flags:
        if flag.name == "from" and statement.name == "COPY" and flag.value:
            yield instruction.place(flag.value_start, flag.end), flag.value
        elif flag.name == "mount" and statement.name == "RUN" and flag.value:
            found = _FROM.search(flag.value)
            if found is not None:
                start = flag.value_start + found.start(1)
                yield instruction.place(start, flag.value_start + found.end(1)), found[1]
