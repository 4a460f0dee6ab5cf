"""A build in a terminal: what is done above, what runs below, with its time and last line."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

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

_TAIL: Final = 20
"""Lines of a failed step's output that are shown again."""
_BEAT: Final = 8  # pictures a second


@dataclass(slots=True)
class _Running:
    info: StepInfo
    began: float
    spinner: Spinner = field(default_factory=lambda: Spinner("dots"))
    last: str = ""
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL))


class LiveBuild:
    """Shows events as they come; use it as a context, so that the terminal is left in order."""

    def __init__(self, stream: TextIO | None = None, *, colour: bool = True) -> None:
        self._console = Console(
            file=stream or sys.stderr, no_color=not colour, highlight=False, soft_wrap=False
        )
        self._began = time.monotonic()
        self._steps: dict[str, StepInfo] = {}
        self._running: dict[str, _Running] = {}
        self._logs = LogLines()
        self._done = 0
        self._live = Live(
            console=self._console, get_renderable=self._picture, refresh_per_second=_BEAT,
            transient=True,
        )  # fmt: skip

    def __enter__(self) -> LiveBuild:
        self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.stop()

    def tell(self, event: Event) -> None:
        """Take in what an event says."""
        match event:
            case Planned(steps=steps):
                self._steps.update((step.id, step) for step in steps)
            case Started(step=step, because=because):
                self._start(step, because)
            case Progressed(step=step, what=what):
                if step in self._running:
                    self._running[step].last = visible(what)
            case Log(step=step):
                self._log(event)
            case Cached(step=step):
                self._end(step, Text("CACHED", "cyan"))
            case Finished(step=step, seconds=seconds, layer=layer):
                self._end(step, Text(f"{spent(seconds)}{made(layer)}", "dim"), "✓", "green")
            case StepFailed():
                self._fail(event)
            case Warned(message=message, line=line):
                where = f" line {line}:" if line else ""
                self._console.print(Text(f"warning:{where} {visible(message)}", "yellow"))
            case Done():
                self._console.print(Text(words_of(event)))
            case Failed() | Stopped():
                return

    def _start(self, step: str, because: tuple[str, ...]) -> None:
        info = self._steps.get(step) or StepInfo(step, step, "")
        running = _Running(info, time.monotonic())
        running.last = f"because {'; '.join(because)}" if because else ""
        self._running[step] = running

    def _log(self, event: Log) -> None:
        running = self._running.get(event.step)
        for line in self._logs.lines(event):
            if running is not None:
                running.tail.append(line)
                running.last = line if line.strip() else running.last

    def _end(self, step: str, what: Text, sign: str = "=", style: str = "cyan") -> None:
        running = self._running.pop(step, None)
        info = running.info if running is not None else self._steps.get(step)
        self._done += 1
        line = Text(f"{sign} ", style)
        line.append(place(info) if info is not None else step, "default")
        line.append("  ")
        line.append_text(what)
        self._console.print(line)

    def _fail(self, event: StepFailed) -> None:
        running = self._running.get(event.step)
        tail = list(running.tail) if running is not None else []
        tail += list(self._logs.rest(event.step))
        self._end(event.step, Text(f"failed: {visible(event.message)}", "red"), "✗", "red")
        for line in tail[-_TAIL:]:
            self._console.print(Text(f"  │ {line}", "dim"))
        if event.left:
            self._console.print(Text(f"  what it left: layerscope ls store:{event.left}"))

    def _picture(self) -> RenderableType:
        """What runs now. It is drawn from a thread of its own."""
        now = time.monotonic()
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=1)
        grid.add_column(ratio=3, no_wrap=True, overflow="ellipsis")
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(ratio=2, no_wrap=True, overflow="ellipsis", style="dim")
        for running in list(self._running.values()):
            took = spent(now - running.began)
            grid.add_row(running.spinner, Text(place(running.info)), took, Text(running.last))
        total = f"{self._done} of {len(self._steps)} steps" if self._steps else "reading"
        grid.add_row("", Text(total, "dim"), Text(spent(now - self._began), "dim"), "")
        return grid
