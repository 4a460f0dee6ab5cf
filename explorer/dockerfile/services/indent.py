"""What Enter inserts."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.dockerfile.document import Document


@dataclass(frozen=True, slots=True)
class Insertion:
    """A text, and where in it the caret ends."""

    text: str
    caret: int


def enter(document: Document, offset: int) -> Insertion:
    """What Enter inserts at an offset: at least a line feed."""
    return Insertion("\n", 1)
