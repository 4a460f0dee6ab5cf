"""Things that go on at the same time in one transfer, none of which outlives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Final, TypeVar

from explorer.errors import Cancelled
from explorer.progress import Job

T = TypeVar("T")
_LOOK: Final = 0.1  # seconds between two looks whether the user said stop


async def cancellable(job: Job, work: Coroutine[Any, Any, T]) -> T:
    """Do some work; it ends within a moment of :meth:`Job.cancel`, also while it waits.

    Raises :class:`Cancelled`, and what the work raises.
    """

    async def watch() -> None:
        while True:
            await asyncio.sleep(_LOOK)
            job.check()

    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch())
            result = await group.create_task(work)
            watching.cancel()
            return result
    except BaseExceptionGroup as errors:
        raise first(errors) from None
    raise AssertionError("unreachable")


async def each(items: Iterable[T], limit: int, work: Callable[[T], Awaitable[object]]) -> None:
    """Do the same with every item, ``limit`` of them at a time; the first error ends all."""
    gate = asyncio.Semaphore(limit)

    async def one(item: T) -> None:
        async with gate:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))
    except BaseExceptionGroup as errors:
        raise first(errors) from None


def first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that tells most: the user's wish to stop, else the first."""
    flat = [
        first(error) if isinstance(error, BaseExceptionGroup) else error
        for error in errors.exceptions
    ]
    return next((error for error in flat if isinstance(error, Cancelled)), flat[0])


@asynccontextmanager
async def in_thread(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """A context manager that may wait for other processes, entered without holding up the loop."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    finally:
        manager.__exit__(None, None, None)
