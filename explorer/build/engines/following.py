"""What an engine's own tale of a build becomes: our events, on one clock, each step ended once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from explorer.build.engine import Tell
from explorer.build.engines.failure import BuildError
from explorer.build.events import (
    Cached,
    Finished,
    Log,
    Planned,
    Progressed,
    Started,
    StepFailed,
    StepInfo,
    Warned,
)
from explorer.dockerfile.stages.model import Program

_CODE = re.compile(r"(?:exit code:|exit status|non-zero code:) (\d+)")


class Following:
    """Tells what an engine does. Steps may be told of in any order, and more than once."""

    def __init__(self, tell: Tell, program: Program) -> None:
        self.program = program
        self.began = time.monotonic()
        self.cached = self.steps = 0
        self._tell = tell
        self._planned: dict[str, StepInfo] = {}
        self._noted: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._ended: set[str] = set()
        self._failed: BuildError | None = None

    @property
    def at(self) -> float:
        """Seconds since the build began."""
        return time.monotonic() - self.began

    def plan(self, infos: Iterable[StepInfo]) -> None:
        """Tell steps that are not told yet."""
        new = tuple(info for info in infos if info.id not in self._planned)
        if new:
            self._planned.update((info.id, info) for info in new)
            self._tell(Planned(new))

    def info(self, step: str) -> StepInfo:
        """A step that was planned."""
        return self._planned[step]

    def is_running(self, step: str) -> bool:
        """Whether a step has begun, and not ended."""
        return step in self._started and step not in self._ended

    def note(self, step: str) -> None:
        """A step may begin now: it is told when it is known not to be cached."""
        self._noted.setdefault(step, self.at)

    def start(self, step: str) -> None:
        """A step begins, unless it did."""
        if step not in self._started and step not in self._ended:
            at = self._started[step] = self._noted.get(step, self.at)
            self._tell(Started(step, at))

    def cache(self, step: str) -> None:
        """A step's result was kept."""
        if self._end(step):
            self.cached += self._counts(step)
            self._tell(Cached(step, self.at))

    def finish(self, step: str) -> None:
        """A step is done."""
        self.start(step)
        if self._end(step):
            self._tell(Finished(step, self.at, self.at - self._started[step]))

    def fail(self, step: str, message: str, hint: str = "") -> BuildError:
        """A step went wrong; returns what the build ends with, the first of several."""
        self.start(step)
        info = self._planned[step]
        column = 1 if info.line else 0
        if self._end(step):
            self._tell(StepFailed(step, self.at, message, info.line, column, code_in(message)))
        if self._failed is None:
            self._failed = BuildError(message, line=info.line, column=column, hint=hint, step=step)
        return self._failed

    @property
    def failure(self) -> BuildError | None:
        """The first failure of a step, if one was told."""
        return self._failed

    def log(self, step: str, stream: int, data: bytes) -> None:
        """What a step prints."""
        if data:
            self._tell(Log(step, self.at, stream, data))

    def progress(self, step: str, what: str, done: int, total: int | None) -> None:
        """How far something is."""
        self._tell(Progressed(step, self.at, what, done, total))

    def warn(self, message: str, line: int = 0, step: str = "") -> None:
        """A remark of the engine."""
        self._tell(Warned(self.at, message, line, step))

    def finish_all(self) -> None:
        """Whatever runs is done: the engine said that the build is."""
        for step in [step for step in self._started if step not in self._ended]:
            self.finish(step)

    def _end(self, step: str) -> bool:
        if step in self._ended:
            return False
        self._ended.add(step)
        self.steps += self._counts(step)
        return True

    def _counts(self, step: str) -> int:
        """Whether a step is one of those that leave a layer."""
        return 1 if self._planned[step].count else 0


def code_in(message: str) -> int | None:
    """The exit code that an engine's message ends with."""
    found = _CODE.findall(message)
    return int(found[-1]) if found else None
