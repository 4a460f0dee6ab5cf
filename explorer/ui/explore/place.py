"""What of an image can be in view, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ROOT = 0
"""The node of ``/``."""
NO_NODE = -1
"""What ``nodeChanged`` carries when no path is looked at any more."""


class Mode(StrEnum):
    """What the tree shows of the selected layers."""

    LAYER = "layer"
    """All that they touch, each deletion and each file stored again without difference included."""
    MERGED = "merged"
    """The filesystem a container would see with the last of them on top."""
    COMPARE = "compare"
    """What differs between the filesystem below the first and the one after the last of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is in view, kept by path: for back and forward, and across two openings."""

    folder: bytes = b"/"
    node: bytes | None = None
    version: int | None = None
    first: int = -1
    last: int = -1
    mode: Mode = Mode.MERGED
