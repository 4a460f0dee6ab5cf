"""The values of a cross-section: what a cell is, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from explorer.filesystem.entry import Aspect, EntryType
from explorer.filesystem.stack import NOTHING


class CellKind(IntEnum):
    """What a path is in one layer, as overlayfs sees it."""

    ABSENT = 0
    SHOWS = 1
    STORED = 2
    COPIED = 3
    METADATA = 4
    AGAIN = 5
    INSIDE = 6
    REPLACED = 7
    WHITEOUT = 8
    OPAQUE = 9
    HIDDEN = 10

    @property
    def word(self) -> str:
        """The kind in a few words."""
        return _WORDS[self]

    @property
    def glyph(self) -> str:
        """One character, so that a cell never speaks by colour alone."""
        return _GLYPHS[self]

    @property
    def stores(self) -> bool:
        """Whether the layer itself holds an entry for the path, which shows from there on."""
        return self in STORING


_WORDS = (
    "not there",
    "shows through from below",
    "stored here",
    "copied up: content changed",
    "copied up: only metadata changed",
    "stored again without a difference",
    "folder with changes inside",
    "replaced by something else",
    "whiteout: deleted here",
    "opaque: hides what lies below",
    "hidden together with its folder",
)
_GLYPHS = (" ", "┄", "█", "~", "m", "=", "⋯", "⇄", "✕", "◌", "╳")
STORING = frozenset(
    {
        *(CellKind.STORED, CellKind.COPIED, CellKind.METADATA, CellKind.AGAIN),
        *(CellKind.REPLACED, CellKind.OPAQUE),
    }
)


@dataclass(frozen=True, slots=True)
class Inside:
    """What a layer does below a folder, counted without the folders in it."""

    added: int = 0
    again: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.again or self.removed)


@dataclass(frozen=True, slots=True)
class Event:
    """What a layer does to a path, before words are made of it.

    ``before`` and ``after`` are providers; ``stored`` the bytes of content the layer holds for the
    path or below it, ``unseen`` those of them that the finished image does not show; ``hides`` the
    entries of lower layers below the path that are out of sight from here on.
    """

    before: int = NOTHING
    after: int = NOTHING
    stored: int = 0
    unseen: int = 0
    hides: int = 0
    inside: Inside = Inside()


@dataclass(frozen=True, slots=True)
class Cell:
    """One path in one layer.

    ``what`` differs from the version below; ``bytes`` of content the layer stores for the path
    (for a folder: for everything in it); ``provider`` is what shows after the layer and
    ``previous`` what did before it (see :class:`explorer.filesystem.stack.Stack`). ``covered``
    says that the layer stores something here which the finished image does not show. ``text``
    tells all this in plain words.
    """

    node: int
    layer: int
    kind: CellKind
    what: tuple[Aspect, ...]
    bytes: int
    provider: int
    previous: int
    inside: Inside
    covered: bool
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What the finished image shows of a path.

    ``layer`` provides it, or took it away; it is -1 for a path that only a whiteout names.
    ``layers`` are all that have a part in what is seen: for a folder often several.
    ``size`` is in bytes, for a folder of all content below. ``unseen`` are the bytes that layers
    store for the path and that nobody sees. ``opaque`` is the last layer that hid what lay below a
    folder, -1 if none did, ``hides`` how many entries. ``text`` tells it in plain words.
    """

    node: int
    present: bool
    layer: int
    layers: tuple[int, ...]
    size: int
    unseen: int
    opaque: int
    hides: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One path of the folder through all layers."""

    node: int
    name: str
    type: EntryType
    cells: tuple[Cell, ...]
    merged: Merged
