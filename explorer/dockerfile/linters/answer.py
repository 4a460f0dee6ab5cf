"""What linters print, read with suspicion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from explorer.dockerfile.advice.model import Level
from explorer.dockerfile.linters.program import LinterFailed

MOST: Final = 10_000
"""Complaints that are listened to."""

_LONGEST: Final = 2_000
_PLACES: Final = ("line", "column", "endLine", "endColumn")
_LEVELS: Final = {"error": Level.ERROR, "warning": Level.WARNING}


@dataclass(frozen=True, slots=True)
class Remark:
    """One complaint: lines and columns count from 1, ``end_line`` is 0 where it was not given."""

    code: str
    level: Level
    message: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    file: str = ""
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """A stretch of text, and what a linter would write there."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def read_remarks(name: str, answer: Any, prefix: str = "") -> Iterator[Remark]:
    """The complaints in a list of a linter; ``prefix`` goes before numbers of rules.

    Raises:
        LinterFailed: it is no such list.
    """
    if not isinstance(answer, list):
        raise LinterFailed(f"{name} did not work", why="what it printed is no list of complaints")
    for row in answer[:MOST]:
        if not isinstance(row, dict):
            continue
        code, message = row.get("code"), row.get("message")
        line = _count(row.get("line"), 0)
        if not isinstance(message, str) or not isinstance(code, str | int) or not line:
            continue
        yield Remark(
            code=f"{prefix}{code}"[:64],
            level=_LEVELS.get(str(row.get("level")), Level.INFO),
            message=message[:_LONGEST],
            line=line,
            column=_count(row.get("column"), 1),
            end_line=_count(row.get("endLine"), 0),
            end_column=_count(row.get("endColumn"), 0),
            file=str(row.get("file", "")),
            replacements=tuple(_replacements(row.get("fix"))),
        )


def _replacements(fix: Any) -> Iterator[Replacement]:
    rows = fix.get("replacements") if isinstance(fix, dict) else None
    for row in rows[:100] if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("replacement"), str):
            places = [_count(row.get(key), 0) for key in _PLACES]
            if all(places):
                line, column, end_line, end_column = places
                yield Replacement(line, column, end_line, end_column, row["replacement"])


def _count(value: Any, default: int) -> int:
    """A number of a line or column; the default for everything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value < 1 << 31 else default
