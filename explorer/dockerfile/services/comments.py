"""Commenting lines out, and in again."""

from __future__ import annotations

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.edits import TextEdit


def toggle(document: Document, first_line: int, last_line: int) -> tuple[TextEdit, ...]:
    """Comment lines out, from 1; where all of them are comments, take the marks away."""
    starts = document.lines.starts
    lines = document.text.split("\n")
    chosen = range(max(first_line, 1) - 1, min(last_line, len(lines)))
    filled = [number for number in chosen if lines[number].strip()]
    if all(lines[number].lstrip().startswith("#") for number in filled):
        edits = []
        for number in filled:
            at = starts[number] + lines[number].index("#")
            width = 2 if document.text.startswith("# ", at) else 1
            edits.append(TextEdit(at, at + width, ""))
        return tuple(edits)
    return tuple(TextEdit(starts[number], starts[number], "# ") for number in filled)
