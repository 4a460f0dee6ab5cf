"""Which stages can be built side by side, and which of them a build waits for longest."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.build.plan.model import Cache, StagePlan
from explorer.dockerfile.stages.model import Program


def waves(program: Program) -> list[int]:
    """For each stage how many stages, one after another, must be finished before it.

    Only earlier stages count: what needs a later one cannot be built at all.
    """
    found: list[int] = []
    for stage in program.stages:
        needed = {need.origin.stage for need in stage.needs}
        above = (found[n] + 1 for n in needed if n is not None and n < stage.index)
        found.append(max(above, default=0))
    return found


def critical_chain(stages: Sequence[StagePlan], target: int | None) -> tuple[int, ...]:
    """The stages, first to last, whose steps take longest in a row, as far as records tell.

    A step that runs and was never timed counts as a moment, one that is a hit as nothing.
    """
    if target is None:
        return ()
    cost: list[float] = []
    before: list[int | None] = []
    for stage in stages:
        earlier = [need for need in stage.needs if need < stage.index]
        slowest = max(earlier, key=lambda need: (cost[need], -need), default=None)
        cost.append(_seconds(stage) + (cost[slowest] if slowest is not None else 0.0))
        before.append(slowest)
    chain: list[int] = []
    at: int | None = target
    while at is not None:
        chain.append(at)
        at = before[at]
    return tuple(reversed(chain))


def _seconds(stage: StagePlan) -> float:
    running = [step for step in stage.steps if step.layer and step.cache is not Cache.HIT]
    return sum(1.0 if step.seconds is None else step.seconds for step in running)
