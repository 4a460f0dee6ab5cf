"""Pulls and pushes: each on a thread with a loop of its own, followed layer by layer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from explorer.oci import Descriptor, Digest
from explorer.progress import Job
from explorer.ui.tasks import Operation, Running

if TYPE_CHECKING:
    from explorer.registry import Options, RegistryClient
    from explorer.registry.wire import Waiting
    from explorer.transfer.receipt import Fate, Receipt, Step, Watch
    from explorer.ui.registries.line import Find

Move = Callable[["RegistryClient", Job, "Watch"], Awaitable["Receipt"]]
_TICK_MS = 50
"""What happens is shown at most 20 times a second."""


@dataclass(frozen=True, slots=True)
class LayerProgress:
    """How far one blob is; ``fate`` is set once it has arrived."""

    descriptor: Descriptor
    done: int
    fate: Fate | None


class Transfer(QObject):
    """One pull or push, under way or over."""

    changed = Signal()
    """It went on."""
    ended = Signal()
    """It is over: see ``receipt`` and ``error``; neither is set where it was cancelled."""

    def __init__(self, title: str, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.receipt: Receipt | None = None
        self.error: BaseException | None = None
        self.running: Running | None = None
        self._lock = threading.Lock()
        self._blobs: dict[Digest, LayerProgress] = {}
        self._waiting = ""
        self._dirty = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self, options: Callable[[], Options], find: Find, move: Move) -> None:
        """Begin."""

        def work(job: Job) -> Receipt:
            return asyncio.run(_moved(options(), find, move, job, self))

        self._timer.start()
        self.running = (
            Operation(self, self.title)
            .work(work)
            .success(self._done)
            .failure(self._failed)
            .finished(self._finished)
            .start()
        )

    @property
    def done_title(self) -> str:
        """The title, of what is done: ``Pulled …``."""
        return self.title.replace("Pulling", "Pulled", 1).replace("Pushing", "Pushed", 1)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.running is None

    @property
    def was_cancelled(self) -> bool:
        """Whether the user stopped it."""
        return self.is_over and self.receipt is None and self.error is None

    def cancel(self) -> None:
        """Stop; what has arrived stays, and is not moved again."""
        if self.running is not None:
            self.running.cancel()

    def blobs(self) -> list[LayerProgress]:
        """How far each blob is, in the order they were begun."""
        with self._lock:
            return list(self._blobs.values())

    @property
    def waiting(self) -> str:
        """Why nothing moves, such as a registry's limit; empty while it does."""
        return self._waiting

    # -- from the thread of the transfer -------------------------------------------------------

    def hear(self, waiting: Waiting | None) -> None:
        """Take why nothing moves, or with None that it does again."""
        with self._lock:
            self._waiting = str(waiting) if waiting is not None else ""
            self._dirty = True

    def watch(self, step: Step) -> None:
        """Take how far a blob is."""
        with self._lock:
            self._blobs[step.descriptor.digest] = LayerProgress(
                step.descriptor, step.done, step.fate
            )
            self._dirty = True

    # -- in the window -------------------------------------------------------------------------

    def _tick(self) -> None:
        if self._dirty:
            self._dirty = False
            self.changed.emit()

    def _done(self, receipt: Receipt) -> None:
        self.receipt = receipt

    def _failed(self, error: BaseException) -> None:
        self.error = error

    def _finished(self) -> None:
        self.running = None
        if isValid(self):
            self._timer.stop()
            self.changed.emit()
            self.ended.emit()


async def _moved(options: Options, find: Find, move: Move, job: Job, told: Transfer) -> Receipt:
    from explorer.registry import RegistryClient, Wire

    async with Wire(options, find) as wire:
        wire.notice = told.hear
        return await move(RegistryClient(wire), job, told.watch)
