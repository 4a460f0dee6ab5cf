"""Spans of lines through a change of the text, until the new ones are there."""

from __future__ import annotations

from explorer.ui.build.editor.lexing import Colours, LineSpans, Span
from explorer.ui.build.editor.mirror import Change


def shift(colours: Colours, change: Change) -> None:
    """Move the spans with the text; what is typed inside a span takes its colour."""
    last = change.line + change.removed_lines
    if change.line >= len(colours):
        return
    before = colours[change.line]
    after = colours[last] if last < len(colours) else ()
    if not change.removed_lines and not change.added_lines:
        colours[change.line] = _within(before, change)
        return
    head = _head(before, change.column)
    tail = _tail(after, change.removed_column, change.added_column)
    middle: Colours = [()] * max(0, change.added_lines - 1)
    lines = [head, *middle, tail] if change.added_lines else [(*head, *tail)]
    colours[change.line : last + 1] = lines


def _head(spans: LineSpans, column: int) -> LineSpans:
    kept = (span for span in spans if span[0] < column)
    return tuple((start, min(length, column - start), ink) for start, length, ink in kept)


def _tail(spans: LineSpans, old: int, new: int) -> LineSpans:
    found: list[Span] = []
    for start, length, ink in spans:
        end = start + length
        if end > old:
            begin = max(start, old)
            found.append((begin - old + new, end - begin, ink))
    return tuple(found)


def _within(spans: LineSpans, change: Change) -> LineSpans:
    """Spans of a line in which the columns up to ``removed_column`` were replaced."""
    column, removed, added = change.column, change.removed_column, change.added_column
    grown = added - removed
    found: list[Span] = []
    for start, length, ink in spans:
        end = start + length
        if start >= removed:
            found.append((start + grown, length, ink))
        elif end < column:
            found.append((start, length, ink))
        elif start < column:
            stays = end >= removed
            found.append((start, length + grown if stays else column - start, ink))
        elif end > removed:
            found.append((added, end - removed, ink))
    return tuple(span for span in found if span[1] > 0)
