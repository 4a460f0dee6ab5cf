"""Terms about what an entry is: its name and path, size, type, mode, owner, time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.query.expression import Context, Cost, clause, quoted
from explorer.analysis.query.glob import Glob
from explorer.analysis.query.paths import PathPattern, names_matching
from explorer.analysis.query.rows import Rows
from explorer.analysis.query.values import Range
from explorer.filesystem.arrays import is_in
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array


@dataclass(frozen=True, slots=True)
class Name:
    """The name matches one of some patterns; ``verb`` and ``shown`` say how."""

    globs: tuple[Glob, ...]
    verb: str
    shown: str
    cost: Cost = Cost.NAME
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which names match."""
        mask = names_matching(rows.stack.trie, self.globs[0])
        for glob in self.globs[1:]:
            mask |= names_matching(rows.stack.trie, glob)
        answers: Array = mask[rows.nodes]
        return answers

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("name", self.verb, self.shown, negated=negated)


@dataclass(frozen=True, slots=True)
class Path:
    """The path matches a pattern."""

    pattern: PathPattern
    verb: str
    shown: str
    cost: Cost = Cost.NAME
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which paths match."""
        answers: Array = self.pattern.nodes(rows.stack.trie)[rows.nodes]
        return answers

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("path", self.verb, self.shown, negated=negated)


@dataclass(frozen=True, slots=True)
class Number:
    """A column lies in a range; a size is asked of regular files alone."""

    column: str
    subject: str
    range: Range
    cost: Cost = Cost.COLUMN
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which numbers lie in the range."""
        mask = self.range.holds(rows.column(self.column))
        if self.column == "size":
            mask &= rows.column("type") == EntryType.FILE
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause(self.subject, "is", self.range.words, negated=negated)


@dataclass(frozen=True, slots=True)
class Type:
    """The entry is of one of some types; hard links are files, and hard links too."""

    types: frozenset[EntryType]
    shown: str
    cost: Cost = Cost.COLUMN

    @property
    def versions(self) -> bool:
        """Marks of layers are in no merged filesystem."""
        return bool(self.types & _MARKS)

    def test(self, rows: Rows, context: Context) -> Array:
        """Which are of those types."""
        plain = [int(kind) for kind in self.types - _MARKS - {EntryType.HARDLINK}]
        mask = np.isin(rows.column("type"), plain)
        if EntryType.HARDLINK in self.types:
            mask |= rows.column("own_type") == EntryType.HARDLINK
        if self.versions:
            mask |= self._marked(rows, context)
        return mask

    def _marked(self, rows: Rows, context: Context) -> Array:
        mask, layers = np.zeros(len(rows), bool), rows.layers()
        for number, marks in enumerate(context.image.stack.marks):
            here = np.flatnonzero(layers == number)
            nodes = rows.nodes[here]
            found = np.zeros(len(here), bool)
            if EntryType.WHITEOUT in self.types:
                found |= is_in(nodes, marks.whiteouts) & (rows.after[here] < 0)
            if EntryType.OPAQUE in self.types:
                found |= is_in(nodes, marks.opaques)
            mask[here] = found
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("type", "is", self.shown, negated=negated)


_MARKS = frozenset({EntryType.WHITEOUT, EntryType.OPAQUE})


@dataclass(frozen=True, slots=True)
class ModeBits:
    """Permission bits: ``wanted`` of those in ``mask``, or with ``some`` any of them."""

    mask: int
    wanted: int
    some: bool = False


@dataclass(frozen=True, slots=True)
class Mode:
    """The permission bits are as one of some say. Those of symlinks mean nothing."""

    choices: tuple[ModeBits, ...]
    shown: str
    cost: Cost = Cost.COLUMN
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which modes fit."""
        modes = rows.column("mode")
        mask = np.zeros(len(rows), bool)
        for choice in self.choices:
            bits = modes & choice.mask
            mask |= (bits != 0) if choice.some else (bits == choice.wanted)
        mask &= rows.column("type") != EntryType.SYMLINK
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("mode", "is", self.shown, negated=negated)


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner or group is the one of a name, as the image's own tables have it."""

    column: str
    name: str
    cost: Cost = Cost.COLUMN
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which belong to it; a name that the image does not know owns nothing."""
        table = context.accounts.users if self.column == "uid" else context.accounts.groups
        number = table.get(self.name)
        if number is None:
            kind = "user" if self.column == "uid" else "group"
            context.note(f"The image knows no {kind} {quoted(self.name)}")
            return np.zeros(len(rows), bool)
        answers: Array = rows.column(self.column) == number
        return answers

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        subject = "owner" if self.column == "uid" else "group"
        return clause(subject, "is", quoted(self.name), negated=negated)
