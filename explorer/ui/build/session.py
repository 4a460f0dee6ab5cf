"""One opened Dockerfile: its text goes in, what it means comes out, shortly after each keystroke.

::

    set_text(text)        the text is another one
    set_options(options)  target, arguments, platform, contexts
    set_line(line)        the caret is on another line
        |
        v  one thread at a time, the newest wins, what is stale is dropped
    read                  parsed, checked, the graph drawn up
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from explorer.progress import Job
from explorer.ui.build.options import Options
from explorer.ui.build.reading import Knowledge, Reader
from explorer.ui.build.snapshot import Reading
from explorer.ui.tasks import Operation, Running, run_in_thread


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be known about."""

    text: str
    options: Options
    knowledge: Knowledge
    line: int


class BuildSession(QObject):
    """Emits what is known as soon as it is; belongs to the thread of the window."""

    read = Signal(object)
    """A :class:`Reading` of the newest text."""

    def __init__(self, name: str, options: Options, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._reader = Reader()
        self._wanted = _Wanted("", options, Knowledge(), 1)
        self._done: _Wanted | None = None
        self._running: Running | None = None
        self.reading: Reading | None = None

    # -- what goes in -------------------------------------------------------------------------

    @property
    def options(self) -> Options:
        """What the build is given besides the text."""
        return self._wanted.options

    @property
    def is_idle(self) -> bool:
        """Whether everything asked for is known."""
        return self._running is None and self._done == self._wanted

    def set_text(self, text: str) -> None:
        """The text is another one."""
        self._want(replace(self._wanted, text=text))

    def set_options(self, options: Options) -> None:
        """The build is given something else."""
        if options != self.options:
            self._want(replace(self._wanted, options=options))

    def set_line(self, line: int) -> None:
        """The caret is on this line, counted from 1."""
        self._want(replace(self._wanted, line=line))

    async def close(self) -> None:
        """Stop all work."""
        if self._running is not None:
            self._running.cancel()

    # -- the work -----------------------------------------------------------------------------

    def _want(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        if self._running is None and self._done != wanted:
            self._running = (
                Operation(self, f"Understanding {self._name}")
                .work(self._work)
                .finished(self._rest)
                .quiet()
                .start()
            )

    def _rest(self) -> None:
        self._running = None
        if self._done != self._wanted:
            self._want(self._wanted)

    async def _work(self, job: Job) -> None:
        while self._done != self._wanted:
            wanted = self._wanted
            if await self._read(wanted):
                self._done = wanted

    async def _read(self, wanted: _Wanted) -> bool:
        """Read the text unless it is read already; tell whether that is still what is wanted."""
        done = self._done
        if done is not None and replace(done, line=wanted.line) == wanted:
            return True
        reading = await run_in_thread(
            self._reader.read, wanted.text, wanted.options, wanted.knowledge
        )
        if not self._is_wanted(wanted):
            return False
        self.reading = reading
        self.read.emit(reading)
        return True

    def _is_wanted(self, wanted: _Wanted) -> bool:
        """Whether the text and all around it are still those; the caret may have moved on."""
        return replace(self._wanted, line=wanted.line) == wanted
