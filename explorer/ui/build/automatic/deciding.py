"""What the automatic mode would do with a text: run, rest, or say why not. No Qt here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from explorer.build.plan.keys import digest_of
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.dockerfile.advice.model import Level
from explorer.dockerfile.stages.model import Program, Stage
from explorer.ui.build.foresight import Here, here_at
from explorer.ui.build.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Run:
    """Steps up to ``line`` have to run. ``text`` is what is built: it ends behind that line.

    ``key`` names what would run, ``steps`` each of the steps by its id in the events of a build:
    the same key gives the same files, so nothing has to run for it twice.
    """

    line: int
    stop_after: tuple[int, int]
    text: str
    key: str
    steps: dict[str, str]


@dataclass(frozen=True, slots=True)
class UpToDate:
    """Every layer up to the line is there."""

    line: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing runs; ``why`` completes "paused because", ``line`` is to blame, or 0."""

    why: str
    line: int = 0


Decision: TypeAlias = Run | UpToDate | Paused


def decide(reading: Reading, plan: Plan, line: int, failed: Collection[str]) -> Decision:
    """What to do for the line of the caret; ``failed`` are keys of steps that went wrong."""
    here = here_at(reading, line)
    if here is None:
        return Paused("the caret is on no stage")
    end = (here.step or here.stage).instruction.last_line
    wrong = _error(reading, end)
    if wrong is not None:
        return wrong
    missing: list[StepPlan] = []
    for step in _steps(reading.program, plan, here):
        mishap = next((m.message for m in step.mishaps if m.is_error), "")
        if mishap:
            return Paused(f"of line {step.line}: {mishap}", step.line)
        if step.layer and step.cache is not Cache.HIT:
            missing.append(step)
    lacking = _lacking(reading.program, plan, here)
    if lacking is not None:
        return lacking
    if not missing:
        return UpToDate(here.line)
    keys = {f"{step.stage}.{step.index}": key_of(step) for step in missing}
    for step, key in zip(missing, keys.values(), strict=True):
        if key in failed:
            return Paused(f"line {step.line} failed", step.line)
    starts = reading.document.lines.starts
    text = reading.text[: starts[end]] if end < len(starts) else reading.text
    place = here.stage.index, here.index
    return Run(here.line, place, text, digest_of(*keys.values()), keys)


def key_of(step: StepPlan) -> str:
    """What stands for a step: its key, or where that cannot be told yet, its words."""
    key = step.content_key or step.key
    return key.digest if key is not None else digest_of(str(step.stage), step.text)


def _error(reading: Reading, last: int) -> Paused | None:
    """The first error up to a line: no text is run that is known to be wrong."""
    found = (d for d in reading.diagnostics if d.severity is Level.ERROR and d.line <= last)
    first = min(found, key=lambda each: each.line, default=None)
    return None if first is None else Paused(f"line {first.line} has an error", first.line)


def _steps(program: Program, plan: Plan, here: Here) -> Iterator[StepPlan]:
    """The plans of all steps that come to be at a place, stage by stage."""
    for stage in _stages(program, here):
        if stage.index >= len(plan.stages):
            return
        own = stage.index == here.stage.index
        for step in plan.stages[stage.index].steps:
            if not own or step.index <= here.index:
                yield step


def _stages(program: Program, here: Here) -> list[Stage]:
    """The stages that have to be there, in the order of the text."""
    found, ahead = set[int](), [(here.stage.index, here.index)]
    while ahead:
        index, last = ahead.pop()
        if index in found:
            continue
        found.add(index)
        for need in program.stages[index].needs:
            stage = need.origin.stage
            if stage is not None and (need.step is None or need.step <= last):
                ahead.append((stage, len(program.stages[stage].steps)))
    return [program.stages[index] for index in sorted(found)]


def _lacking(program: Program, plan: Plan, here: Here) -> Paused | None:
    """A base that is not on this machine: nothing is fetched by itself."""
    for stage in _stages(program, here):
        outside = stage.origin.stage is None and stage.index < len(plan.stages)
        if outside and plan.stages[stage.index].problem:
            line = stage.instruction.line
            return Paused(f"the base of line {line} is not on this machine", line)
    return None
