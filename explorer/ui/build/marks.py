"""What the plan says at the lines of the text and at the nodes of the graph. No widgets here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.build.plan.aligning import text_of
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.dockerfile.advice.buildkit import as_diagnostics
from explorer.dockerfile.advice.gather import merged
from explorer.dockerfile.advice.model import Diagnostic
from explorer.dockerfile.problem import Problem
from explorer.ui import text
from explorer.ui.build.editor.chips import Chip, ChipKind
from explorer.ui.build.graph.chart import Forecast
from explorer.ui.build.snapshot import Reading

STATES: Final = {
    Cache.HIT: (ChipKind.CACHED, "cached"),
    Cache.MISS: (ChipKind.WILL_RUN, "will run"),
    Cache.UNKNOWN: (ChipKind.UNKNOWN, "unknown"),
}
"""The chip and the word of each state."""


def chips_of(plan: Plan) -> list[Chip]:
    """What each instruction does, for the ends of the lines."""
    found: list[Chip] = []
    first = plan.first_break
    for stage in plan.stages:
        for step in stage.steps:
            found += _chips(step, used=stage.used, breaks=step is first)
    return found


def _chips(step: StepPlan, *, used: bool, breaks: bool) -> Iterator[Chip]:
    if not step.layer:
        if step.cache is Cache.HIT:  # else nobody knows what it would do
            told = "It changes settings, and no files"
            yield Chip(step.line, "settings", ChipKind.METADATA, told)
        return
    if used:
        kind, word = STATES[step.cache]
        yield Chip(step.line, word, kind, words_of(step))
    yield Chip(step.line, "layer", ChipKind.LAYER, "It makes a layer")
    if step.adds is not None and step.adds.size:
        about = "" if step.adds.is_exact else "about "
        size = text.size(step.adds.size)
        files = text.plural(step.adds.files, "file")
        yield Chip(step.line, size, ChipKind.SIZE, f"It adds {about}{size} in {files}")
    if used and breaks and step.because:
        yield Chip(step.line, step.because[0], ChipKind.REMARK, words_of(step))


def words_of(step: StepPlan) -> str:
    """The state of a step with every reason for it."""
    _, word = STATES[step.cache]
    because = "; ".join(step.because)
    return f"{word}: {because}" if because else word


def forecasts_of(plan: Plan) -> dict[int, Forecast]:
    """For each stage that is built what becomes of its layers."""
    found: dict[int, Forecast] = {}
    for stage in plan.stages:
        if not stage.used:
            continue
        layers = [step for step in stage.steps if step.layer]
        counts = {cache: sum(step.cache is cache for step in layers) for cache in Cache}
        known = [step.adds.size for step in layers if step.adds is not None]
        found[stage.index] = Forecast(
            counts[Cache.HIT], counts[Cache.MISS], counts[Cache.UNKNOWN], sum(known) or None
        )
    return found


def problems_of(
    reading: Reading, plan: Plan | None, linted: tuple[Diagnostic, ...] = ()
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong: with the text, and with what its steps would find.

    The plan may be that of an earlier text: what it says of steps that are others by now is left
    out, the rest is told at its place in the new text.
    """
    met = _met(reading, plan) if plan is not None else []
    if not met and not linted:
        return reading.diagnostics
    return merged(reading.diagnostics, as_diagnostics(reading.program, met), linted)


def _met(reading: Reading, plan: Plan) -> list[Problem]:
    stages = reading.program.stages
    met: list[Problem] = []
    for step in plan.steps:
        if not step.mishaps or step.stage >= len(stages):
            continue
        steps = stages[step.stage].steps
        if step.index < len(steps) and text_of(steps[step.index]) == step.text:
            met += [mishap.problem(steps[step.index]) for mishap in step.mishaps]
    return met
