"""The public tables of other projects, read where they lie beside this one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"
_ABSENT = "the conformance tables of ../shared/conformance are not here"
needs_conformance = pytest.mark.skipif(not ROOT.is_dir(), reason=_ABSENT)


@dataclass(frozen=True, slots=True)
class WordCase:
    """One row of ``envVarTest`` or ``wordsTest``; ``expected`` is ``None`` where it must fail."""

    source: str
    expected: tuple[str, ...] | None
    variables: dict[str, str]


def load(name: str) -> Any:
    """A JSON document of the tables; empty where they are absent, so that collecting works."""
    path = ROOT / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def folders(name: str) -> list[Path]:
    """The folders inside one; none where the tables are absent."""
    path = ROOT / name
    return sorted(p for p in path.iterdir() if p.is_dir()) if path.is_dir() else []


def dockerfiles() -> list[Path]:
    """Every Dockerfile of every table."""
    found = ROOT.rglob("*Dockerfile*") if ROOT.is_dir() else []
    return sorted(path for path in found if path.is_file())


def variable_rows() -> list[WordCase]:
    """``envVarTest``: one word, one result."""
    variables = {"PWD": "/home", "SHELL": "bash", "KOREAN": "\ud55c\uad6d\uc5b4", "NULL": ""}
    rows = []
    for line in _lines("envVarTest"):
        if line.startswith("#") or not line.strip():
            continue
        system, source, expected = (part.strip() for part in line.strip().split("|"))
        if system in "AU":
            result = None if expected == "error" else (expected,)
            rows.append(WordCase(source, result, variables))
    return rows


def word_rows() -> list[WordCase]:
    """``wordsTest``: one text, a list of words."""
    rows = []
    variables: dict[str, str] = {}
    for line in _lines("wordsTest"):
        if line.startswith("ENV "):
            name, _, value = line[3:].lstrip(" ").partition("=")
            variables = {**variables, name: value}
        elif not line.startswith("#"):
            source, _, expected = line.partition("|")
            words = tuple(expected.lstrip(" ").split(","))
            rows.append(WordCase(source.strip(), None if words == ("error",) else words, variables))
    return rows


def _lines(name: str) -> Iterator[str]:
    path = ROOT / "buildkit-shell" / "frontend" / "dockerfile" / "shell" / name
    if path.is_file():
        yield from path.read_text(encoding="utf-8").split("\n")[:-1]
