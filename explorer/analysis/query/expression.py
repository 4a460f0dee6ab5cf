"""What a query says, as a tree: terms, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np

from explorer.analysis.accounts import Accounts, read_accounts
from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.analysis.query.rows import Rows
from explorer.filesystem.index import Array
from explorer.progress import Job


class Cost(IntEnum):
    """How dear a term is to ask, for the order in which terms are asked."""

    COLUMN = 0
    NAME = 1
    DETAIL = 2
    CHANGE = 3
    ASPECT = 4
    CONTENT = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How much content a search reads, in bytes: of one file, and of all together."""

    file: int = 256 << 20
    total: int = 16 << 30


@dataclass(slots=True, eq=False)
class Context:
    """What terms need besides rows. ``notes`` gathers what a search had to leave out."""

    image: OpenImage
    read: Callable[[int], FileContent]
    job: Job = field(default_factory=Job)
    limits: Limits = Limits()
    notes: list[str] = field(default_factory=list)
    read_bytes: int = 0
    answers: dict[tuple[object, int], bool] = field(default_factory=dict)
    _accounts: Accounts | None = None

    @property
    def accounts(self) -> Accounts:
        """The users and groups that the image itself knows."""
        if self._accounts is None:
            self._accounts = read_accounts(self.image, self.image.final)
        return self._accounts

    def note(self, text: str) -> None:
        """Say once what was left out."""
        if text not in self.notes:
            self.notes.append(text)


class Expression(Protocol):
    """A question that has a yes or no for each row.

    ``versions`` says that it is about what layers did, so that a merged filesystem is not all
    there is to ask.
    """

    @property
    def cost(self) -> Cost:
        """How dear it is."""

    @property
    def versions(self) -> bool:
        """Whether it asks about layers and changes."""

    def test(self, rows: Rows, context: Context) -> Array:
        """The answers, as a mask."""

    def describe(self, *, negated: bool = False) -> str:
        """The question in words."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, anything does."""

    parts: tuple[Expression, ...]

    @property
    def cost(self) -> Cost:
        """That of its dearest part."""
        return max((part.cost for part in self.parts), default=Cost.COLUMN)

    @property
    def versions(self) -> bool:
        """Whether any part asks about layers."""
        return any(part.versions for part in self.parts)

    def test(self, rows: Rows, context: Context) -> Array:
        """Ask the cheap parts first, and the others only of what is left."""
        asked, places = rows, np.arange(0)
        yes = np.ones(len(rows), bool)
        for part in sorted(self.parts, key=lambda part: part.cost):
            context.job.check()
            if _worth_narrowing(yes, part):
                kept = np.flatnonzero(yes)
                places = kept if asked is rows else places[kept]
                asked, yes = asked.take(kept), np.ones(len(kept), bool)
            yes &= part.test(asked, context)
        if asked is rows:
            return yes
        mask = np.zeros(len(rows), bool)
        mask[places[yes]] = True
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """The parts, joined by "and"."""
        if not self.parts:
            return "nothing" if negated else "everything"
        text = " and ".join(_within(part) for part in self.parts)
        return f"not ({text})" if negated else text


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Expression, ...]

    @property
    def cost(self) -> Cost:
        """That of its dearest part."""
        return max(part.cost for part in self.parts)

    @property
    def versions(self) -> bool:
        """Whether any part asks about layers."""
        return any(part.versions for part in self.parts)

    def test(self, rows: Rows, context: Context) -> Array:
        """Ask the dear parts only where the cheap ones said no."""
        mask = np.zeros(len(rows), bool)
        for part in sorted(self.parts, key=lambda part: part.cost):
            context.job.check()
            if _worth_narrowing(~mask, part):
                left = np.flatnonzero(~mask)
                mask[left] = part.test(rows.take(left), context)
            else:
                mask |= part.test(rows, context)
        return mask

    def describe(self, *, negated: bool = False) -> str:
        """The parts, joined by "or"."""
        text = " or ".join(part.describe() for part in self.parts)
        return f"not ({text})" if negated else text


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression

    @property
    def cost(self) -> Cost:
        """That of its part."""
        return self.part.cost

    @property
    def versions(self) -> bool:
        """Whether the part asks about layers."""
        return self.part.versions

    def test(self, rows: Rows, context: Context) -> Array:
        """The opposite answers."""
        answers: Array = ~self.part.test(rows, context)
        return answers

    def describe(self, *, negated: bool = False) -> str:
        """The opposite in words."""
        return self.part.describe(negated=not negated)


def _worth_narrowing(left: Array, part: Expression) -> bool:
    """Whether to copy the rows that are left: that costs as much as a cheap question of all."""
    count = int(np.count_nonzero(left))
    return count < len(left) and (part.cost > Cost.NAME or count < len(left) // 2)


def _within(part: Expression) -> str:
    """A part of a conjunction; an alternative needs brackets there."""
    return f"({part.describe()})" if isinstance(part, AnyOf) else part.describe()


_NEGATIVE = {
    "is": "is not",
    "has": "does not have",
    "matches": "does not match",
    "contains": "does not contain",
    "ends in": "does not end in",
    "starts with": "does not start with",
}


def clause(subject: str, verb: str, thing: str, *, negated: bool) -> str:
    """One clause of a description: ``size is not more than 1 MB``."""
    return f"{subject} {_NEGATIVE[verb] if negated else verb} {thing}"


def quoted(text: str) -> str:
    """A text within a sentence."""
    return f"“{text}”"
