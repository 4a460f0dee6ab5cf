"""What the cells of the tree say: words, icon, colour, tool tip, and all of it spoken."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor, QIcon

from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.ui import icons, text, theme
from explorer.ui.explore.arrange import Arrangement, Shape
from explorer.ui.explore.columns import NAME, Column
from explorer.ui.explore.listing import Mark
from explorer.ui.tips import tip

INSIDE: Final = "•"
"""What stands for a mark where only something inside a directory changes."""
_IN_MIND: Final = 1024
"""Entries that are kept as values: more than a screen shows."""
_ICONS: Final = {
    EntryType.DIR: "folder",
    EntryType.SYMLINK: "symlink",
    EntryType.HARDLINK: "hardlink",
    EntryType.CHAR: "device",
    EntryType.BLOCK: "device",
    EntryType.FIFO: "device",
}


class Cells:
    """The cells of one arrangement, by node and column."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._listing = arrangement.listing
        self._trie = arrangement.listing.image.stack.trie
        self._entry = lru_cache(maxsize=_IN_MIND)(self._read_entry)

    def words(self, node: int, column: Column) -> str:
        """What the cell shows."""
        if column.key == "change" and self._listing.only_inside(node):
            return INSIDE
        return column.say(self._listing, node, self._entry(node))

    def way(self, node: int) -> str:
        """The directories between the one a row lies in and its own name: ``usr/share/``."""
        if self._arrangement.shape is Shape.TREE:
            return ""
        parts: list[str] = []
        above, node = int(self._arrangement.above[node]), int(self._trie.parent[node])
        while node != above:
            parts.append(display(self._trie.name(node)) + "/")
            node = int(self._trie.parent[node])
        return "".join(reversed(parts))

    def mark(self, node: int) -> Mark:
        """What the selected layers do to it."""
        return Mark(int(self._listing.mark[node]))

    def icon(self, node: int, *, is_open: bool) -> QIcon:
        """The icon before the name."""
        entry, colors = self._entry(node), theme.colors()
        name = "folder" if entry is None else _ICONS.get(entry.type, "file")
        is_folder = name == "folder" and not self.mark(node).is_absent
        if name == "folder" and is_open:
            name = "folder-open"
        return icons.icon(name, colors.accent if is_folder else colors.muted)

    def ink(self, node: int, column: Column) -> QColor:
        """The colour of the words."""
        colors, mark = theme.colors(), self.mark(node)
        if column.key == "change":
            role: QColor = getattr(colors, mark.role)
            return role
        # Directories that are only on the way to what is listed stand back.
        is_on_the_way = not self._listing.listed[node]
        quiet = column is not NAME or mark.is_absent or is_on_the_way
        return colors.muted if quiet else colors.text

    def tip(self, node: int, column: Column) -> str:
        """What there is to say on hover."""
        if column.key == "change":
            return self.mark_in_words(node)
        if column.key == "size":
            return text.exact_size(int(self._listing.size[node]))
        if column is NAME:
            return tip(display(self._trie.path(node)))
        return tip(self.words(node, column))

    def spoken(self, node: int, column: Column, depth: int, is_open: bool | None) -> str:
        """The cell for those who hear it: the name tells what the eye sees of the tree."""
        shown = self.words(node, column)
        if column.key == "change":
            return self.mark_in_words(node)
        if column is not NAME:
            return f"{column.title} {shown}" if shown else f"no {column.title.lower()}"
        parts = [self.way(node) + shown, f"level {depth + 1}"]
        if is_open is not None:
            parts.append("unfolded" if is_open else "folded")
        mark = self.mark(node)
        return ", ".join([*parts, mark.words.lower()] if mark is not Mark.NONE else parts)

    def mark_in_words(self, node: int) -> str:
        """What the selected layers do to it, or to something inside of it."""
        inside = self._listing.only_inside(node)
        return "Changes inside" if inside else self.mark(node).words

    def _read_entry(self, node: int) -> Entry | None:
        provider = int(self._listing.provider[node])
        return None if provider == NOTHING else self._listing.image.stack.entry(node, provider)
