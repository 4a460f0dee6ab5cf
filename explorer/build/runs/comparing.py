"""Two builds side by side, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from explorer.build.runs.log import BuildLog, StageRun
from explorer.build.runs.step import StepRun, StepState

_MOST: Final = 2000
"""Steps of one stage that are aligned by their texts; of more, those at the same place."""


@dataclass(frozen=True, slots=True)
class StepPair:
    """The same step in two builds; None where one build has it not."""

    stage: str
    before: StepRun | None
    after: StepRun | None

    @property
    def step(self) -> StepRun:
        """The step, of the later build where both have it."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def seconds(self) -> tuple[float | None, float | None]:
        """What it took in both; 0 where its result was kept."""
        return _seconds(self.before), _seconds(self.after)

    @property
    def slower_by(self) -> float | None:
        """How many seconds more it took; None where one does not tell."""
        before, after = self.seconds
        return None if before is None or after is None else after - before

    @property
    def same_layer(self) -> bool | None:
        """Whether both left the same files; None where that cannot be told."""
        before = self.before.layer if self.before is not None else None
        after = self.after.layer if self.after is not None else None
        return None if before is None or after is None else before.diff_id == after.diff_id

    @property
    def grew_by(self) -> int | None:
        """How many bytes more the layer has."""
        before = self.before.layer if self.before is not None else None
        after = self.after.layer if self.after is not None else None
        return None if before is None or after is None else after.size - before.size


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two builds, and their steps in pairs."""

    before: BuildLog
    after: BuildLog
    pairs: tuple[StepPair, ...]


def compare(before: BuildLog, after: BuildLog) -> Comparison:
    """Align the steps of two builds: by stage, then by text, then by place."""
    old = {stage.title: stage for stage in before.stages}
    pairs: list[StepPair] = []
    for stage in after.stages:
        pairs += _pairs(old.pop(stage.title, StageRun(stage.title, ())), stage)
    for gone in old.values():
        pairs += _pairs(gone, StageRun(gone.title, ()))
    return Comparison(before, after, tuple(pairs))


def _pairs(old: StageRun, new: StageRun) -> Iterator[StepPair]:
    was, now = [s.info.text for s in old.steps], [s.info.text for s in new.steps]
    if max(len(was), len(now)) > _MOST:
        yield from _zipped(old, new, 0, len(was), 0, len(now))
        return
    for _, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        yield from _zipped(old, new, a, b, c, d)


def _zipped(old: StageRun, new: StageRun, a: int, b: int, c: int, d: int) -> Iterator[StepPair]:
    for by in range(max(b - a, d - c)):
        before = old.steps[a + by] if a + by < b else None
        after = new.steps[c + by] if c + by < d else None
        yield StepPair(new.title, before, after)


def _seconds(step: StepRun | None) -> float | None:
    if step is None:
        return None
    return 0.0 if step.state is StepState.CACHED else step.seconds(step.ended or 0.0)
