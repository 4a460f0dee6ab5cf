"""Waiting for what comes over a network, if only from this machine: patiently."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui import waiting


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """As :func:`tests.ui.waiting.until`, where other processes may be busy."""
    await waiting.until(condition, max(seconds, 20.0))
