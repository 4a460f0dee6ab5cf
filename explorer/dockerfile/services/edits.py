"""Changes of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.dockerfile.formatting.document import Edit


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """The characters from ``start`` up to ``end`` become ``text``."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, edit: Edit) -> TextEdit:
        """The formatter's edit as one of these."""
        return cls(edit.span.start, edit.span.end, edit.text)


def apply(text: str, edits: Iterable[TextEdit]) -> str:
    """The text with all edits made; their offsets count in the text before.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError(f"an edit of {edit.start} to {edit.end} does not fit")
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join(parts) + text[at:]


def moved(offset: int, edits: Sequence[TextEdit]) -> int:
    """Where a caret stands after edits; inside a replaced stretch it goes to its end at most."""
    shift = 0
    for edit in sorted(edits):
        if edit.start > offset or (edit.start == offset and edit.end > offset):
            break
        if edit.end > offset:
            return edit.start + shift + min(offset - edit.start, len(edit.text))
        shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift
