"""The owner of every task: keeps it alive, cancels it with its owner, presents its failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, QTimer, Signal

from explorer.errors import Cancelled
from explorer.ui.courtesy import Pulse
from explorer.ui.running import Running
from explorer.ui.threads import join_all, run_in_thread

T = TypeVar("T")
log = logging.getLogger(__name__)

_TICK_MS = 50
"""Progress is shown at most 20 times a second."""
_END = 5.0
"""Seconds that cancelled tasks have to end when everything closes."""


class Tasks(QObject):
    """Owns every task of the application. Take it from :func:`tasks`."""

    started = Signal(object)
    """A :class:`Running` began."""
    progressed = Signal()
    """Some progress changed; at most 20 times a second."""
    ended = Signal(object)
    """A :class:`Running` ended, in whatever way."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running: list[Running] = []
        self.present: Callable[[QObject, str, BaseException], None] = _log_error
        self._tasks: dict[asyncio.Task[Any], QObject] = {}
        self._slots: dict[tuple[int, str], Running] = {}
        self.pulse = Pulse(self)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def spawn(self, owner: QObject, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run ``work`` as a task of ``owner``; an error it ends with goes to the presenter."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks[task] = owner
        gone = owner.destroyed.connect(lambda: task.cancel())
        task.add_done_callback(lambda _task: self._task_done(task, gone))
        return task

    def cancel_owned(self, owner: QObject) -> None:
        """Cancel every task of ``owner``."""
        for task, its_owner in list(self._tasks.items()):
            if its_owner is owner:
                task.cancel()

    async def close(self) -> None:
        """Cancel everything and wait until it has ended, a few seconds at most."""
        for running in list(self.running):
            running.cancel()
        current = asyncio.current_task()
        pending = [task for task in self._tasks if task is not current]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=_END)
        # A thread in the middle of a step gets the time to see that it is cancelled.
        await run_in_thread(join_all, 1.0)

    def begin(
        self,
        owner: QObject,
        running: Running,
        work: Coroutine[Any, Any, None],
        *,
        slot: str = "",
        finished: Callable[[], object] | None = None,
    ) -> None:
        """Start an operation's work; called by :meth:`Work.start`."""
        if slot:
            earlier = self._slots.get((id(owner), slot))
            if earlier is not None:
                earlier.cancel()
            self._slots[id(owner), slot] = running
        self.running.append(running)
        task = self.spawn(owner, running.title, work)
        running.task = task

        def done(_task: asyncio.Task[None]) -> None:
            self._forget(running, (id(owner), slot))
            if finished is not None and shiboken6.isValid(owner):
                finished()

        task.add_done_callback(done)
        self._timer.start()
        self.pulse.start()
        self.started.emit(running)

    def _task_done(self, task: asyncio.Task[Any], gone: QMetaObject.Connection) -> None:
        owner = self._tasks.pop(task)
        alive = shiboken6.isValid(owner)
        if alive:
            QObject.disconnect(gone)
        if task.cancelled():
            return
        error = task.exception()
        if error is None or isinstance(error, Cancelled):
            return
        if alive:
            self.present(owner, task.get_name(), error)
        else:
            _log_error(owner, task.get_name(), error)

    def _forget(self, running: Running, slot: tuple[int, str]) -> None:
        running.job.cancel()  # a thread left behind by a cancelled task stops, too
        self.running.remove(running)
        if self._slots.get(slot) is running:
            del self._slots[slot]
        if not self.running:
            self._timer.stop()
            self.pulse.stop()
        self.ended.emit(running)

    def _tick(self) -> None:
        moved = [running for running in list(self.running) if running.tick()]
        if moved:
            self.progressed.emit()


def _log_error(owner: QObject, title: str, error: BaseException) -> None:
    log.error("%s failed", title, exc_info=error)


_TASKS_NAME = "layerscope.tasks"


def tasks() -> Tasks:
    """Return the application's keeper of tasks."""
    app = QCoreApplication.instance()
    assert app is not None, "tasks need an application"
    found = app.findChild(Tasks, _TASKS_NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    if found is None:
        found = Tasks(app)
        found.setObjectName(_TASKS_NAME)
    return found


def spawn(owner: QObject, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run ``work`` as a task of ``owner``: see :meth:`Tasks.spawn`."""
    return tasks().spawn(owner, name, work)
