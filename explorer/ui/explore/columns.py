"""The columns of the tree: what each says of a path, and how it sorts. No Qt."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.ui import text
from explorer.ui.explore.listing import Listing, Mark

_KIND_LETTER: Final = {
    EntryType.FILE: "-",
    EntryType.HARDLINK: "-",
    EntryType.DIR: "d",
    EntryType.SYMLINK: "l",
    EntryType.CHAR: "c",
    EntryType.BLOCK: "b",
    EntryType.FIFO: "p",
}
_SECOND_NS: Final = 1_000_000_000
_LAST_SECOND: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what it says, and the numbers it sorts by.

    ``say`` gets the listing, the node and its entry (None for a directory that no layer names);
    ``rank`` the listing and many nodes. ``sample`` is as wide as its widest ordinary text.
    """

    key: str
    title: str
    help: str
    say: Callable[[Listing, int, Entry | None], str]
    rank: Callable[[Listing, Array], Array]
    sample: str = ""
    is_number: bool = False
    is_mono: bool = False
    at_first: bool = True
    largest_first: bool = False


def _name(listing: Listing, node: int, entry: Entry | None) -> str:
    return display(listing.image.stack.trie.name(node)) or "/"


def _size(listing: Listing, node: int, entry: Entry | None) -> str:
    count = int(listing.size[node])
    is_file = entry is not None and entry.type is EntryType.FILE
    # An empty file has a size worth a figure, zero; what cannot have content has none.
    return text.size(count) if count or is_file else ""


def _layer(listing: Listing, node: int, entry: Entry | None) -> str:
    provider = int(listing.provider[node])
    return "" if provider == NOTHING else str(listing.image.stack.provider_layer(provider))


def _layer_rank(listing: Listing, nodes: Array) -> Array:
    starts = listing.image.stack.starts
    providers = listing.provider[nodes]
    layer = np.searchsorted(starts, providers, side="right") - 1
    implied = providers >= starts[-1]
    rank: Array = np.where(implied, providers - starts[-1], layer)
    return rank


def _mode(listing: Listing, node: int, entry: Entry | None) -> str:
    return "" if entry is None else mode_text(entry)


def mode_text(entry: Entry) -> str:
    """Return type and permissions as ``ls -l`` writes them: ``-rwsr-xr-x``."""
    return _KIND_LETTER.get(entry.type, "?") + stat.filemode(entry.mode)[1:]


def _owner(listing: Listing, node: int, entry: Entry | None) -> str:
    return "" if entry is None or entry.implicit else f"{entry.uid}:{entry.gid}"


def _modified(listing: Listing, node: int, entry: Entry | None) -> str:
    if entry is None or entry.implicit:
        return ""
    seconds = entry.mtime_ns // _SECOND_NS
    if not 0 <= seconds <= _LAST_SECOND:
        return "out of range"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _type(listing: Listing, node: int, entry: Entry | None) -> str:
    return "dir" if entry is None else entry.type.word


def _link(listing: Listing, node: int, entry: Entry | None) -> str:
    return display(entry.link) if entry is not None and entry.link is not None else ""


def _xattrs(listing: Listing, node: int, entry: Entry | None) -> str:
    return ", ".join(display(name) for name in entry.xattrs) if entry is not None else ""


def _stored(name: str) -> Callable[[Listing, Array], Array]:
    def rank(listing: Listing, nodes: Array) -> Array:
        stack = listing.image.stack
        return stack.column(name, stack.inodes(listing.provider[nodes]))

    return rank


def _owner_rank(listing: Listing, nodes: Array) -> Array:
    rank: Array = (_stored("uid")(listing, nodes) << 32) + _stored("gid")(listing, nodes)
    return rank


def _xattr_rank(listing: Listing, nodes: Array) -> Array:
    stack = listing.image.stack
    counts = np.zeros(len(nodes), np.int64)
    inodes = stack.inodes(listing.provider[nodes])
    for number, layer in enumerate(stack.layers):
        for entry, xattrs in layer.xattrs.items() if layer is not None else ():
            counts[inodes == int(stack.starts[number]) + entry] = len(xattrs)
    return counts


def _by_name(listing: Listing, nodes: Array) -> Array:
    return nodes.astype(np.int64)


_CHANGE_ORDER = np.zeros(len(Mark), np.int64)
for _place, _mark in enumerate(
    (Mark.ADDED, Mark.MODIFIED, Mark.REMOVED, Mark.PASSING, Mark.SAME, Mark.GONE, Mark.NONE)
):
    _CHANGE_ORDER[_mark] = _place


def _change_rank(listing: Listing, nodes: Array) -> Array:
    own = _CHANGE_ORDER[listing.mark[nodes]]
    inside_only = listing.inside[nodes] & (listing.mark[nodes] <= Mark.SAME)
    rank: Array = own * 2 - inside_only
    return rank


NAME: Final = Column("name", "Name", "The path's last part", _name, _by_name, is_mono=False)

COLUMNS: Final[dict[str, Column]] = {
    column.key: column
    for column in (
        NAME,
        Column(
            "change",
            "Change",
            "What the selected layers do to the path",
            lambda listing, node, entry: Mark(int(listing.mark[node])).glyph,
            _change_rank,
            sample="+",
        ),
        Column(
            "size",
            "Size",
            "Bytes of a file; of a directory, all that is listed below it",
            _size,
            lambda listing, nodes: listing.size[nodes],
            sample="999 MB",
            is_number=True,
            largest_first=True,
        ),
        Column(
            "layer",
            "Layer",
            "The layer whose version is shown",
            _layer,
            _layer_rank,
            sample="127",
            is_number=True,
        ),
        Column("mode", "Mode", "Type and permissions", _mode, _stored("mode"),
               sample="-rwxr-xr-x", is_mono=True),
        Column("owner", "Owner", "User and group, as numbers", _owner, _owner_rank,
               sample="65534:65534", is_number=True),
        Column("modified", "Modified", "Modification time, in UTC", _modified, _stored("mtime"),
               sample="2024-12-31 23:59", at_first=False, is_number=True, largest_first=True),
        Column("type", "Type", "File, directory, symlink, device", _type, _stored("type"),
               sample="hardlink", at_first=False),
        Column("link", "Link to", "Where a symlink points", _link, _by_name,
               sample="/usr/lib/x86_64-linux", at_first=False),
        Column("xattrs", "Extended attributes", "Names of extended attributes; capabilities too",
               _xattrs, _xattr_rank, sample="security.capability", at_first=False,
               largest_first=True),
    )
}  # fmt: skip
