"""The suites, each against the public function that answers for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from explorer.build.context.context import Context
from explorer.build.context.tree import ContextTree
from explorer.build.files.sources import find
from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.commands.model import Add, Copy
from explorer.dockerfile.document import Document
from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.ignore import IgnoreError, IgnoreFile, read_patterns
from explorer.dockerfile.problem import DockerfileError
from explorer.dockerfile.sexpression import dump
from explorer.dockerfile.stages.inputs import Inputs
from tests.dockerfile.conformance import ROOT, Suite, equal, folders, lines, load, refused

_SHELL = "buildkit-shell/frontend/dockerfile/shell"
_KOREAN = "\ud55c\uad6d\uc5b4"


def all_suites() -> list[Suite]:
    """Every suite, in the order of the language's layers."""
    return [
        trees(),
        refused_files(),
        line_numbers(),
        variables(),
        word_lists(),
        matches(),
        path_patterns(),
        ignore_files(),
        checks(),
        check_errors(),
    ]


def _read(path: Path) -> str:
    return decode(path.read_bytes())


def trees() -> Suite:
    suite = Suite("buildkit-parser")
    for folder in folders("buildkit-parser/testfiles"):
        suite.add(folder.name, partial(_tree, folder))
    return suite


def _tree(folder: Path) -> None:
    equal(dump(Document.parse(_read(folder / "Dockerfile"))), _read(folder / "result"))


def refused_files() -> Suite:
    suite = Suite("buildkit-parser-negative")
    for folder in folders("buildkit-parser/testfiles-negative"):
        suite.add(folder.name, partial(_refused, folder))
    return suite


def _refused(folder: Path) -> None:
    document = Document.parse(_read(folder / "Dockerfile"))
    refused(DockerfileError, document.validated)


def line_numbers() -> Suite:
    suite = Suite("buildkit-parser-lines")
    path = ROOT / "buildkit-parser" / "testfile-line" / "Dockerfile"
    if path.is_file():
        suite.add("testfile-line", partial(_line_numbers, path))
    return suite


def _line_numbers(path: Path) -> None:
    instructions = Document.parse(_read(path)).instructions
    equal([(i.line, i.last_line) for i in instructions], [(5, 5), (11, 12), (17, 31)])


def variables() -> Suite:
    """``envVarTest``: one word, one result."""
    suite = Suite("buildkit-shell-variables")
    environment = {"PWD": "/home", "SHELL": "bash", "KOREAN": _KOREAN, "NULL": ""}
    for number, line in enumerate(lines(f"{_SHELL}/envVarTest"), start=1):
        if line.startswith("#") or not line.strip():
            continue
        system, source, expected = (part.strip() for part in line.strip().split("|"))
        windows = (
            "for a builder that runs on Windows, where names of variables ignore case"
            if system == "W"
            else ""
        )
        case = partial(_variable, source, expected, environment)
        suite.add(f"{number}:{source}", case, windows)
    return suite


def _variable(source: str, expected: str, environment: Mapping[str, str]) -> None:
    if expected == "error":
        refused(ExpansionError, partial(Expander().expand, source, environment))
    else:
        equal(Expander().expand(source, environment).text, expected)


def word_lists() -> Suite:
    """``wordsTest``: one text, a list of words."""
    suite = Suite("buildkit-shell-words")
    environment: dict[str, str] = {}
    for number, line in enumerate(lines(f"{_SHELL}/wordsTest"), start=1):
        if line.startswith("ENV "):
            name, _, value = line[3:].lstrip(" ").partition("=")
            environment = {**environment, name: value}
        elif not line.startswith("#"):
            source, _, expected = line.partition("|")
            words = expected.lstrip(" ").split(",")
            case = partial(_words, source.strip(), words, environment)
            suite.add(f"{number}:{source}", case)
    return suite


def _words(source: str, expected: list[str], environment: Mapping[str, str]) -> None:
    if expected == ["error"]:
        refused(ExpansionError, partial(Expander().expand, source, environment))
    else:
        equal(list(Expander().expand(source, environment).words), expected)


def matches() -> Suite:
    suite = Suite("buildkit-shell-matches")
    for number, row in enumerate(load("buildkit-shell/process_with_matches.json")):
        suite.add(f"{number}:{row['input']}", partial(_matches, row))
    return suite


def _matches(row: dict[str, Any]) -> None:
    if row["error"]:
        refused(ExpansionError, partial(Expander().expand, row["input"], row["envs"]))
        return
    expansion = Expander().expand(row["input"], row["envs"])
    equal(expansion.text, row["expected"])
    equal(sorted(expansion.matched), sorted(row["matches"]))
    equal(sorted(expansion.unmatched), sorted(row["unmatched"]))


def path_patterns() -> Suite:
    suite = Suite("moby-patternmatcher")
    tables = load("moby-patternmatcher/cases.json") or {}
    for number, row in enumerate(tables.get("match_tests", [])):
        name = f"match:{number}:{row['pattern']}:{row['path']}"
        wanted = None if row["bad_pattern"] else row["match"]
        suite.add(name, partial(_ignored, [row["pattern"]], row["path"], wanted))
    for number, row in enumerate(tables.get("matches_or_parent", [])):
        name = f"parent:{number}:{row['pattern']}:{row['path']}"
        suite.add(name, partial(_ignored, [row["pattern"]], row["path"], row["pass"]))
    for number, row in enumerate(tables.get("multi_pattern", [])):
        name = f"several:{number}:{row['path']}"
        suite.add(name, partial(_ignored, row["patterns"], row["path"], row["pass"]))
    return suite


def _ignored(patterns: list[str], path: str, wanted: bool | None) -> None:
    lines = list(enumerate(patterns, start=1))
    if wanted is None:
        refused(IgnoreError, partial(IgnoreFile.of, lines))
    else:
        equal(IgnoreFile.of(lines).ignores(path), wanted)


def ignore_files() -> Suite:
    suite = Suite("moby-ignorefile")
    row = load("moby-patternmatcher/ignorefile_case.json")
    if row:
        suite.add("patterns", partial(_patterns, row))
    return suite


def _patterns(row: dict[str, Any]) -> None:
    equal([pattern for _, pattern in read_patterns(row["content"])], row["expected"])


def checks() -> Suite:
    """The warnings of a build, and of a check that looks at all stages."""
    suite = Suite("buildkit-checks")
    for number, row in enumerate(load("buildkit-checks/cases.json")):
        suite.add(f"{number}:{row['test']}", partial(_warnings, row))
    return suite


def check_errors() -> Suite:
    """What a build stops with."""
    suite = Suite("buildkit-check-errors")
    for number, row in enumerate(load("buildkit-checks/cases.json")):
        compare = _missing_file if row["build_error_regexp"] else _build_error
        suite.add(f"{number}:{row['test']}", partial(compare, row))
    return suite


def _checked(row: dict[str, Any], *, every_stage: bool) -> Checked:
    prefix = "build-arg:"
    arguments = {
        key.removeprefix(prefix): value
        for key, value in row["frontend_attrs"].items()
        if key.startswith(prefix)
    }
    ignored = row["dockerignore"]
    ignore = IgnoreFile.parse(ignored) if ignored is not None else None
    inputs = Inputs(arguments=arguments, ignore=ignore)
    return check(Document.parse(row["dockerfile"]), inputs, every_stage=every_stage)


def _warnings(row: dict[str, Any]) -> None:
    built = _checked(row, every_stage=False)
    _compare(built, row["warnings"], lines=True)
    checked = _checked(row, every_stage=True)
    every = row["unmarshal_warnings"]
    # The lines of that list are never compared, and are wrong.
    _compare(checked, row["warnings"] if every is None else every, lines=every is None)


def _compare(checked: Checked, wanted: list[dict[str, Any]], *, lines: bool) -> None:
    keys = ["RuleName", "Description", "URL", *(["Line"] if lines else [])]
    keys += ["Detail"] if all("Detail" in row for row in wanted) else []
    found = [
        {
            "RuleName": warning.rule,
            "Description": warning.description,
            "URL": warning.url,
            "Line": warning.line,
            "Detail": warning.message,
        }
        for warning in checked.warnings
    ]
    equal(*(sorted([row.get(key, "") for key in keys] for row in rows) for rows in (found, wanted)))


def _build_error(row: dict[str, Any]) -> None:
    error = _checked(row, every_stage=True).build_error
    equal(error and error.build_error, row["build_error"])
    if row["error_line"] is not None:
        equal(error and error.line, row["error_line"])


def _missing_file(row: dict[str, Any]) -> None:
    """A build that stops at a file; the context is as it was, the Dockerfile and what hides it."""
    with TemporaryDirectory() as folder:
        for name, text in (("Dockerfile", "dockerfile"), (".dockerignore", "dockerignore")):
            Path(folder, name).write_text(row[text], encoding="utf-8")
        tree = ContextTree(Context.scan(folder))
        checked = _checked(row, every_stage=False)
        steps = (step for stage in checked.program.stages for step in stage.steps)
        transfers = ((s, s.command) for s in steps if isinstance(s.command, Copy | Add))
        line, mishap = next((s.line, m) for s, c in transfers for m in find(c, tree).mishaps)
    # What comes before it names the state of BuildKit's own cache.
    before = "failed to solve: failed to compute cache key: failed to calculate checksum of ref"
    equal(bool(re.search(row["build_error_regexp"], f"{before} id::key {mishap.message}")), True)
    equal((checked.build_error, line), (None, row["error_line"]))
