"""Tests of the editor end once its threads have: cancelling them is not what is tested here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from explorer.ui.tasks import tasks
from tests.ui.waiting import until


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Let the work that a test has started come to its end."""
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = _to_the_end(pyfuncitem.obj)


def _to_the_end(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(**arguments: Any) -> None:
        await test(**arguments)
        await until(lambda: not tasks().running)

    return run
