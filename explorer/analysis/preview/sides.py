"""Two versions of a text side by side: rows that face each other, and what differs within them.

Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986) with a bound on
the number of differences, so that hostile text costs no more than a moment: beyond it, the part
that is not common at the beginning or the end counts as replaced altogether.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.progress import Job

MOST_DIFFERENCES = 2000
"""Insertions and deletions that are looked for at most."""
CONTEXT = 3
"""Common lines that are shown around a difference."""
_WORDS = re.compile(r"\w+|\s+|.", re.DOTALL)
_LONGEST = 600  # characters of a line that is compared within
_MOST_WORDS = 200

Span = tuple[int, int]
"""Start and length, in characters."""


class Side(StrEnum):
    """What a row is."""

    SAME = "same"
    CHANGED = "changed"
    OLD = "old"
    NEW = "new"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Facing:
    """One row. Line numbers count from 1, 0 stands for no line on that side.

    ``old_spans`` and ``new_spans`` are what differs within two lines that face each other.
    ``skipped`` is how many common lines a row of kind ``SKIPPED`` stands for.
    """

    side: Side
    old_line: int = 0
    new_line: int = 0
    old: str = ""
    new: str = ""
    old_spans: tuple[Span, ...] = ()
    new_spans: tuple[Span, ...] = ()
    skipped: int = 0


def side_by_side(
    old: Sequence[str], new: Sequence[str], job: Job | None = None, *, context: int = CONTEXT
) -> tuple[Facing, ...]:
    """Face two texts, given as lines. Raises :class:`explorer.errors.Cancelled`."""
    job = job or Job()
    rows: list[Facing] = []
    common: list[Facing] = []
    old_at = new_at = 0
    for old_stop, new_stop, same in _blocks(old, new, job):
        rows += _folded(common, bool(rows), True, context)
        common = []
        rows += _replaced(old, new, (old_at, old_stop), (new_at, new_stop))
        for step in range(same):
            line = old[old_stop + step]
            common.append(Facing(Side.SAME, old_stop + step + 1, new_stop + step + 1, line, line))
        old_at, new_at = old_stop + same, new_stop + same
    rows += _folded(common, bool(rows), False, context)
    return tuple(rows)


def _folded(common: list[Facing], before: bool, after: bool, context: int) -> list[Facing]:
    """Common lines with their middle left out, as far as nothing that differs is near."""
    head = context if before else 0
    tail = context if after else 0
    hidden = len(common) - head - tail
    if hidden <= 1:
        return common
    skipped = Facing(Side.SKIPPED, skipped=hidden)
    return [*common[:head], skipped, *common[len(common) - tail :]]


def _replaced(
    old: Sequence[str], new: Sequence[str], gone: tuple[int, int], come: tuple[int, int]
) -> Iterator[Facing]:
    pairs = min(gone[1] - gone[0], come[1] - come[0])
    for step in range(pairs):
        a, b = old[gone[0] + step], new[come[0] + step]
        a_spans, b_spans = within(a, b)
        numbers = gone[0] + step + 1, come[0] + step + 1
        yield Facing(Side.CHANGED, *numbers, a, b, a_spans, b_spans)
    for line in range(gone[0] + pairs, gone[1]):
        yield Facing(Side.OLD, line + 1, 0, old[line])
    for line in range(come[0] + pairs, come[1]):
        yield Facing(Side.NEW, 0, line + 1, "", new[line])


def within(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What differs between two lines, word by word; none for lines with little in common."""
    if len(old) > _LONGEST or len(new) > _LONGEST:
        return (), ()
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    if len(a) > _MOST_WORDS or len(b) > _MOST_WORDS:
        return (), ()
    old_spans: list[Span] = []
    new_spans: list[Span] = []
    a_at = b_at = kept = 0
    for a_stop, b_stop, same in _blocks(a, b, Job()):
        _span(old_spans, a, a_at, a_stop)
        _span(new_spans, b, b_at, b_stop)
        kept += sum(len(word) for word in a[a_stop : a_stop + same] if not word.isspace())
        a_at, b_at = a_stop + same, b_stop + same
    if kept * 4 < min(len(old.strip()), len(new.strip())):
        return (), ()
    return tuple(old_spans), tuple(new_spans)


def _span(spans: list[Span], words: list[str], start: int, stop: int) -> None:
    if start < stop:
        first = sum(map(len, words[:start]))
        spans.append((first, sum(map(len, words[start:stop]))))


def _blocks(old: Sequence[str], new: Sequence[str], job: Job) -> Iterator[tuple[int, int, int]]:
    """``(old stop, new stop, common lines after)`` of each stretch of difference, in order.

    The last block reaches the end of both; a stretch may be empty at the beginning.
    """
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in old]
    b = [numbers.setdefault(line, len(numbers)) for line in new]
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    if start:
        yield 0, 0, start
    middle = _matches(a[start : len(a) - end], b[start : len(b) - end], job)
    for a_at, b_at, length in middle:
        yield start + a_at, start + b_at, length
    yield len(a) - end, len(b) - end, end


def _matches(a: list[int], b: list[int], job: Job) -> list[tuple[int, int, int]]:
    """Common runs of two sequences, in order; none where they differ too much."""
    if not a or not b:
        return []
    trail = _search(a, b, job)
    runs: list[tuple[int, int, int]] = []
    x, y = len(a), len(b)
    for depth in range(len(trail) - 1, -1, -1):
        before = _step(trail[depth], depth, x - y)
        from_x = trail[depth][before + depth + 1] if depth else 0
        from_y = from_x - before if depth else 0
        length = 0
        while x > from_x and y > from_y:
            x, y, length = x - 1, y - 1, length + 1
        if length:
            runs.append((x, y, length))
        x, y = from_x, from_y
    return runs[::-1]


def _search(a: list[int], b: list[int], job: Job) -> list[array[int]]:
    """What Myers calls V, as it was before each step, from diagonal ``-depth - 1`` on; empty
    beyond the bound.
    """
    most = min(len(a) + len(b), MOST_DIFFERENCES)
    zero = most + 1  # where diagonal 0 is kept
    furthest = array("i", [-1]) * (2 * most + 3)
    furthest[zero + 1] = 0
    trail: list[array[int]] = []
    for depth in range(most + 1):
        job.check()
        trail.append(furthest[zero - depth - 1 : zero + depth + 2])
        for k in range(-depth, depth + 1, 2):
            before = _step(trail[-1], depth, k)
            x = furthest[zero + before] + (before < k)
            y = x - k
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            furthest[zero + k] = x
            if x >= len(a) and y >= len(b):
                return trail
    return []


def _step(furthest: array[int], depth: int, k: int) -> int:
    """The diagonal that one step leads from to diagonal ``k``: below it, or above."""
    middle = depth + 1
    down = k == -depth or (k != depth and furthest[middle + k - 1] < furthest[middle + k + 1])
    return k + 1 if down else k - 1
