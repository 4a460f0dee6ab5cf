"""A build as it is told on the command line where no line can be changed: one after another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from explorer.build.events import (
    Cached,
    Done,
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
from explorer.cli.buildwords import LogLines, made, place, spent, words_of
from explorer.oci.layout import visible

_GREEN, _RED, _DIM, _CYAN, _OFF = "\033[32m", "\033[31m", "\033[2m", "\033[36m", "\033[0m"


class PlainBuild:
    """One line for each thing that happens, as it happens; colours only where they are wanted."""

    def __init__(self, stream: TextIO | None = None, *, colour: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._colour = colour
        self._steps: dict[str, StepInfo] = {}
        self._numbers: dict[str, int] = {}
        self._logs = LogLines()

    def __enter__(self) -> PlainBuild:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.flush()

    def tell(self, event: Event) -> None:
        """Print what an event says."""
        for line in self._of(event):
            self._stream.write(line + "\n")
        self._stream.flush()

    def _of(self, event: Event) -> Iterator[str]:
        match event:
            case Planned(steps=steps):
                self._steps.update((step.id, step) for step in steps)
            case Started(step=step, because=because):
                yield self._head(step)
                if because:
                    yield self._in(_DIM, self._say(step, f"because {'; '.join(because)}"))
            case Cached(step=step):
                yield f"{self._head(step)} {self._in(_CYAN, 'CACHED')}"
            case Progressed(step=step, what=what, done=0):
                yield self._say(step, visible(what))
            case Log(step=step, at=at):
                for line in self._logs.lines(event):
                    yield self._say(step, f"{at:.3f} {line}")
            case Finished(step=step, seconds=seconds, layer=layer):
                yield from self._rest(step)
                done = self._in(_GREEN, "done")
                yield self._say(step, f"{done} {spent(seconds)}{made(layer)}")
            case StepFailed(step=step, message=message, left=left):
                yield from self._rest(step)
                yield self._say(step, f"{self._in(_RED, 'failed')}: {visible(message)}")
                if left:
                    yield self._say(step, f"what it left: layerscope ls store:{left}")
            case Warned(message=message, line=line):
                where = f" line {line}:" if line else ""
                yield f"warning:{where} {visible(message)}"
            case Done():
                yield words_of(event)
            case Progressed() | Failed() | Stopped():
                return

    def _head(self, step: str) -> str:
        info = self._steps.get(step)
        return self._say(step, place(info) if info is not None else "")

    def _say(self, step: str, words: str) -> str:
        number = self._numbers.setdefault(step, len(self._numbers) + 1)
        return f"#{number} {words}"

    def _rest(self, step: str) -> Iterator[str]:
        """What a step printed without a line end."""
        for line in self._logs.rest(step):
            yield self._say(step, line)

    def _in(self, colour: str, words: str) -> str:
        return f"{colour}{words}{_OFF}" if self._colour else words
