"""What differs between two versions of a path, prepared in a thread. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.analysis.content import FileContent
from explorer.analysis.differences import Difference, differences
from explorer.analysis.opened import OpenImage
from explorer.analysis.preview.sides import Facing, Side, Span, side_by_side
from explorer.analysis.preview.sniff import HEAD, Kind, sniff
from explorer.analysis.timeline import Version
from explorer.filesystem.entry import Aspect, Change
from explorer.filesystem.stack import NOTHING
from explorer.progress import Job
from explorer.ui.inspect.subject import content_of

LONGEST: Final = 1 << 20
"""Bytes of a text that is still compared line by line."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, the lower first. ``rows`` is None where no text is compared, and ``reason``
    says why; empty rows mean equal text. ``added`` and ``removed`` count lines.
    """

    old: Version
    new: Version
    differences: tuple[Difference, ...]
    rows: tuple[Facing, ...] | None
    reason: str = ""
    added: int = 0
    removed: int = 0

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and not (self.added or self.removed)


def compare_versions(image: OpenImage, old: Version, new: Version, job: Job) -> Comparison:
    """Compare two versions of one path. Raises what reading raises, and ``Cancelled``."""
    what: tuple[Difference, ...] = ()
    if NOTHING not in (old.provider, new.provider):
        aspects = image.stack.aspects(old.provider, new.provider)
        what = differences(aspects, old.entry, new.entry)
    a, b = content_of(image, old), content_of(image, new)
    if a is None and b is None:
        return Comparison(old, new, what, None, _no_content(old, new))
    if a is not None and b is not None and not _content_differs(what):
        return Comparison(old, new, what, (), "The content is the same.")
    before, after = _lines(a), _lines(b)
    if before is None or after is None:
        return Comparison(old, new, what, None, _not_text(a, b))
    rows = side_by_side(before, after, job)
    removed = sum(row.side in (Side.CHANGED, Side.OLD) for row in rows)
    added = sum(row.side in (Side.CHANGED, Side.NEW) for row in rows)
    return Comparison(old, new, what, rows, "", added, removed)


def _content_differs(what: tuple[Difference, ...]) -> bool:
    return any(one.aspect in (Aspect.CONTENT, Aspect.TYPE) for one in what)


def _no_content(old: Version, new: Version) -> str:
    if Change.REMOVED in (old.change, new.change):
        gone = new if new.change is Change.REMOVED else old
        return f"Layer {gone.layer} deletes it."
    return "There is no content to compare."


def _lines(content: FileContent | None) -> list[str] | None:
    """The lines of a text; None for what is no text, or too long."""
    if content is None:
        return []
    if content.size > LONGEST:
        return None
    sniffed = sniff(content.read_at(0, HEAD), content.size)
    if sniffed.kind is Kind.EMPTY:
        return []
    if sniffed.kind is not Kind.TEXT:
        return None
    text = content.read_at(0, content.size).decode(sniffed.encoding, "replace")
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def _not_text(a: FileContent | None, b: FileContent | None) -> str:
    longest = max(content.size for content in (a, b) if content is not None)
    if longest > LONGEST:
        return "The content differs; it is too long to be compared line by line."
    return "The content differs; it is no text."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pane. ``side`` is ``SAME``, ``OLD``, ``NEW`` or ``SKIPPED``."""

    side: Side
    label: str
    text: str
    spans: tuple[Span, ...] = ()
    filler: bool = False


def pane(rows: Sequence[Facing], *, new: bool) -> list[Line]:
    """One of the two panes: the old text, or the new one; rows of the other leave a gap."""
    changed = Side.NEW if new else Side.OLD
    lines = []
    for row in rows:
        number = row.new_line if new else row.old_line
        if row.side is Side.SKIPPED:
            lines.append(_skipped(row))
        elif not number:
            lines.append(Line(Side.SAME, "", "", filler=True))
        elif row.side is Side.SAME:
            lines.append(Line(Side.SAME, str(number), row.new))
        else:
            text, spans = (row.new, row.new_spans) if new else (row.old, row.old_spans)
            lines.append(Line(changed, str(number), text, spans))
    return lines


def unified(rows: Sequence[Facing]) -> list[Line]:
    """Both in one pane, as ``diff -u`` has it: first what goes, then what comes."""
    lines: list[Line] = []
    comes: list[Line] = []
    for row in rows:
        if row.side in (Side.SAME, Side.SKIPPED):
            lines += comes
            comes = []
            same = Line(Side.SAME, str(row.new_line), f"  {row.new}")
            lines.append(same if row.side is Side.SAME else _skipped(row))
            continue
        if row.old_line:
            spans = tuple((start + 2, length) for start, length in row.old_spans)
            lines.append(Line(Side.OLD, str(row.old_line), f"− {row.old}", spans))
        if row.new_line:
            spans = tuple((start + 2, length) for start, length in row.new_spans)
            comes.append(Line(Side.NEW, str(row.new_line), f"+ {row.new}", spans))
    return lines + comes


def _skipped(row: Facing) -> Line:
    words = f"{row.skipped:,} equal line{'s' if row.skipped > 1 else ''}"
    return Line(Side.SKIPPED, "⋯", words)
