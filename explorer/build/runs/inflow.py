"""What a build prints on its way to whoever looks: taken at once, folded in a little at a time."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from explorer.build.events import Log
from explorer.build.runs.log import BuildLog
from explorer.build.runs.output import MOST_BYTES
from explorer.build.runs.spool import Spool

_PIECE: Final = 24 << 10
"""Bytes that are folded in between two looks at the clock: some milliseconds at the worst."""


class Inflow:
    """Holds back what comes faster than it can be shown.

    :meth:`put` costs next to nothing, however much a step prints; :meth:`pour` takes as long as it
    is given. Of more than :data:`MOST_BYTES` that wait, the oldest are counted and not shown: the
    view would not keep them either. ``spool`` takes everything.
    """

    def __init__(self, spool: Spool | None = None) -> None:
        self._spool = spool
        self._waiting: deque[Log] = deque()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, event: Log) -> None:
        """Take what was printed."""
        if self._spool is not None:
            self._spool.put(event.step, event.data)
        self._waiting.append(event)
        self._bytes += len(event.data)

    def pour(self, log: BuildLog, seconds: float) -> None:
        """Fold into ``log`` what there is time for."""
        until = time.monotonic() + seconds
        while self._bytes > MOST_BYTES:
            event = self._next()
            log.pass_over(event)
        while self._waiting and time.monotonic() < until:
            log.take(self._joined())

    def _next(self) -> Log:
        event = self._waiting.popleft()
        self._bytes -= len(event.data)
        return event

    def _joined(self) -> Log:
        """The next piece: of what one step printed in a row, as much as is folded in at once."""
        first = self._next()
        if not self._waiting or len(first.data) >= _PIECE:
            return self._cut(first)
        parts, size = [first.data], len(first.data)
        while self._waiting and self._waiting[0].step == first.step and size < _PIECE:
            following = self._next()
            parts.append(following.data)
            size += len(following.data)
        return self._cut(Log(first.step, first.at, first.stream, b"".join(parts)))

    def _cut(self, event: Log) -> Log:
        """A piece that is not too large; the rest waits."""
        if len(event.data) > _PIECE:
            rest = Log(event.step, event.at, event.stream, event.data[_PIECE:])
            self._waiting.appendleft(rest)
            self._bytes += len(rest.data)
            return Log(event.step, event.at, event.stream, event.data[:_PIECE])
        return event
