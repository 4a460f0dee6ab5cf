"""One step of a build as it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from explorer.build.events import LayerMade, Progressed, StepInfo
from explorer.build.plan.changes import KeyChange
from explorer.build.runs.output import Output


class StepState(Enum):
    """What became of a step: its word for people, and its sign."""

    WAITING = "waiting", "·"
    RUNNING = "running", "▸"
    CACHED = "cached", "≡"
    DONE = "done", "✓"
    FAILED = "failed", "✗"
    STOPPED = "stopped", "■"
    SKIPPED = "not run", "–"

    @property
    def word(self) -> str:
        """In plain words."""
        return self.value[0]

    @property
    def glyph(self) -> str:
        """As one character."""
        return self.value[1]

    @property
    def is_over(self) -> bool:
        """Whether it changes no more."""
        return self not in (StepState.WAITING, StepState.RUNNING)


@dataclass(slots=True, eq=False)
class StepRun:
    """A step; times are seconds since the build began.

    ``left`` is the digest of an image of the files as a failed command left them; it is not kept
    for long, so it is no part of a history. ``whole`` names the file with all that it printed,
    where ``output`` has only the end of it: see :meth:`BuildHistory.whole_output`.
    """

    info: StepInfo
    state: StepState = StepState.WAITING
    started: float | None = None
    ended: float | None = None
    because: tuple[str, ...] = ()
    changes: tuple[KeyChange, ...] = ()
    layer: LayerMade | None = None
    message: str = ""
    code: int | None = None
    column: int = 0
    left: str = ""
    whole: str = ""
    progress: Progressed | None = None
    output: Output = field(default_factory=Output, repr=False)

    @property
    def id(self) -> str:
        """What events call it."""
        return self.info.id

    @property
    def ran(self) -> bool:
        """Whether it was carried out, to whatever end."""
        return self.started is not None and self.state is not StepState.CACHED

    def seconds(self, now: float) -> float | None:
        """How long it took, or takes by ``now``; None for one that was not carried out."""
        if self.started is None or self.state is StepState.CACHED:
            return None
        return max(0.0, (now if self.ended is None else self.ended) - self.started)

    def to_json(self) -> dict[str, Any]:
        """As histories have it; without the output."""
        info, layer = self.info, self.layer
        return {
            "id": info.id,
            "stage": info.stage,
            "text": info.text,
            "line": info.line,
            "instruction": info.instruction,
            "place": [info.index, info.count],
            "needs": list(info.needs),
            "state": self.state.name,
            "started": _short(self.started),
            "ended": _short(self.ended),
            "because": list(self.because),
            "changes": [change.to_json() for change in self.changes],
            "layer": layer
            and [
                layer.digest, layer.diff_id, layer.size, layer.added, layer.modified, layer.removed
            ],
            "message": self.message,
            "code": self.code,
            "column": self.column,
            "whole": self.whole,
        }  # fmt: skip

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> StepRun:
        """Read what :meth:`to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        layer = found["layer"]
        index, count = found["place"]
        code = found["code"]
        return cls(
            info=StepInfo(
                str(found["id"]), str(found["stage"]), str(found["text"]), int(found["line"]),
                str(found["instruction"]), int(index), int(count), tuple(map(str, found["needs"])),
            ),
            state=StepState[found["state"]],
            started=_time(found["started"]),
            ended=_time(found["ended"]),
            because=tuple(map(str, found["because"])),
            changes=tuple(map(KeyChange.from_json, found.get("changes", ()))),
            layer=LayerMade(str(layer[0]), str(layer[1]), *map(int, layer[2:6])) if layer else None,
            message=str(found["message"]),
            code=None if code is None else int(code),
            column=int(found["column"]),
            whole=str(found.get("whole", "")),
        )  # fmt: skip


def _short(time: float | None) -> float | None:
    return None if time is None else round(time, 3)


def _time(found: Any) -> float | None:
    return None if found is None else float(found)
