"""The JSON documents of ``check``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from explorer.cli.checking import Checkup
from explorer.cli.checkrules import ShownRule
from explorer.dockerfile.advice.model import Diagnostic, Fix
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import NOT_UTF8


def check_document(checkups: Iterable[Checkup]) -> dict[str, Any]:
    """``{schema, problems, notes}``; lines and columns count from 1, columns in characters."""
    checkups = list(checkups)
    return {
        "schema": 1,
        "files": [printable(checkup.file.name) for checkup in checkups],
        "fixed": sum(checkup.fixed for checkup in checkups),
        "notes": [printable(note) for checkup in checkups for note in _notes(checkup)],
        "problems": (_problem(c, one) for c in checkups for one in c.diagnostics),
    }


def _notes(checkup: Checkup) -> Iterator[str]:
    yield from checkup.notes
    if checkup.damage is not None:
        yield str(checkup.damage)


def rules_document(rules: Iterable[ShownRule]) -> dict[str, Any]:
    """``{schema, rules}``."""
    return {
        "schema": 1,
        "rules": [
            {
                "rule": rule.name,
                "source": rule.source.value,
                "severity": rule.level.value,
                "description": rule.title,
                "explanation": rule.explanation,
                "url": rule.url,
            }
            for rule in rules
        ],
    }


def printable(text: str) -> str:
    """The text with bytes that are no UTF-8 replaced: JSON holds nothing but Unicode."""
    return NOT_UTF8.sub("\ufffd", text)


def _problem(checkup: Checkup, one: Diagnostic) -> dict[str, Any]:
    document = checkup.document
    return {
        "rule": one.rule,
        "severity": one.severity.value,
        "message": printable(one.message),
        "file": printable(checkup.file.name),
        **_place(document, one.span.start, one.span.end),
        "source": one.source.value,
        "url": one.url,
        "help": one.explanation,
        "fixes": [_fix(document, fix) for fix in one.fixes],
    }


def _fix(document: Document, fix: Fix) -> dict[str, Any]:
    edits = [
        {**_place(document, edit.start, edit.end), "text": printable(edit.text)}
        for edit in fix.edits
    ]
    return {"title": printable(fix.title), "safe": fix.safe, "edits": edits}


def _place(document: Document, start: int, end: int) -> dict[str, int]:
    first, last = document.lines.position(start), document.lines.position(end)
    return {
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
    }
