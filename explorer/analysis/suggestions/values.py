"""A suggestion: what would make an image smaller or safer, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a suggestion is about, the most urgent first where nothing is to be saved."""

    SECRET = "secret"
    DELETED = "deleted"
    MOVED = "moved"
    METADATA = "metadata"
    REPLACED = "replaced"
    REPEATED = "repeated"
    CACHE = "cache"
    DUPLICATE = "duplicate"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do, in words for the window and the command line.

    ``title`` is a headline, ``why`` the evidence, ``do`` an instruction; all are sentences without
    a final stop, but several sentences in ``why`` and ``do`` have one between them. ``saves`` is in
    bytes of plain layer content, 0 where nothing is saved. ``layers`` are those to blame, lowest
    first; ``node`` is a path to show, the largest of those meant.
    """

    kind: Kind
    title: str
    why: str
    do: str
    saves: int
    layers: tuple[int, ...] = ()
    node: int | None = None
