"""How the states of steps and builds look: icon, role of the colour, word."""

from __future__ import annotations

from typing import Final

from explorer.build.runs import BuildState, StepRun, StepState
from explorer.ui import text

STEP: Final = {
    StepState.WAITING: ("history", "muted"),
    StepState.RUNNING: ("play", "accent"),
    StepState.CACHED: ("success", "good"),
    StepState.DONE: ("check", "good"),
    StepState.FAILED: ("error", "danger"),
    StepState.STOPPED: ("stop", "warn"),
    StepState.SKIPPED: ("minus", "muted"),
}
"""The icon of each state, and the role of its colour."""
BUILD: Final = {
    BuildState.RUNNING: ("play", "accent", "running"),
    BuildState.DONE: ("success", "good", "built"),
    BuildState.FAILED: ("error", "danger", "failed"),
    BuildState.STOPPED: ("stop", "warn", "stopped"),
}
"""The icon, the role of the colour and the word of each state of a build."""


def seconds_of(step: StepRun, now: float) -> str:
    """How long a step took, in words; empty for one that did not run."""
    seconds = step.seconds(now)
    return "" if seconds is None else text.duration(seconds)


def words_of(step: StepRun, now: float) -> str:
    """A step in one sentence, for who hears it."""
    parts = [f"line {step.info.line}" if step.info.line else "", step.info.text, step.state.word]
    parts += [seconds_of(step, now), step.message, "; ".join(step.because)]
    return ", ".join(part for part in parts if part)


def why(step: StepRun) -> str:
    """The first reason why a step ran, or what went wrong in it."""
    if step.message:
        return step.message
    if step.progress is not None:
        done, total = step.progress.done, step.progress.total
        sizes = text.size(done) if total is None else f"{text.size(done)} of {text.size(total)}"
        return f"{step.progress.what} {sizes}".strip()
    return "; ".join(step.because)
