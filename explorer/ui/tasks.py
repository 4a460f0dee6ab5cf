"""Background work: who owns it, who hears of its end, who shows its failure.

::

    Operation(page, "Opening nginx.tar") \\
        .work(lambda job: read(path, job)) \\
        .success(page.show_image) \\
        .failure(page.banners) \\
        .start()

Every task has a strong reference, a name and an owner; it is cancelled when its owner goes.
A cancel is no error, and takes effect at once: nothing is called back any more.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, overload

import shiboken6
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, QTimer, Signal

from explorer.errors import Cancelled
from explorer.progress import Job, Progress
from explorer.ui.rates import RateMeter
from explorer.ui.threads import join_all, run_in_thread

__all__ = ["ErrorSurface", "Operation", "Running", "Tasks", "run_in_thread", "spawn", "tasks"]

T = TypeVar("T")
log = logging.getLogger(__name__)

_TICK_MS = 50
"""Progress is shown at most 20 times a second."""


class ErrorSurface(Protocol):
    """Where failures are shown, such as the banners at the top of a page."""

    def show_error(self, title: str, error: BaseException) -> None:
        """Show that what ``title`` names failed with ``error``."""


class Running:
    """One operation under way, as the status line and the job list see it."""

    def __init__(
        self, title: str, *, quiet: bool, listener: Callable[[Progress], None] | None
    ) -> None:
        self.title = title
        self.quiet = quiet
        self.started = time.monotonic()
        self.progress: Progress | None = None
        self.job = Job(title, self._note)
        self.task: asyncio.Task[None] | None = None
        self._listener = listener
        self._latest: Progress | None = None
        self.meter = RateMeter()

    @property
    def cancelled(self) -> bool:
        """Whether the user, or whoever owns it, said stop."""
        return self.job.cancelled

    @property
    def rate(self) -> float | None:
        """Bytes a second, or ``None`` while there is too little to tell."""
        return self.meter.rate

    @property
    def remaining(self) -> float | None:
        """Seconds to go, or ``None`` while nobody can tell."""
        return self.meter.remaining(self.progress.total) if self.progress else None

    @property
    def fraction(self) -> float | None:
        """How much is done, from 0 to 1, or ``None`` while unknown."""
        if self.progress is None or not self.progress.total:
            return None
        return min(1.0, self.progress.done / self.progress.total)

    def cancel(self) -> None:
        """Stop at once: the work is told, and whatever it still returns is dropped."""
        self.job.cancel()
        if self.task is not None:
            self.task.cancel()

    def tick(self) -> bool:
        """Publish the progress noted since the last tick; return whether there was any."""
        latest = self._latest
        if latest is None or latest is self.progress or self.cancelled:
            return False
        self.progress = latest
        self.meter.add(time.monotonic(), latest.done)
        if self._listener is not None:
            self._listener(latest)
        return True

    def _note(self, progress: Progress) -> None:
        # Called from the working threads: one assignment, which needs no lock.
        self._latest = progress


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
        """Cancel everything and wait until it has ended."""
        for running in list(self.running):
            running.cancel()
        current = asyncio.current_task()
        pending = [task for task in self._tasks if task is not current]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending)
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
        self.ended.emit(running)

    def _tick(self) -> None:
        moved = [running for running in list(self.running) if running.tick()]
        if moved:
            self.progressed.emit()


class Operation:
    """Background work said as one sentence; nothing happens before ``start()``."""

    def __init__(self, owner: QObject, title: str) -> None:
        self._owner = owner
        self._title = title

    @overload
    def work(self, function: Callable[[Job], Coroutine[Any, Any, T]]) -> Work[T]: ...
    @overload
    def work(self, function: Callable[[Job], T]) -> Work[T]: ...
    def work(self, function: Callable[[Job], Any]) -> Work[Any]:
        """Say what to do: an ``async def`` runs on the loop, anything else in a thread."""
        return Work(self._owner, self._title, function)


class Work(Generic[T]):
    """An :class:`Operation` that knows what to do."""

    def __init__(self, owner: QObject, title: str, function: Callable[[Job], Any]) -> None:
        self._owner = owner
        self._title = title
        self._function = function
        self._success: Callable[[T], object] | None = None
        self._failure: Callable[[BaseException], object] | None = None
        self._finished: Callable[[], object] | None = None
        self._progress: Callable[[Progress], None] | None = None
        self._slot = ""
        self._delay = 0
        self._quiet = False

    def success(self, callback: Callable[[T], object]) -> Work[T]:
        """Call ``callback`` with the result."""
        self._success = callback
        return self

    def failure(self, shown: ErrorSurface | Callable[[BaseException], object]) -> Work[T]:
        """Show a failure there instead of where the owner's failures go by default."""
        self._failure = shown if callable(shown) else _on_surface(shown, self._title)
        return self

    def finished(self, callback: Callable[[], object]) -> Work[T]:
        """Call ``callback`` at the end of success, failure and cancel alike."""
        self._finished = callback
        return self

    def progress(self, callback: Callable[[Progress], None]) -> Work[T]:
        """Call ``callback`` with progress, at most 20 times a second."""
        self._progress = callback
        return self

    def replacing(self, slot: str) -> Work[T]:
        """Cancel the owner's earlier operation in ``slot``: only the latest counts."""
        self._slot = slot
        return self

    def after(self, milliseconds: int) -> Work[T]:
        """Begin only when ``milliseconds`` have passed, so that a burst costs one run."""
        self._delay = milliseconds
        return self

    def quiet(self) -> Work[T]:
        """Keep it out of the status line: for what the user did not ask for by name."""
        self._quiet = True
        return self

    def start(self) -> Running:
        """Start, and return the handle to watch and cancel it by."""
        running = Running(self._title, quiet=self._quiet, listener=self._progress)
        work = self._run(running.job)
        tasks().begin(self._owner, running, work, slot=self._slot, finished=self._finished)
        return running

    async def _run(self, job: Job) -> None:
        try:
            if self._delay:
                await asyncio.sleep(self._delay / 1000)
            result = await self._call(job)
            if self._success is not None and shiboken6.isValid(self._owner):
                self._success(result)
        except (asyncio.CancelledError, Cancelled):
            raise
        except Exception as error:
            if self._failure is None or not shiboken6.isValid(self._owner):
                raise
            self._failure(error)

    async def _call(self, job: Job) -> T:
        if inspect.iscoroutinefunction(self._function):
            result = await self._function(job)
        else:
            result = await run_in_thread(self._function, job)
            if isinstance(result, Awaitable):
                result = await result
        job.check()
        return result  # type: ignore[no-any-return]


def _on_surface(surface: ErrorSurface, title: str) -> Callable[[BaseException], None]:
    return lambda error: surface.show_error(title, error)


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
