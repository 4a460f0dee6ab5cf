"""Brackets and quotes that belong together."""

from __future__ import annotations

from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.source import Span

PAIRS: Final = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
"""What opens, and what closes it."""


def closing(document: Document, offset: int, opening: str) -> str:
    """What to put behind an opening character that is typed at an offset; ``""`` for nothing."""
    after = document.text[offset : offset + 1]
    return PAIRS.get(opening, "") if not after or after.isspace() else ""


def types_over(document: Document, offset: int, char: str) -> bool:
    """Whether a closing character typed at an offset only moves over the one that is there."""
    return char in PAIRS.values() and document.text.startswith(char, offset)


def matching(document: Document, offset: int) -> tuple[Span, Span] | None:
    """The bracket beside an offset, and the one that belongs to it."""
    return None
