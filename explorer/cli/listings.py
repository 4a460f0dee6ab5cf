"""Entries as a table, like ``ls -l``, with the change in front."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.cli.stacks import ADDED, MODIFIED, REMOVED
from explorer.filesystem.entry import Change, EntryType

if TYPE_CHECKING:
    from explorer.analysis.listing import Listed

STYLES = {
    Change.UNCHANGED: "dim",
    Change.ADDED: ADDED,
    Change.MODIFIED: MODIFIED,
    Change.REMOVED: REMOVED,
}
_PATHS = {
    EntryType.DIR: "bold blue",
    EntryType.SYMLINK: "cyan",
    EntryType.WHITEOUT: "red",
    EntryType.OPAQUE: "magenta",
    EntryType.CHAR: "yellow",
    EntryType.BLOCK: "yellow",
}


def entry_table(screen: Screen, rows: Iterable[Listed]) -> int:
    """One line an entry; returns how many there were."""
    return screen.table(
        [
            Column(""),
            Column("mode"),
            Column("owner", right=True),
            Column("size", right=True),
            Column("modified"),
            Column("layer", right=True),
            Column("path"),
            Column("", style="dim"),
        ],
        _cells(rows),
    )


def _cells(rows: Iterable[Listed]) -> Iterator[list[Cell]]:
    for row in rows:
        entry, change = row.entry, row.change
        numbers = entry.type in (EntryType.FILE, EntryType.HARDLINK)
        yield [
            Styled(change.glyph, STYLES[change]) if change is not None else "?",
            text.mode(entry),
            f"{entry.uid}:{entry.gid}",
            _size(row) if numbers or entry.device else "",
            "" if entry.implicit else text.time(entry.mtime_ns),
            str(entry.layer),
            Styled(text.path(entry), _PATHS.get(entry.type, "")),
            notes(row),
        ]


def _size(row: Listed) -> str:
    device = row.entry.device
    return f"{device[0]}, {device[1]}" if device is not None else f"{row.entry.size:,}"


def notes(row: Listed) -> str:
    """What changed, and how many names a file has."""
    words = [aspect.word for aspect in row.what]
    if row.link_count > 1:
        words.append(text.plural(row.link_count, "hard link"))
    if row.entry.xattrs:
        words.append(text.plural(len(row.entry.xattrs), "xattr"))
    return ", ".join(words)
