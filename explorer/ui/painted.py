"""When the window is there: what can wait until then, waits."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PATIENCE_MS = 1000


class _FirstPaint(QObject):
    def __init__(self, window: QWidget, painted: asyncio.Future[None]) -> None:
        super().__init__(window)
        self._painted = painted
        # A window that begins minimised is not painted at all.
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._done)
        self._timer.start()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # The widgets within are painted by the end of this event.
            self._timer.start(0)
        return False

    def _done(self) -> None:
        if not self._painted.done():
            self._painted.set_result(None)
        self.deleteLater()


async def first_paint(window: QWidget) -> None:
    """Return once ``window``, shown just now, has been painted and takes input."""
    painted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _FirstPaint(window, painted)
    await painted
