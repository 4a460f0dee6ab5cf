"""Terms about what layers did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.query.expression import Context, Cost, clause
from explorer.analysis.query.rows import Columns, Rows
from explorer.analysis.query.values import Range
from explorer.filesystem.entry import Aspect, Change, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING


@dataclass(frozen=True, slots=True)
class Layer:
    """The layer lies in a range."""

    range: Range
    cost: Cost = Cost.COLUMN
    versions: bool = True

    def test(self, rows: Rows, context: Context) -> Array:
        """Which rows belong to such a layer."""
        return self.range.holds(rows.layers())

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("layer", "is", self.range.words, negated=negated)


@dataclass(frozen=True, slots=True)
class Changed:
    """The change is one of some."""

    changes: frozenset[Change]
    shown: str
    cost: Cost = Cost.CHANGE
    versions: bool = True

    def test(self, rows: Rows, context: Context) -> Array:
        """Which changed that way. Content matters only between modified and unchanged."""
        modified, unchanged = Change.MODIFIED in self.changes, Change.UNCHANGED in self.changes
        if rows.known_kinds is not None or modified != unchanged:
            return np.isin(rows.kinds(), [int(change) for change in self.changes])
        had, has = rows.before() != NOTHING, rows.after != NOTHING
        mask = np.zeros(len(rows), bool)
        if Change.ADDED in self.changes:
            mask |= ~had
        if Change.REMOVED in self.changes:
            mask |= ~has
        if modified:
            mask |= had & has
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("change", "is", self.shown, negated=negated)


_COLUMNS = {Aspect.MODE: "mode", Aspect.UID: "uid", Aspect.GID: "gid"}


@dataclass(frozen=True, slots=True)
class What:
    """A modification touched one of some aspects."""

    aspects: frozenset[Aspect]
    shown: str
    cost: Cost = Cost.ASPECT
    versions: bool = True

    def test(self, rows: Rows, context: Context) -> Array:
        """Which modifications did."""
        mask = np.zeros(len(rows), bool)
        before = rows.before()
        both = np.flatnonzero(
            (before != NOTHING) & (rows.after != NOTHING) & (before != rows.after)
        )
        pairs = before[both], rows.after[both]
        mask[both] = self._columns(rows, *pairs)
        if not self.aspects <= _COLUMNS.keys() | {Aspect.TYPE}:
            left = both[~mask[both]]
            left = left[rows.take(left).kinds() == Change.MODIFIED]
            for row in left.tolist():
                context.job.check()
                found = rows.stack.aspects(int(before[row]), int(rows.after[row]))
                mask[row] = not self.aspects.isdisjoint(found)
        return mask

    def _columns(self, rows: Rows, before: Array, after: Array) -> Array:
        """What can be answered without looking at entries one by one."""
        columns = Columns.of(rows.stack)
        old, new = columns["type"][before], columns["type"][after]
        found = (old != new) if Aspect.TYPE in self.aspects else np.zeros(len(old), bool)
        for aspect, name in _COLUMNS.items():
            if aspect in self.aspects:
                differs = (old == new) & (columns[name][before] != columns[name][after])
                if aspect is Aspect.MODE:
                    differs &= new != EntryType.SYMLINK
                found |= differs
        answers: Array = found
        return answers

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("what changed", "is", self.shown, negated=negated)
