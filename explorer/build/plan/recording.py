"""Turning steps of a plan into records, once they were carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from explorer.build.plan.keys import sources_of
from explorer.build.plan.model import Cache, StagePlan, StepPlan
from explorer.build.plan.records import BuildRecords, LayerRecord, Place, StepRecord

_DAY: Final = len("20060102")


def record_step(
    step: StepPlan,
    stage: StagePlan | str,
    dockerfile: str,
    build: str,
    layer: LayerRecord | None,
    *,
    seconds: float = 0.0,
    when: datetime | None = None,
) -> StepRecord:
    """The record of a step that leaves a layer and whose keys are known.

    ``build`` is the same for all steps of one build, and another one for each build.
    """
    key = step.key or step.content_key
    if key is None or step.state is None:
        raise ValueError("a step without a key cannot be recorded")
    content = step.content_key.digest if step.content_key is not None else ""
    sources = sources_of(step.content_key)
    if step.record is not None:
        # A key that was found by one name is not always looked for by the other.
        content, layer = content or step.record.content_key, layer or step.record.layer
        sources = sources or step.record.sources
    return StepRecord(
        place=Place(dockerfile, stage if isinstance(stage, str) else stage.title, step.index),
        build=build,
        text=step.text,
        key=key,
        state=step.state,
        content_key=content,
        layer=layer,
        seconds=seconds,
        when=when or datetime.now(UTC),
        cached=step.cache is Cache.HIT,
        sources=sources,
    )


def note_recalled(records: BuildRecords, recalled: Iterable[StepRecord]) -> None:
    """Record what a build took from earlier ones, but for stages of which that says nothing new.

    Once a day it is said nevertheless: the log drops what is oldest in it.

    Raises:
        StorageFull: nothing can be written.
    """
    stages: dict[tuple[str, str], list[StepRecord]] = {}
    for record in recalled:
        stages.setdefault((record.place.dockerfile, record.place.stage), []).append(record)
    new = [
        record
        for (dockerfile, stage), found in stages.items()
        if _said(found) != _said(records.last_build(dockerfile, stage))
        for record in found
    ]
    if new:
        records.add(new)


def _said(steps: Iterable[StepRecord]) -> list[tuple[object, ...]]:
    """What steps of one stage say that counts; a build's name begins with its day."""
    return sorted(
        (s.place.step, s.key.digest, s.content_key, s.state, str(s.layer), s.build[:_DAY])
        for s in steps
    )


def record_stage(
    records: BuildRecords,
    stage: StagePlan,
    dockerfile: str,
    build: str,
    layer_of: Callable[[StepPlan], LayerRecord | None],
) -> None:
    """Record all steps of a stage that have keys, and the files that they copied.

    Raises:
        StorageFull: nothing can be written.
    """
    steps = [step for step in stage.steps if step.layer and step.state is not None]
    for step in steps:
        for listing in step.listings:
            records.keep_listing(listing)
    records.add(record_step(s, stage, dockerfile, build, layer_of(s)) for s in steps)
