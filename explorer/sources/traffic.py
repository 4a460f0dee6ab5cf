"""What looking into an image costs on the network, and what it did not have to cost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests made, bytes received, and bytes of layers that were not needed.

    ``requests`` counts token servers and redirects, too. ``fetched`` are documents, parts of layers
    and whole layers; ``spared`` is what a pull of the same layers would have brought beyond them.
    """

    requests: int = 0
    fetched: int = 0
    spared: int = 0


class Traffic:
    """Counts what is fetched for one image. Safe from any thread.

    ``listener`` is called with a :class:`Tally` from whichever thread fetched something, often; who
    shows it coalesces. One listener at a time: setting it replaces the one before.
    """

    def __init__(self) -> None:
        self.listener: Callable[[Tally], None] | None = None
        self._lock = threading.Lock()
        self._requests = 0
        self._documents = 0
        self._layers = 0
        self._whole = 0

    @property
    def now(self) -> Tally:
        """The figures so far."""
        with self._lock:
            spared = max(0, self._whole - self._layers)
            return Tally(self._requests, self._documents + self._layers, spared)

    def expect(self, layers: int) -> None:
        """Say what all layers of the image take, in bytes as they are stored."""
        with self._lock:
            self._whole = layers
        self._tell()

    def asked(self, requests: int) -> None:
        """Say how many requests were made until now."""
        with self._lock:
            self._requests = requests
        self._tell()

    def document(self, size: int) -> None:
        """Count the bytes of a manifest or a configuration."""
        with self._lock:
            self._documents += size
        self._tell()

    def layer(self, size: int) -> None:
        """Count bytes of a layer."""
        with self._lock:
            self._layers += size
        self._tell()

    def _tell(self) -> None:
        listener = self.listener
        if listener is not None:
            listener(self.now)
