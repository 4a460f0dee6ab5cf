"""What an answer consists of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from explorer.dockerfile.services.completing.ranking import ranked


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


@dataclass(frozen=True, slots=True)
class Token:
    """What is being typed: its place in the document, and its text up to the caret."""

    start: int
    end: int
    typed: str

    def answer(self, items: Iterable[Completion]) -> Completions:
        """The items that fit what is typed, in the order they are given where equally well."""
        return Completions(self.start, self.end, ranked(self.typed, items, _label))


def _label(item: Completion) -> str:
    return item.label
