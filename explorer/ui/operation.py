"""Background work said as one sentence."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, overload

import shiboken6
from PySide6.QtCore import QObject

from explorer.errors import Cancelled
from explorer.progress import Job, Progress
from explorer.ui.keeper import tasks
from explorer.ui.running import Running
from explorer.ui.threads import run_in_thread

T = TypeVar("T")


class ErrorSurface(Protocol):
    """Where failures are shown, such as the banners at the top of a page."""

    def show_error(self, title: str, error: BaseException) -> None:
        """Show that what ``title`` names failed with ``error``."""


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
        keeper = tasks()
        running = Running(
            self._title,
            quiet=self._quiet,
            listener=self._progress,
            give_way=keeper.pulse.give_way,
        )
        work = self._run(running.job)
        keeper.begin(self._owner, running, work, slot=self._slot, finished=self._finished)
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
