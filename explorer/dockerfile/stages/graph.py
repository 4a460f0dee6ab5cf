"""The stages as a graph: what is needed for one, and what goes in circles."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.dockerfile.gotext import quote
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.stages.model import Need, NeedKind, Stage
from explorer.dockerfile.stages.report import Report


def reachable(stages: Sequence[Stage], target: int | None) -> frozenset[int]:
    """The indexes of the stages that building a target takes, itself included."""
    found: set[int] = set()
    waiting = [] if target is None else [target]
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting += (needed for needed, _ in _edges(stages[index]))
    return frozenset(found)


def report_order(stages: Sequence[Stage], report: Report) -> None:
    """Note stages that need each other in a circle, or are used before they are defined."""
    circle = _circle(stages)
    if circle is not None:
        start, need = circle
        message = f"circular dependency detected on stage: {start.title}"
        report.add(Phase.GRAPH, message, need.span, need.line)
        return
    for stage in stages:
        for needed, need in _edges(stage):
            if needed >= stage.index and need.kind is not NeedKind.FROM:
                report.add(Phase.STEPS, _too_early(stage, need), need.span, need.line)


def _edges(stage: Stage) -> list[tuple[int, Need]]:
    return [(n.origin.stage, n) for n in stage.needs if n.origin.stage is not None]


def _too_early(stage: Stage, need: Need) -> str:
    name = quote(need.origin.name)
    if need.kind is NeedKind.MOUNT:
        return f"cannot mount from stage {name}, it needs to be defined before current command"
    title = quote(stage.title)
    return f"cannot copy from stage {name}, it needs to be defined before current stage {title}"


def _circle(stages: Sequence[Stage]) -> tuple[Stage, Need] | None:
    """The first stage that leads into a circle, and the edge that closes it."""
    done: set[int] = set()
    for stage in stages:
        closing = _closing_edge(stages, stage.index, done)
        if closing is not None:
            return stage, closing
    return None


def _closing_edge(stages: Sequence[Stage], start: int, done: set[int]) -> Need | None:
    if start in done:
        return None
    path = {start}
    done.add(start)
    waiting = [(start, iter(_edges(stages[start])))]
    while waiting:
        index, edges = waiting[-1]
        for needed, need in edges:
            if need.kind is NeedKind.FROM:
                continue
            if needed in path:
                return need
            if needed not in done:
                done.add(needed)
                path.add(needed)
                waiting.append((needed, iter(_edges(stages[needed]))))
                break
        else:
            waiting.pop()
            path.discard(index)
    return None
