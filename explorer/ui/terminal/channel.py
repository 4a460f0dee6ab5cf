"""What a terminal needs of the program that runs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Channel(Protocol):
    """Bytes out, bytes in. Nothing is read before it is asked for: who prints faster waits."""

    def read(self, most: int) -> bytes | None:
        """What was printed; None where nothing is there yet, ``b""`` at the end."""

    def watch(self, ready: Callable[[], object] | None) -> None:
        """Call ``ready`` from the loop while there is something to read; None: no more."""

    def write(self, data: bytes) -> None:
        """Type something, without waiting."""

    def resize(self, rows: int, columns: int) -> None:
        """Tell the size of the screen in cells."""

    def close(self) -> None:
        """Hang up."""
