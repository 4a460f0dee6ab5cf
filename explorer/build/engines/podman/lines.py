"""The lines of Podman's builder (buildah) as our events: one step after another, stage by stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.build.engines.docker.classic import error_of
from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.steps import Steps, from_step, step_id
from explorer.build.events import StepInfo
from explorer.dockerfile.stages.model import Stage

_STEP: Final = re.compile(r"(?:\[(\d+)/\d+\] )?STEP (\d+)/\d+: (.*)", re.S)
_CACHED: Final = re.compile(r"--> Using cache [0-9a-f]+\s*")
_MADE: Final = re.compile(r"--> [0-9a-f]{11,64}\s*")
_COMMIT: Final = re.compile(r"(?:\[\d+/\d+\] )?COMMIT(?: \S+)?\s*")
_IMAGE_ID: Final = re.compile(r"[0-9a-f]{64}\s*")
_RUNTIME: Final = "error running container"
_HINT: Final = "If Podman's runtime cannot run here, set BUILDAH_ISOLATION=chroot"
_NO_HISTORY: Final = "Podman builds on no image whose history does not tell of all its layers"

Soon = Callable[[Callable[[], object]], Callable[[], object]]
"""Does something in a moment; what it returns keeps it from being done."""


@dataclass(slots=True)
class PodmanLines:
    """Tells what the lines tell; ``image_id`` is that of the result.

    Nothing tells that a step runs but its output; so it counts as begun when it was not told, in a
    moment (``soon``), to be cached.
    """

    steps: Steps
    following: Following
    soon: Soon
    image_id: str = ""
    _step: StepInfo | None = None
    _line: int = 0
    _never_mind: Callable[[], object] | None = None
    _hint: str = ""
    _infos: dict[str, StepInfo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._infos = {info.id: info for info in self.steps.infos}

    def take(self, document: Mapping[str, Any]) -> None:
        """One line; raises :class:`BuildError` where it says that the build failed."""
        if isinstance(text := document.get("stream"), str):
            self._stream(text)
        elif "error" in document or "errorDetail" in document:
            self._forget()
            raise self.failure(document)

    def failure(self, document: Mapping[str, Any]) -> BuildError:
        """What the build ends with."""
        message = error_of(document)
        if "history lists" in message:
            self._hint = _NO_HISTORY
        if self._step is not None:
            return self.following.fail(self._step.id, message, self._hint)
        column = 1 if self._line else 0
        return BuildError(message, line=self._line, column=column, hint=self._hint)

    def _stream(self, text: str) -> None:
        if (begun := _STEP.fullmatch(text)) is not None:
            self._end()
            self._begin(int(begun[1] or 1), int(begun[2]), begun[3])
        elif _IMAGE_ID.fullmatch(text):
            self.image_id = text.strip()
        elif self._step is None:
            return
        elif _CACHED.fullmatch(text):
            self._forget()
            self.following.cache(self._step.id)
        elif _MADE.fullmatch(text) or _COMMIT.fullmatch(text):
            self._end()
        else:
            self._hint = _HINT if text.startswith(_RUNTIME) else self._hint
            self.following.start(self._step.id)
            self.following.log(self._step.id, 1, text.encode())

    def _begin(self, stage_number: int, place: int, text: str) -> None:
        stage = self._stage(stage_number)
        name = text.partition(" ")[0].strip().upper()
        self._line, self._step = 0, None
        if stage is None:
            return
        if name == "FROM":
            self._line, self._step = stage.instruction.line, from_step(stage)
        else:
            self._find(stage, place - 2, name)
        if self._step is not None:
            step = self._step.id
            self.following.plan([self._step])
            self.following.note(step)
            self._never_mind = self.soon(lambda: self.following.start(step))

    def _find(self, stage: Stage, place: int, name: str) -> None:
        """The instruction at a place behind the FROM, or the next of its name."""
        for step in stage.steps[max(place, 0) :]:
            if step.instruction.name.upper() == name:
                self._line, self._step = step.line, self._infos.get(step_id(stage, step))
                return

    def _stage(self, number: int) -> Stage | None:
        stages = self.steps.program.stages
        return stages[number - 1] if 0 < number <= len(stages) else None

    def _end(self) -> None:
        self._forget()
        if self._step is not None:
            self.following.finish(self._step.id)
            self._step = None

    def _forget(self) -> None:
        if self._never_mind is not None:
            self._never_mind()
            self._never_mind = None
