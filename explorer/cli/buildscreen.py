"""A build as it is told on the command line: plain lines, or lines that change in a terminal."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from typing import TextIO

from explorer.build.events import (
    Cached,
    Done,
    Event,
    Failed,
    Finished,
    LayerMade,
    Log,
    Planned,
    Progressed,
    Started,
    StepFailed,
    StepInfo,
    Stopped,
    Warned,
)
from explorer.cli import text
from explorer.oci.layout import visible

_GREEN, _RED, _DIM, _CYAN, _OFF = "\033[32m", "\033[31m", "\033[2m", "\033[36m", "\033[0m"


class PlainBuild:
    """One line for each thing that happens, as it happens; colours only where they are wanted."""

    def __init__(self, stream: TextIO | None = None, *, colour: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._colour = colour
        self._steps: dict[str, StepInfo] = {}
        self._numbers: dict[str, int] = {}
        self._partial: dict[tuple[str, int], codecs.IncrementalDecoder] = {}
        self._lines: dict[tuple[str, int], str] = {}

    def tell(self, event: Event) -> None:
        """Print what an event says."""
        for line in self._of(event):
            self._stream.write(line + "\n")
        self._stream.flush()

    def _of(self, event: Event) -> Iterator[str]:
        match event:
            case Planned(steps=steps):
                for step in steps:
                    self._steps[step.id] = step
            case Started(step=step, because=because):
                yield self._head(step)
                if because:
                    yield self._dim(self._say(step, f"because {'; '.join(because)}"))
            case Cached(step=step):
                yield f"{self._head(step)} {self._in(_CYAN, 'CACHED')}"
            case Log():
                yield from self._log(event)
            case Finished(step=step, seconds=seconds, layer=layer):
                yield from self._rest(step)
                yield self._say(
                    step, f"{self._in(_GREEN, 'done')} {_seconds(seconds)}{_made(layer)}"
                )
            case StepFailed(step=step, message=message):
                yield from self._rest(step)
                yield self._say(step, f"{self._in(_RED, 'failed')}: {visible(message)}")
            case Warned(message=message, line=line):
                yield f"warning: line {line}: {visible(message)}" if line else f"warning: {message}"
            case Progressed() | Failed() | Stopped():
                return
            case Done():
                share = f", {event.cached} of {event.steps} steps cached" if event.steps else ""
                yield f"built {event.digest} in {_seconds(event.seconds)}{share}"

    def _head(self, step: str) -> str:
        info = self._steps.get(step)
        if info is None:
            return self._say(step, "")
        place = f"[{info.stage} {info.index}/{info.count}]" if info.count else f"[{info.stage}]"
        shown = info.text if len(info.text) <= 160 else f"{info.text[:159]}…"
        return self._say(step, f"{place} {visible(shown)}")

    def _say(self, step: str, words: str) -> str:
        number = self._numbers.setdefault(step, len(self._numbers) + 1)
        return f"#{number} {words}"

    def _log(self, event: Log) -> Iterator[str]:
        key = event.step, event.stream
        decoder = self._partial.get(key)
        if decoder is None:
            decoder = self._partial[key] = codecs.getincrementaldecoder("utf-8")("replace")
        *lines, rest = (self._lines.get(key, "") + decoder.decode(event.data)).split("\n")
        self._lines[key] = rest
        for line in lines:
            yield self._say(event.step, f"{event.at:.3f} {visible(line.rstrip(chr(13)))}")

    def _rest(self, step: str) -> Iterator[str]:
        """What a step printed without a line end."""
        for key in [key for key in self._lines if key[0] == step]:
            if rest := self._lines.pop(key):
                yield self._say(step, visible(rest))

    def _dim(self, line: str) -> str:
        return self._in(_DIM, line)

    def _in(self, colour: str, words: str) -> str:
        return f"{colour}{words}{_OFF}" if self._colour else words


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f}s"
    return f"{int(seconds // 60)}m{int(seconds % 60):02}s"


def _made(layer: LayerMade | None) -> str:
    if layer is None:
        return ""
    return f", {text.plural(layer.added, 'file')}, {text.size(layer.size)}"
