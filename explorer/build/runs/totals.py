"""What a build took, as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.build.runs.step import StepRun, StepState


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of a build: ``wall`` and ``accumulated`` in seconds, ``added`` in bytes.

    ``steps`` and ``over`` count those that are known and those that are over, ``cached`` those
    whose result was kept. ``added`` is what the layers made now hold. ``most_at_once`` is how many
    steps ran at the same time, at the most.
    """

    wall: float
    accumulated: float
    steps: int
    over: int
    cached: int
    added: int
    most_at_once: int
    busy: float

    @classmethod
    def of(cls, steps: Iterable[StepRun], wall: float) -> Totals:
        """The figures of these steps, ``wall`` seconds after the build began."""
        known = list(steps)
        spans = [
            (step.started, wall if step.ended is None else step.ended)
            for step in known
            if step.started is not None and step.state is not StepState.CACHED
        ]
        most, busy = _at_once(spans)
        return cls(
            wall=wall,
            accumulated=sum(max(0.0, end - start) for start, end in spans),
            steps=len(known),
            over=sum(step.state.is_over for step in known),
            cached=sum(step.state is StepState.CACHED for step in known),
            added=sum(
                step.layer.size
                for step in known
                if step.layer is not None and step.state is StepState.DONE
            ),
            most_at_once=most,
            busy=busy,
        )

    @property
    def cached_share(self) -> float | None:
        """The share of the steps that were kept, from 0 to 1; None without steps."""
        return self.cached / self.steps if self.steps else None

    @property
    def parallelism(self) -> float | None:
        """How many steps ran at the same time, on average while any ran."""
        return self.accumulated / self.busy if self.busy > 0 else None


def _at_once(spans: Iterable[tuple[float, float]]) -> tuple[int, float]:
    """How many spans overlap at the most, and for how long there is any."""
    turns = sorted(turn for start, end in spans for turn in ((start, 1), (max(start, end), -1)))
    running = most = 0
    busy = began = 0.0
    for at, by in turns:
        if running == 0:
            began = at
        running += by
        most = max(most, running)
        if running == 0:
            busy += at - began
    return most, busy
