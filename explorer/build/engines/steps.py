"""The steps of a Dockerfile as they are shown, and which of them an engine talks about.

An engine names a step by its stage, its place and its text; the place counts differently from one
engine to the next, and the text may have its variables replaced. So a step is looked for by its
text first, the one at its place where several are alike, and then by its instruction and order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from explorer.build.events import StepInfo
from explorer.build.plan.steps import leaves_layer
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.oci import Reference

_SPACE: Final = re.compile(r"\s+")
CONTEXT: Final = StepInfo("context", "", "send the build context")
RESULT: Final = StepInfo("result", "", "bring the result into the local store")


def layer_steps(program: Program, stop: tuple[int, int] | None = None) -> tuple[StepInfo, ...]:
    """The steps that the target needs and that leave a layer, with the ids of all engines."""
    found: list[StepInfo] = []
    last: dict[int, str] = {}
    for index in sorted(program.reachable):
        stage = program.stages[index]
        wanted = stage.steps
        if stop is not None and stop[0] == index:
            wanted = wanted[: stop[1] + 1]
        steps = [step for step in wanted if leaves_layer(step)]
        needed = sorted({n.origin.stage for n in stage.needs if n.origin.stage is not None})
        needs = tuple(last[n] for n in needed if n in last)
        for number, step in enumerate(steps, 1):
            found.append(_info(stage, step, number, len(steps), needs))
            needs = (found[-1].id,)
            last[index] = found[-1].id
    return tuple(found)


def from_step(stage: Stage) -> StepInfo:
    """The step that brings the base of a stage."""
    text = _flat(stage.instruction.text)
    return StepInfo(f"{stage.index}.from", stage.title, text, stage.instruction.line, "FROM")


def step_id(stage: Stage, step: Step) -> str:
    """What a step is called in events."""
    return f"{stage.index}.{step.index}"


def _info(stage: Stage, step: Step, number: int, count: int, needs: tuple[str, ...]) -> StepInfo:
    name, text = step.instruction.name, _flat(step.instruction.text)
    return StepInfo(step_id(stage, step), stage.title, text, step.line, name, number, count, needs)


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text.replace("\\\n", " ")).strip()


@dataclass(slots=True)
class StageSteps:
    """The steps of one stage that were not spoken of yet."""

    stage: Stage
    infos: list[StepInfo]
    open: list[StepInfo] = field(init=False)

    def __post_init__(self) -> None:
        self.open = list(self.infos)

    def take(self, text: str, place: int | None = None) -> StepInfo | None:
        """The step that a text means; ``place`` counts steps that leave a layer, from 1."""
        name = text.partition(" ")[0].upper()
        same = [info for info in self.open if info.instruction == name]
        exact = [info for info in same if _flat(info.text) == _flat(text)]
        found = next((info for info in exact or same if info.index == place), None)
        found = found or next(iter(exact or same), None)
        if found is not None:
            self.open.remove(found)
        return found


class Steps:
    """All that engines may talk about. ``infos`` are the steps to plan.

    ``renamed`` are names that were sent in place of those in the Dockerfile, and what they mean.
    """

    def __init__(self, program: Program, stop: tuple[int, int] | None = None) -> None:
        self.program = program
        self.infos = layer_steps(program, stop)
        self.renamed: dict[Reference, Reference] = {}
        self._stages: dict[int, StageSteps] = {}

    def of_stage(self, stage: Stage) -> StageSteps:
        """The steps of a stage."""
        if stage.index not in self._stages:
            infos = [info for info in self.infos if info.id.partition(".")[0] == str(stage.index)]
            self._stages[stage.index] = StageSteps(stage, infos)
        return self._stages[stage.index]

    def stage_called(self, title: str) -> Stage | None:
        """The stage of a title as BuildKit writes it; "" is the only one that is built."""
        if not title:
            target = self.program.target
            return self.program.stages[target] if target is not None else None
        named = (stage for stage in reversed(self.program.stages) if stage.title == title.lower())
        return next(named, None)

    @cached_property
    def in_order(self) -> tuple[tuple[str, int, StepInfo | None], ...]:
        """Every instruction in the order of the file: name, line, the step where it is one.

        What ONBUILD triggers is not among them.
        """
        known = {info.id: info for info in self.infos}
        found: list[tuple[str, int, StepInfo | None]] = [
            (arg.instruction.name, arg.instruction.line, None) for arg in self.program.preamble
        ]
        for stage in self.program.stages:
            found.append(("FROM", stage.instruction.line, from_step(stage)))
            for step in stage.steps:
                if step.trigger is None:
                    line, info = step.line, known.get(step_id(stage, step))
                    found.append((step.instruction.name, line, info or _other(stage, step)))
        return tuple(found)


def _other(stage: Stage, step: Step) -> StepInfo | None:
    """A step that leaves a layer in a stage that the target does not need."""
    return _info(stage, step, 0, 0, ()) if leaves_layer(step) else None
