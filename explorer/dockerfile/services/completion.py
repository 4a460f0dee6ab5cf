"""What could stand at the caret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.statement import KEYWORDS


class CompletionKind(Enum):
    """What an item is."""

    INSTRUCTION = "instruction"
    FLAG = "flag"
    OPTION = "option"
    """A field of a mount, or of a directive."""
    VALUE = "value"
    STAGE = "stage"
    IMAGE = "image"
    VARIABLE = "variable"
    FILE = "file"
    FOLDER = "folder"
    USER = "user"
    DIRECTIVE = "directive"
    RULE = "rule"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True)
class Completion:
    """One item. ``insert`` replaces the range of the whole answer.

    With ``snippet`` on, ``insert`` is in the notation of
    :mod:`~explorer.dockerfile.services.snippets`. ``documentation`` is small Markdown.
    """

    label: str
    insert: str
    kind: CompletionKind
    detail: str = ""
    documentation: str = ""
    snippet: bool = False


@dataclass(frozen=True, slots=True)
class Completions:
    """Items, the best first, and the range of the text, caret included, that each replaces."""

    start: int
    end: int
    items: tuple[Completion, ...] = ()


def complete(
    document: Document, program: Program, offset: int, surroundings: Surroundings
) -> Completions:
    """What could stand at an offset, filtered by what is typed before it."""
    start = document.text.rfind("\n", 0, offset) + 1
    typed = document.text[start:offset]
    if not typed.isalpha() and typed:
        return Completions(offset, offset)
    items = tuple(
        Completion(keyword, f"{keyword} ", CompletionKind.INSTRUCTION)
        for keyword in sorted(KEYWORDS)
        if keyword.startswith(typed.upper())
    )
    return Completions(start, offset, items)
