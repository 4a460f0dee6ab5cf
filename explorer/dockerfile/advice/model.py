"""Diagnostics: one thing to tell about a Dockerfile, at a place, with its remedies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.source import Span


class Level(Enum):
    """How much something matters: a build fails for it, it is a mistake, it could be better."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for what matters most."""
        return _ORDER.index(self)


_ORDER = (Level.ERROR, Level.WARNING, Level.INFO)


class Source(Enum):
    """Who says it."""

    BUILDKIT = "buildkit"
    LAYERSCOPE = "layerscope"
    HADOLINT = "hadolint"
    SHELLCHECK = "shellcheck"


@dataclass(frozen=True, slots=True)
class Fix:
    """A quick fix: ``edits`` are in order and do not overlap; ``title`` is what a button says.

    A ``safe`` one changes nothing but what its title names, so it may be made unasked; of the
    others somebody has to say that it is what they want.
    """

    title: str
    edits: tuple[TextEdit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell.

    ``span`` is the exact place, ``line`` the first line of the instruction it is about, counted
    from 1. ``explanation`` says why it matters; ``url`` leads to more. ``rule`` is empty for
    errors of the language. ``fixes`` hold the best first.
    """

    rule: str
    severity: Level
    message: str
    span: Span
    line: int
    source: Source
    explanation: str = ""
    url: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def order(self) -> tuple[Span, int, str, str]:
        """What diagnostics are sorted by: place, weight, rule."""
        return self.span, self.severity.rank, self.rule, self.message

    def __str__(self) -> str:
        rule = f"{self.rule}: " if self.rule else ""
        return f"line {self.line}: {rule}{self.message}"
