"""Progress of a transfer on stderr: a line for each blob on its way, and why nothing moves."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from explorer.cli import text
from explorer.cli.progress import told
from explorer.progress import Job, Progress

if TYPE_CHECKING:
    from explorer.transfer.receipt import Step

_PATIENCE = 0.4  # seconds before anything shows
_BEAT = 0.1
_MOST_LINES = 8  # blobs on their way at a time; more are counted, not shown
_NAME = 14  # columns for what is moving
_MEMORY = 3.0  # seconds over which a rate is taken


class Notice(Protocol):
    """Why a transfer waits, as :class:`explorer.registry.wire.Waiting` says it."""

    def __str__(self) -> str:
        """In words."""


@dataclass(slots=True)
class Moving:
    """One blob on its way; ``marks`` are when it was how far."""

    name: str
    size: int
    done: int = 0
    marks: list[tuple[float, int]] = field(default_factory=list)

    def told(self, now: float) -> str:
        """``41 MB of 100 MB, 20 MB/s, 3 s left``, going by the last seconds."""
        self.marks = [mark for mark in self.marks if now - mark[0] <= _MEMORY] or self.marks[-1:]
        self.marks.append((now, self.done))
        then, before = self.marks[0]
        rate = (self.done - before) / max(now - then, 0.001)
        if rate <= 0:
            return f"{text.size(self.done)} of {text.size(self.size)}"
        left = Progress("", self.done, self.size)
        return told(left, self.done / rate)


class Transferring:
    """What a transfer tells, for as long as a ``with`` lasts.

    On a terminal it is drawn by a thread of its own, so that no transfer waits for it; elsewhere
    only waits are told, a line each. ``job`` is cancelled by nobody but the caller.
    """

    def __init__(
        self,
        what: str,
        *,
        live: bool,
        colour: bool,
        stream: TextIO | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self.job = Job(what, self._heard)
        self._what, self._live, self._colour = what, live, colour
        self._stream, self._patience = stream or sys.stderr, patience
        self._lock = threading.Lock()
        self._moving: dict[object, Moving] = {}
        self._latest: Progress | None = None
        self._notice = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def watch(self, step: Step) -> None:
        """As :data:`explorer.transfer.receipt.Watch`."""
        descriptor = step.descriptor
        with self._lock:
            if step.fate is not None:
                self._moving.pop(descriptor.digest, None)
                return
            known = self._moving.get(descriptor.digest)
            if known is None:
                known = Moving(descriptor.digest.short, descriptor.size)
                self._moving[descriptor.digest] = known
            known.done = step.done

    def notice(self, waiting: Notice | None) -> None:
        """Say why nothing moves, or with None that it does again."""
        self._notice = str(waiting) if waiting is not None else ""
        if self._notice and not self._live:
            self._stream.write(f"layerscope: {self._notice}\n")
            self._stream.flush()

    def _heard(self, progress: Progress) -> None:
        self._latest = progress

    # -- drawing ------------------------------------------------------------------------------

    def __enter__(self) -> Transferring:
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._done.set()
        if self._live:
            self._thread.join()

    def _show(self) -> None:
        begun = time.monotonic()
        if self._done.wait(self._patience):
            return
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._stream, no_color=not self._colour, force_terminal=True)
        with Live(console=console, transient=True, auto_refresh=False) as live:
            while True:
                finished = self._done.wait(_BEAT)
                live.update(self._drawn(begun), refresh=True)
                if finished:
                    return

    def _drawn(self, begun: float) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        now = time.monotonic()
        with self._lock:
            moving = [(one, one.told(now)) for one in self._moving.values()]
        table = Table.grid(padding=(0, 1))
        table.add_column(min_width=_NAME)  # so that nothing moves when a layer comes or goes
        for one, words in moving[:_MOST_LINES]:
            bar = ProgressBar(total=max(one.size, 1), completed=one.done, width=24)
            table.add_row(f"  {one.name}", bar, words)
        if len(moving) > _MOST_LINES:
            table.add_row("", "", f"and {len(moving) - _MOST_LINES} more")
        latest = self._latest
        if latest is not None and latest.total:
            bar = ProgressBar(total=latest.total, completed=latest.done, width=24)
            table.add_row(self._what, bar, told(latest, now - begun))
        else:
            table.add_row(self._what, "", "")
        if self._notice:
            table.add_row("", "", Text(self._notice, style="yellow"))
        return table
