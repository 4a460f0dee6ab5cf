"""Where the indexer takes a plain tar from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from explorer.filesystem.tarheader import BLOCK


class Feed(Protocol):
    """The bytes of a plain tar, read forward."""

    @property
    def digest(self) -> Callable[[bytes | memoryview], bytes] | None:
        """What makes sixteen bytes of content that is at hand; None if content is not read."""

    def window(self, offset: int, want: int = BLOCK) -> bytes:
        """Bytes from ``offset`` on: at least ``want`` unless the tar ends before.

        Offsets never decrease from call to call.
        """

    def fingerprint(self, offset: int, size: int) -> bytes:
        """The :attr:`digest` of content that may reach beyond the current window."""

    def end(self, offset: int) -> int:
        """``offset``, or where the tar ends if that is before."""
