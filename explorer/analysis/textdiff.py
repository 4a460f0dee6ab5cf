"""Two versions of a text file, line by line, within bounds that keep hostile content cheap."""

from __future__ import annotations

import difflib
from typing import Final

from explorer.analysis.content import FileContent

MAX_BYTES: Final = 1 << 20
"""Longer files are not compared line by line."""
MAX_LINES: Final = 20_000
"""What is left of both after their common beginning and end; longer ones are not compared."""
_CONTEXT = 3


def unified_diff(old: FileContent | None, new: FileContent | None) -> str | None:
    """The difference in unified form, without file names; an absent file counts as empty.

    None where one of them is no UTF-8 text, or too long.
    """
    before, after = _lines(old), _lines(new)
    if before is None or after is None:
        return None
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if len(before) + len(after) - 2 * (start + end) > MAX_LINES:
        return None
    # The context around what differs is all that is needed of the common lines.
    low = max(0, start - _CONTEXT)
    high = max(0, end - _CONTEXT)
    lines = difflib.unified_diff(
        before[low : len(before) - high], after[low : len(after) - high], n=_CONTEXT, lineterm=""
    )
    return _text(list(lines)[2:], low)


def _lines(content: FileContent | None) -> list[str] | None:
    if content is None:
        return []
    if content.size > MAX_BYTES:
        return None
    data = content.read_at(0, content.size)
    if b"\0" in data:
        return None
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None
    if not lines[-1]:
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}\n\\ No newline at end of file"]


def _common(a: list[str], b: list[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _text(lines: list[str], skipped: int) -> str:
    """The lines with their hunks counted from the start of the files."""
    out = []
    for line in lines:
        if line.startswith("@@"):
            _, old, new, _ = line.split(" ", 3)
            line = f"@@ {_moved(old, skipped)} {_moved(new, skipped)} @@"
        out.append(line)
    return "\n".join(out)


def _moved(place: str, by: int) -> str:
    start, comma, count = place[1:].partition(",")
    return f"{place[0]}{int(start) + by}{comma}{count}"
