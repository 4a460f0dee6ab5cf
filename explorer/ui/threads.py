"""Blocking work on threads that never hold up the window, nor its end.

Each call has a daemon thread of its own: a read that hangs on a dead network mount blocks neither
the next call, as it would in a pool, nor the exit of the process.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_alive: set[threading.Thread] = set()


def loop_runs() -> bool:
    """Whether an event loop is there to run tasks, and to hear from threads."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def run_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return ``function(*args)``, computed in a thread.

    When the awaiting task is cancelled this returns at once; the thread goes on to its end and its
    result is dropped, so give long work a :class:`explorer.progress.Job` to notice.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    call = [partial(function, *args, **kwargs)]
    name = getattr(function, "__name__", "work")
    thread = threading.Thread(target=_work, args=(loop, future, call), name=name, daemon=True)
    _alive.add(thread)
    thread.start()
    return await future


def _work(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], call: list[Callable[[], T]]
) -> None:
    # Only the list refers to the call, and the loop's thread empties it: the call may hold the
    # last reference to a widget, which Qt must not destroy here.
    try:
        result = call[0]()
    except BaseException as error:  # noqa: BLE001 - handed over to who awaits, whatever it is
        _tell(loop, _fail, future, error, call)
    else:
        _tell(loop, _finish, future, result, call)
    finally:
        _alive.discard(threading.current_thread())


def join_all(seconds: float) -> bool:
    """Wait at most ``seconds`` for running threads; return whether all have ended."""
    deadline = time.monotonic() + seconds
    others = _alive - {threading.current_thread()}
    for thread in others:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in others)


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *args: object) -> None:
    try:
        loop.call_soon_threadsafe(callback, *args)
    except RuntimeError:
        # The loop has ended with the window: nobody waits for this result any more.
        return


def _finish(future: asyncio.Future[T], result: T, call: list[Callable[[], T]]) -> None:
    call.clear()
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: BaseException, call: list[Callable[[], T]]) -> None:
    call.clear()
    if future.done():
        return
    if isinstance(error, StopIteration):
        # A future refuses StopIteration, for a coroutine could not raise it.
        wrapped = RuntimeError("the work ended with StopIteration")
        wrapped.__cause__ = error
        error = wrapped
    future.set_exception(error)
