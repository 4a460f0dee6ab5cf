"""A build as it goes: the stream of events, folded into steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from explorer.build.events import (
    Cached,
    Done,
    End,
    Event,
    Failed,
    Finished,
    Log,
    Planned,
    Progressed,
    Started,
    StepFailed,
    StepInfo,
    Stopped,
    Warned,
)
from explorer.build.runs.step import StepRun, StepState
from explorer.build.runs.totals import Totals

MOST_STEPS: Final = 50_000
MOST_OUTPUT: Final = 96 << 20
"""Bytes that all steps of a build print and that are kept."""
_MOST_WARNINGS: Final = 500


class BuildState(Enum):
    """How it stands with a build."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StageRun:
    """Steps of one stage, in order."""

    title: str
    steps: tuple[StepRun, ...]


@dataclass(slots=True, eq=False)
class BuildLog:
    """One build. :meth:`take` may be called as often as events come: it costs little.

    ``dockerfile`` is the path, ``target`` what is built of it, ``engine`` who builds. Steps that
    changed since the last :meth:`drain` are remembered for who shows them.
    """

    dockerfile: str
    target: str = ""
    engine: str = "sandbox"
    when: datetime = field(default_factory=lambda: datetime.now(UTC))
    steps: dict[str, StepRun] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    end: End | None = None
    at: float = 0.0
    version: int = 0
    """Grows whenever steps are added."""
    _changed: set[str] = field(default_factory=set, repr=False)
    _printed: int = field(default=0, repr=False)

    # -- what is known ------------------------------------------------------------------------

    @property
    def state(self) -> BuildState:
        """How it stands."""
        match self.end:
            case None:
                return BuildState.RUNNING
            case Done():
                return BuildState.DONE
            case Failed():
                return BuildState.FAILED
            case Stopped():
                return BuildState.STOPPED

    @property
    def stages(self) -> tuple[StageRun, ...]:
        """The steps by their stages, in the order they became known."""
        found: dict[str, list[StepRun]] = {}
        for step in self.steps.values():
            found.setdefault(step.info.stage, []).append(step)
        return tuple(StageRun(title, tuple(steps)) for title, steps in found.items())

    @property
    def failed_step(self) -> StepRun | None:
        """The step that a build failed at."""
        if isinstance(self.end, Failed) and self.end.step in self.steps:
            return self.steps[self.end.step]
        return next((s for s in self.steps.values() if s.state is StepState.FAILED), None)

    def totals(self, now: float | None = None) -> Totals:
        """The figures, ``now`` seconds after the build began; at its end for one that ended."""
        wall = self.at if now is None or self.end is not None else max(now, self.at)
        return Totals.of(self.steps.values(), wall)

    def drain(self) -> set[str]:
        """The ids of the steps that changed since this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    # -- what comes in ------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Fold in an event. One about a step that was never planned adds the step."""
        match event:
            case Planned(steps):
                for info in steps:
                    self._add(info)
            case Started():
                step = self._step(event.step, event.at)
                step.state, step.started = StepState.RUNNING, event.at
                step.because, step.changes = event.because, event.changes
            case Cached():
                step = self._step(event.step, event.at)
                step.state, step.layer = StepState.CACHED, event.layer
                step.started = step.ended = event.at
            case Log():
                self._print(event)
            case Progressed():
                self._step(event.step, event.at).progress = event
            case Finished():
                step = self._step(event.step, event.at)
                step.state, step.layer, step.progress = StepState.DONE, event.layer, None
                step.started = event.at - event.seconds if step.started is None else step.started
                step.ended = event.at
            case StepFailed():
                self._fail(event)
            case Warned():
                self._warn(event)
            case Done() | Failed() | Stopped():
                self._finish(event)

    def pass_over(self, event: Log) -> None:
        """Count what was printed without keeping it: there is more behind it than is kept."""
        step = self._step(event.step, event.at)
        before = step.output.kept
        step.output.pass_over(event.data)
        self._printed -= before - step.output.kept

    def _add(self, info: StepInfo) -> StepRun:
        known = self.steps.get(info.id)
        if known is not None:
            known.info = info
            self._changed.add(info.id)
            return known
        step = StepRun(info)
        if len(self.steps) < MOST_STEPS:
            self.steps[info.id] = step
            self._changed.add(info.id)
        self.version += 1
        return step

    def _step(self, id: str, at: float) -> StepRun:
        self.at = max(self.at, at)
        self._changed.add(id)
        return self.steps.get(id) or self._add(StepInfo(id, "", id))

    def _print(self, event: Log) -> None:
        step = self._step(event.step, event.at)
        step.output.feed(event.data)
        self._printed += len(event.data)
        if self._printed > MOST_OUTPUT:
            largest = max(self.steps.values(), key=lambda s: s.output.kept)
            largest.output.trim(largest.output.kept // 2)
            self._printed = sum(s.output.kept for s in self.steps.values())

    def _fail(self, event: StepFailed) -> None:
        step = self._step(event.step, event.at)
        step.state, step.ended, step.progress = StepState.FAILED, event.at, None
        step.started = event.at if step.started is None else step.started
        step.message, step.code, step.column = event.message, event.code, event.column
        step.left = event.left

    def _warn(self, event: Warned) -> None:
        self.at = max(self.at, event.at)
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(event)

    def _finish(self, end: End) -> None:
        self.end = end
        self.at = max(self.at, end.seconds)
        for step in self.steps.values():
            if step.state is StepState.RUNNING:
                step.state, step.ended, step.progress = StepState.STOPPED, self.at, None
                self._changed.add(step.id)
            elif step.state is StepState.WAITING:
                step.state = StepState.SKIPPED
                self._changed.add(step.id)
