"""Keeps what is known of the build context up to date with the folder on disk."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from explorer.build.context.context import Context
from explorer.errors import ExplorerError
from explorer.progress import Job
from explorer.ui.tasks import Operation, Running, loop_runs

_SOONEST_MS: Final = 1500
_SHARE: Final = 40
"""Looking again may take one part in so many of the time."""


class ContextKeeper(QObject):
    """Scans the folder once, then looks at it again and again while the application is in front.

    Each look costs no more than a fortieth of the time, so a folder of a million files is looked
    at less often. Files are not read.
    """

    changed = Signal()
    """:attr:`context` or :attr:`error` is another one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context: Context | None = None
        self.error: ExplorerError | None = None
        self.folder: Path | None = None
        self._dockerfile: Path | None = None
        self._running: Running | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._is_paused = False
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._application_changed)

    @property
    def is_scanning(self) -> bool:
        """Whether the folder is being looked at for the first time."""
        return self.context is None and self._running is not None

    def show_folder(self, folder: Path, dockerfile: Path | None) -> None:
        """Take another folder; ``dockerfile`` decides which ignore file counts."""
        if (folder, dockerfile) == (self.folder, self._dockerfile):
            return
        self.folder, self._dockerfile = folder, dockerfile
        self.context, self.error = None, None
        self.stop()
        self.look()
        self.changed.emit()

    def look(self) -> None:
        """Look at the folder now."""
        folder, dockerfile, before = self.folder, self._dockerfile, self.context
        if folder is None or not loop_runs() or self._running is not None:
            return

        def work(job: Job) -> Context:
            return Context.scan(folder, None, job, dockerfile)

        name = folder.name or str(folder)
        operation = Operation(self, f"Looking at the build context {name}").work(work)
        if before is not None:
            operation = operation.quiet()
        running = operation.success(self._show).failure(self._fail).start()
        self._running = running
        assert running.task is not None
        running.task.add_done_callback(
            lambda task: self._ended(running, task) if isValid(self) else None
        )

    def pause(self, paused: bool) -> None:
        """Look no more until told otherwise: the page is out of view."""
        if paused != self._is_paused:
            self._is_paused = paused
            if paused:
                self._timer.stop()
            else:
                self.look()

    def stop(self) -> None:
        """Stop looking."""
        self._timer.stop()
        if self._running is not None:
            running, self._running = self._running, None
            running.cancel()

    def _show(self, context: Context) -> None:
        if context.folder != self.folder:
            return
        before = self.context
        self.context, self.error = context, None
        if before is None or _differs(before, context):
            self.changed.emit()
        else:
            # What is known by now stays the same object, so that nobody works anew.
            self.context = before

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        if str(error) != str(self.error) or self.context is not None:
            self.context, self.error = None, error
            self.changed.emit()

    def _ended(self, running: Running, task: asyncio.Task[None]) -> None:
        if running is not self._running:
            return
        self._running = None
        if task.cancelled():
            return  # somebody said stop
        took = time.monotonic() - running.started
        if not self._is_paused:
            self._timer.start(max(_SOONEST_MS, int(took * 1000 * _SHARE)))

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and not self._is_paused:
            self.look()


def _differs(one: Context, other: Context) -> bool:
    return (
        one.stamp != other.stamp
        or one.ignore != other.ignore
        or one.left_out != other.left_out
        or one.notes != other.notes
    )
