"""Changing words only where they are others: each change has the whole page laid out anew."""

from __future__ import annotations

from typing import Protocol


class HasText(Protocol):
    """A label or a button."""

    def text(self) -> str:
        """What it says."""

    def setText(self, text: str, /) -> None:
        """Have it say something else."""


def say(where: HasText, words: str) -> None:
    """Have a label or a button say this."""
    if where.text() != words:
        where.setText(words)
