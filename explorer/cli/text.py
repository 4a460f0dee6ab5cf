"""How sizes, counts, modes and times are written for people.

Sizes are decimal (1 kB = 1000 bytes), as registries and engines print them.
"""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_EPOCH = datetime(1970, 1, 1)
_MINUS = "\N{MINUS SIGN}"
_KINDS = {
    EntryType.FILE: stat.S_IFREG,
    EntryType.DIR: stat.S_IFDIR,
    EntryType.SYMLINK: stat.S_IFLNK,
    EntryType.HARDLINK: stat.S_IFREG,
    EntryType.CHAR: stat.S_IFCHR,
    EntryType.BLOCK: stat.S_IFBLK,
    EntryType.FIFO: stat.S_IFIFO,
}


def size(count: int) -> str:
    """``643 B``, ``2.1 MB``, ``187 MB``."""
    value, unit = float(abs(count)), 0
    while value >= (999.5 if unit else 1000) and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    figures = f"{value:.1f}" if unit and round(value, 1) < 10 else f"{value:.0f}"
    return f"{_MINUS if count < 0 else ''}{figures} {_UNITS[unit]}"


def signed_size(count: int) -> str:
    """``+38 MB``, ``−31 MB``, ``0 B``."""
    return f"+{size(count)}" if count > 0 else size(count)


def plural(number: int, singular: str, many: str = "") -> str:
    """``1 file``, ``12,345 files``, ``2 entries``."""
    return f"{number:,} {singular if number == 1 else many or singular + 's'}"


def percent(value: float) -> str:
    """``0.3 %``, ``12 %``; never 0 % for something, nor 100 % for nearly all."""
    if 0 < value < 0.1:
        return "< 0.1 %"
    if 99.9 < value < 100:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 10 or value > 99 else f"{value:.0f} %"


def mode(entry: Entry) -> str:
    """As ``ls -l`` writes it: ``-rwsr-xr-x``."""
    if entry.type is EntryType.WHITEOUT:
        return "whiteout"
    if entry.type is EntryType.OPAQUE:
        return "opaque"
    return stat.filemode(_KINDS[entry.type] | entry.mode)


def path(entry: Entry) -> str:
    """The path, with its link target behind an arrow."""
    shown = display(entry.path)
    if entry.link is not None:
        arrow = "→" if entry.type is EntryType.SYMLINK else "="
        shown += f" {arrow} {display(entry.link)}"
    return shown


def time(nanoseconds: int) -> str:
    """``2024-05-01 10:00``, in UTC."""
    moment = _EPOCH + timedelta(seconds=nanoseconds // 1_000_000_000)
    return moment.isoformat(" ", "minutes")


def moment(when: datetime | None) -> str:
    """A time to the second, in UTC; empty if it is unknown."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if when is not None else ""
