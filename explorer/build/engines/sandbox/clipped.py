"""The output of a command, bounded: its beginning, and its last lines, which say why it failed."""

from __future__ import annotations

from collections import deque
from typing import Final

from explorer.build.engines.sandbox.client import Output

LOG_LIMIT: Final = 16 << 20
"""Bytes of a step's output that are told as they come."""
TAIL: Final = 64 << 10
"""Bytes of the rest that are told at the end; what is between is counted and left out."""


class Clipped:
    """Passes output on, up to a limit. Call it with a stream and what came of it."""

    def __init__(self, log: Output) -> None:
        self._log = log
        self._left = LOG_LIMIT
        self._tail: deque[tuple[int, bytes]] = deque()
        self._held = 0
        self._dropped = 0

    def __call__(self, stream: int, data: bytes) -> None:
        """Take what a command printed."""
        if self._left > 0:
            self._log(stream, data[: self._left])
        rest = data[max(0, self._left) :]
        self._left = max(0, self._left - len(data))
        if rest:
            self._tail.append((stream, rest))
            self._held += len(rest)
            self._shorten()

    def _shorten(self) -> None:
        """Let go of what lies further back than the tail reaches."""
        while self._held > TAIL:
            stream, oldest = self._tail.popleft()
            kept = oldest[self._held - TAIL :]
            if kept:
                self._tail.appendleft((stream, kept))
            self._dropped += len(oldest) - len(kept)
            self._held -= len(oldest) - len(kept)

    def end(self) -> None:
        """Say what was left out, and what came last."""
        if self._dropped:
            self._log(2, f"\n[{self._dropped:,} bytes of output left out]\n".encode())
        for stream, data in self._tail:
            self._log(stream, data)
        self._tail.clear()
