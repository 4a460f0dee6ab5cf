"""The public tables of other projects, read where they lie beside this one.

A suite is a list of cases; running a case raises where this project differs. The same cases are
run by ``test_conformance.py`` and printed by ``python -m tests.dockerfile.table``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"
ABSENT = "the public tables of ../shared/conformance are not here"
needs_conformance = pytest.mark.skipif(not ROOT.is_dir(), reason=ABSENT)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a table; ``left_out`` is the reason where it cannot be run here."""

    name: str
    run: Callable[[], None]
    left_out: str = ""


@dataclass(slots=True)
class Suite:
    """A table; empty where the tables are absent."""

    name: str
    cases: list[Case] = field(default_factory=list)

    def add(self, name: str, run: Callable[[], None], left_out: str = "") -> None:
        self.cases.append(Case(f"{self.name}:{name}", run, left_out))


def equal(found: object, wanted: object) -> None:
    """An assertion that says what differs, wherever it is made."""
    if found != wanted:
        raise AssertionError(f"found  {found!r}\nwanted {wanted!r}")


def refused(error: type[Exception], action: Callable[[], object]) -> None:
    """The action must raise this."""
    try:
        result = action()
    except error:
        return
    raise AssertionError(f"not refused: {result!r}")


def load(name: str) -> Any:
    """A JSON document of the tables; an empty list where they are absent."""
    path = ROOT / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def lines(name: str) -> list[str]:
    """The lines of a file of the tables; none where they are absent."""
    path = ROOT / name
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []


def folders(name: str) -> list[Path]:
    """The folders inside one; none where the tables are absent."""
    path = ROOT / name
    return sorted(p for p in path.iterdir() if p.is_dir()) if path.is_dir() else []


def dockerfiles() -> list[Path]:
    """Every Dockerfile of every table."""
    found = ROOT.rglob("*Dockerfile*") if ROOT.is_dir() else []
    return sorted(path for path in found if path.is_file())
