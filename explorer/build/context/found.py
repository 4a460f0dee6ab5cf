"""What a walk finds besides entries."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

MOST_NOTES: Final = 1000
"""How many problems are kept."""
MOST_FOLDERS: Final = 100_000
"""How many folders that are left out are kept by name."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something in the folder that is not as it should be; ``path`` is relative to the folder."""

    path: bytes
    what: str


@dataclass(slots=True)
class Found:
    """What a walk finds besides entries: how much is left out, and what it could not read.

    ``left_out`` and ``left_out_bytes`` count what was looked at; ``closed`` are the folders that
    are left out as a whole and were not looked into, ``closed_count`` their number. ``hollow`` are
    those that were looked into for what the ignore file keeps, and hold nothing of it.
    """

    left_out: int = 0
    left_out_bytes: int = 0
    closed: list[bytes] = field(default_factory=list)
    closed_count: int = 0
    hollow: list[bytes] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, path: str, what: str) -> None:
        """Keep a problem, unless there are very many."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(os.fsencode(path), what))

    def pass_over(self, path: str) -> None:
        """Count a folder that was looked into in vain."""
        self.left_out += 1
        if len(self.hollow) < MOST_FOLDERS:
            self.hollow.append(os.fsencode(path))

    def close(self, path: str) -> None:
        """Count a folder that is left out as a whole."""
        self.closed_count += 1
        if len(self.closed) < MOST_FOLDERS:
            self.closed.append(os.fsencode(path))
