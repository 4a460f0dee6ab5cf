"""The name at an offset, and where a variable gets its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.caret import Caret, Zone
from explorer.dockerfile.services.naming.sites import Site, Use, definitions_of, sites_of
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.stages.model import Program, Stage


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a variable is set: the place, the line, and the stage, ``None`` before any FROM."""

    site: Site
    line: int
    stage: int | None

    def __str__(self) -> str:
        keyword = "ENV" if self.site.use is Use.ENV else "ARG"
        return f"{keyword} in line {self.line}"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable at a place; ``stage`` is ``None`` among the global arguments."""

    site: Site
    stage: int | None


def variable_at(program: Program, offset: int) -> Variable | None:
    """The variable whose name an offset touches."""
    caret = Caret.at(program.document, offset)
    if caret.instruction is None or caret.zone not in (Zone.HEADER, Zone.HEREDOC):
        return None
    for site in sites_of(caret.instruction, program.document.text):
        if site.span.start <= caret.offset <= site.span.end:
            return Variable(site, stage_of(program, caret.instruction))
    return None


def stage_of(program: Program, instruction: Instruction) -> int | None:
    """The stage whose variables an instruction sees; ``None`` for FROM and what is before."""
    place = Place.at(program, instruction.line)
    return None if place.stage is None or place.on_from else place.stage.index


def setting_of(program: Program, stage: int | None, name: str, offset: int) -> Setting | None:
    """What sets a variable for a place, as far as the Dockerfile itself does."""
    return settings_at(program, stage, offset).get(name)


def settings_at(program: Program, stage: int | None, offset: int) -> dict[str, Setting]:
    """What sets each variable for a place.

    The last instruction counts. An ARG that gives no value leaves what holds.
    """
    found: dict[str, Setting] = {}
    if stage is None:
        instructions = (arg.instruction for arg in program.preamble)
        _take(found, program, instructions, None, offset)
        return found
    *below, current = _chain(program, stage)
    end = len(program.document.text)
    for each, above in pairwise([*below, current]):
        _take(found, program, _own(program, each, end), each.index, end)
        _take(found, program, _triggers(each, above), each.index, end)
    _take(found, program, _own(program, current, offset), current.index, offset)
    return found


def _chain(program: Program, stage: int) -> list[Stage]:
    """A stage and those it builds upon, the lowest first."""
    chain = [program.stages[stage]]
    while (below := chain[-1].origin.stage) is not None:
        chain.append(program.stages[below])
    return chain[::-1]


def _own(program: Program, stage: Stage, offset: int) -> Iterator[Instruction]:
    for step in stage.steps:
        if step.instruction.start >= offset and step.trigger is None:
            return
        if step.trigger is None and step.instruction.name in ("ENV", "ARG"):
            yield step.instruction


def _triggers(stage: Stage, above: Stage) -> Iterator[Instruction]:
    """The ONBUILDs of a stage, which the one above it carries out first."""
    if any(step.trigger is not None for step in above.steps):
        for step in stage.steps:
            if step.instruction.name == "ONBUILD" and step.trigger is None:
                yield step.instruction


def _take(
    found: dict[str, Setting],
    program: Program,
    instructions: Iterable[Instruction],
    stage: int | None,
    offset: int,
) -> None:
    text = program.document.text
    for instruction in instructions:
        is_around = instruction.start <= offset < instruction.end
        if is_around and instruction.name == "ENV":
            continue  # its values all see what held before it
        for site in definitions_of(instruction, text):
            if site.span.start >= offset:
                break
            holds = found.get(site.name)
            is_empty = site.use is Use.BARE_ARG and site.name not in program.arguments
            if holds is None or not is_empty:
                found[site.name] = Setting(site, instruction.line, stage)
