"""What a transfer did: digests, bytes moved, bytes spared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from explorer.oci import Descriptor, Platform, Reference

Fate = Literal["moved", "mounted", "spared"]
"""What became of a blob: it travelled; the registry took it from another repository of its own;
it was there."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One blob, document or layer.

    ``resumed`` of its bytes were here, from an attempt that broke off.
    """

    descriptor: Descriptor
    fate: Fate
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is where it should be now; ``requests`` are all that registries were asked.

    ``index`` is what the name stands for at the source, where one platform of it was taken.
    """

    names: tuple[Reference, ...]
    descriptor: Descriptor
    blobs: tuple[Moved, ...]
    platforms: tuple[Platform, ...] = ()
    index: Descriptor | None = None
    requests: int = 0

    @property
    def moved(self) -> int:
        """Bytes that travelled."""
        return sum(b.descriptor.size - b.resumed for b in self.blobs if b.fate == "moved")

    @property
    def spared(self) -> int:
        """Bytes that did not have to."""
        return sum(b.resumed if b.fate == "moved" else b.descriptor.size for b in self.blobs)


@dataclass(frozen=True, slots=True)
class Step:
    """How far one blob is: ``done`` of its bytes; ``fate`` is set when it has arrived."""

    descriptor: Descriptor
    done: int
    fate: Fate | None = None


Watch = Callable[[Step], object]
"""Is told of every step of every blob, from the thread of the transfer."""
