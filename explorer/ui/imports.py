"""Modules that take longer to import than the window may be away."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from explorer.ui.tasks import run_in_thread, spawn


class Imports(QObject):
    """Imports ``names`` in a thread, once, when first asked.

    A thread that imports gives way to the window as one that computes does. Modules may define
    classes of Qt's there, but must make no widgets, pixmaps or fonts.
    """

    importing = Signal(bool)
    """Importing begins, or is over."""
    done = Signal()
    """They are imported; who waits for them has not gone on yet."""

    def __init__(self, names: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._task: asyncio.Task[None] | None = None
        self.are_done = not self._names

    async def wait(self) -> None:
        """Return once they are imported; raises what importing raised."""
        if self.are_done:
            return
        if self._task is None:
            self._task = spawn(self, "Loading", self._load())
        # Whoever waits may be cancelled; the others go on waiting.
        await asyncio.shield(self._task)

    async def _load(self) -> None:
        self.importing.emit(True)
        try:
            await run_in_thread(_import_all, self._names)
            self.are_done = True
            self.done.emit()
        finally:
            self._task = None
            self.importing.emit(False)


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        importlib.import_module(name)
