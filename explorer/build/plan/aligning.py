"""Which step of the last build a step is: the same text in the same order, else the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from explorer.build.plan.records import StepRecord
from explorer.dockerfile.stages.model import Step

_MOST: Final = 500  # steps of one stage that are looked at closely


def text_of(step: Step) -> str:
    """An instruction on one line, however it is laid out."""
    return " ".join(step.instruction.text.split())


def aligned(steps: Sequence[Step], records: Sequence[StepRecord]) -> dict[int, StepRecord]:
    """For the index of each step the record of the same step, where there is one."""
    now, before = [text_of(step) for step in steps], [record.text for record in records]
    if len(now) > _MOST or len(before) > _MOST:
        by_place = {record.place.step: record for record in records}
        return {step.index: by_place[step.index] for step in steps if step.index in by_place}
    found: dict[int, StepRecord] = {}
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for tag, start, stop, first, last in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            found.update(_paired(steps[first:last], list(records[start:stop])))
    return found


def _paired(steps: Sequence[Step], records: list[StepRecord]) -> dict[int, StepRecord]:
    """Steps and records of the same instruction, in order."""
    found = {}
    for step in steps:
        name = step.instruction.name
        for place, record in enumerate(records):
            if record.text.partition(" ")[0].upper() == name:
                found[step.index] = record
                del records[: place + 1]
                break
    return found
