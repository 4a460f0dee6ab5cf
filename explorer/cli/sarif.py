"""SARIF 2.1.0 (OASIS standard): what code scanning services take."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from explorer import __version__
from explorer.cli.checkdocument import printable
from explorer.cli.checking import Checkup
from explorer.cli.checkrules import all_rules
from explorer.dockerfile.advice.model import Diagnostic, Fix, Level, Source
from explorer.dockerfile.document import Document

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_SYNTAX: Final = "DockerfileSyntax"
_SYNTAX_HELP: Final = "The Dockerfile cannot be built: BuildKit stops here."
_REFERENCE: Final = "https://docs.docker.com/reference/dockerfile/"


def sarif_document(checkups: Sequence[Checkup]) -> dict[str, Any]:
    """A log with one run: the rules that were applied, and a result for each problem."""
    rules = _rules(one for checkup in checkups for one in checkup.diagnostics)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    notes = [note for checkup in checkups for note in checkup.notes]
    invocation: dict[str, Any] = {"executionSuccessful": not any(c.damage for c in checkups)}
    if notes:
        invocation["toolExecutionNotifications"] = [
            {"level": "warning", "message": {"text": printable(note)}} for note in notes
        ]
    driver = {"name": "Layerscope", "semanticVersion": _version(), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _location(c), "roles": ["analysisTarget"]} for c in checkups],
        "results": [
            _result(checkup, place, one, index)
            for place, checkup in enumerate(checkups)
            for one in checkup.diagnostics
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _version() -> str:
    """The version with exactly three numbers, as semantic versions have."""
    numbers = [part for part in __version__.split("+")[0].split(".") if part.isdecimal()]
    return ".".join([*numbers, "0", "0"][:3])


def _rules(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Ours and BuildKit's, and of linters those that found something."""
    rules = [
        _rule(rule.name, rule.title, rule.explanation, rule.url, rule.level) for rule in all_rules()
    ]
    rules.append(_rule(_SYNTAX, _SYNTAX_HELP, _SYNTAX_HELP, _REFERENCE, Level.ERROR))
    known = {rule["id"] for rule in rules}
    for one in diagnostics:
        if one.rule and one.rule not in known:
            known.add(one.rule)
            title = f"{one.rule} of {one.source.value}"
            rules.append(_rule(one.rule, title, f"{title}: {one.url}", one.url, one.severity))
    return rules


def _rule(name: str, title: str, text: str, url: str, level: Level) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": f"{text}\n{url}" if url else text},
        "defaultConfiguration": {"level": _LEVELS[level]},
    }
    if url:
        rule["helpUri"] = url
    return rule


def _result(checkup: Checkup, place: int, one: Diagnostic, index: dict[str, int]) -> dict[str, Any]:
    document, name = checkup.document, one.rule or _SYNTAX
    location = {**_location(checkup), "index": place}
    region = _region(document, one.span.start, one.span.end)
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": index[name],
        "level": _LEVELS[one.severity],
        "message": {"text": printable(one.message)},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region}}],
        "properties": {"source": one.source.value},
    }
    fixes = [_fix(document, location, fix) for fix in one.fixes if fix.edits]
    if fixes:
        result["fixes"] = fixes
    if one.source in (Source.HADOLINT, Source.SHELLCHECK):
        result["properties"]["tags"] = [one.source.value]
    return result


def _fix(document: Document, location: dict[str, Any], fix: Fix) -> dict[str, Any]:
    replacements = []
    for edit in fix.edits:
        replacement: dict[str, Any] = {"deletedRegion": _region(document, edit.start, edit.end)}
        if edit.text:
            replacement["insertedContent"] = {"text": printable(edit.text)}
        replacements.append(replacement)
    change = {"artifactLocation": location, "replacements": replacements}
    return {"description": {"text": printable(fix.title)}, "artifactChanges": [change]}


def _region(document: Document, start: int, end: int) -> dict[str, int]:
    first, last = document.lines.position(start), document.lines.position(end)
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
    }


def _location(checkup: Checkup) -> dict[str, Any]:
    """Where the file is, relative to the current folder if it lies there."""
    path = checkup.file.path
    if path is None:
        return {"uri": "Dockerfile"}
    here, absolute = Path.cwd(), Path(os.path.normpath(path.absolute()))
    if not absolute.is_relative_to(here):
        return {"uri": "file://" + quote(os.fsencode(absolute.as_posix()))}
    relative = absolute.relative_to(here).as_posix()
    return {"uri": quote(os.fsencode(relative)), "uriBaseId": "%SRCROOT%"}
