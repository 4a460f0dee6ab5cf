"""The steps of a build as events tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.build.events import StepInfo
from explorer.build.plan.steps import leaves_layer
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program, Stage, Step


def step_id(stage: Stage, step: Step) -> str:
    """What a step is called in events."""
    return f"{stage.index}.{step.index}"


def needed(stage: Stage, step: Step | None = None) -> list[int]:
    """The stages that have to be done before a step, or before the first: those of its FROM."""
    index = None if step is None else step.index
    return sorted(
        {n.origin.stage for n in stage.needs if n.origin.stage is not None and n.step == index}
    )


def wanted(stage: Stage, request: BuildRequest) -> Sequence[Step]:
    """The steps of a stage, up to where the build is to stop."""
    stop = request.stop_after
    if stop is not None and stage.index == stop[0]:
        return stage.steps[: stop[1] + 1]
    return stage.steps


def infos(program: Program, request: BuildRequest) -> tuple[StepInfo, ...]:
    """The steps that the target needs and that leave a layer."""
    found: list[StepInfo] = []
    for index in sorted(program.reachable):
        stage = program.stages[index]
        steps = [step for step in wanted(stage, request) if leaves_layer(step)]
        before = tuple(f"{n}.end" for n in needed(stage))
        for number, step in enumerate(steps, 1):
            text = " ".join(step.instruction.text.split())
            needs = before if number == 1 else (step_id(stage, steps[number - 2]),)
            needs += tuple(f"{n}.end" for n in needed(stage, step))
            found.append(
                StepInfo(
                    step_id(stage, step), stage.title, text, step.line, step.instruction.name,
                    number, len(steps), needs,
                )
            )  # fmt: skip
    return _without_ends(found, program.stages)


def _without_ends(found: list[StepInfo], stages: Sequence[Stage]) -> tuple[StepInfo, ...]:
    """Let steps that wait for a stage wait for its last step, or for what that stage waits for."""
    last: dict[str, str] = {}
    for info in found:
        last[info.stage] = info.id
    titles = {f"{stage.index}.end": stage.title for stage in stages}

    def real(need: str) -> str | None:
        return last.get(titles[need]) if need in titles else need

    return tuple(
        replace(info, needs=tuple(each for need in info.needs if (each := real(need)) is not None))
        for info in found
    )
