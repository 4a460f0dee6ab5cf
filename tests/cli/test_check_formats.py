"""``check`` for machines: SARIF 2.1.0, and annotations for GitHub."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from tests.cli.conftest import Cli

ALONE = ("--no-hadolint", "--no-shellcheck")
TEXT = (
    "FROM debian AS Up\n"
    "RUN apk add a \\\n  # why ü\n  && apt-get update && apt-get install 日本\n"
    "COPY a\nENV x\udcff %,:\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a ü%.df").write_bytes(TEXT.encode("utf-8", "surrogateescape"))
    return tmp_path


@pytest.fixture
def sarif(folder: Path, cli: Cli) -> dict[str, Any]:
    answer = cli("check", "a ü%.df", "--format", "sarif", *ALONE)
    assert answer.code == 1
    document: dict[str, Any] = json.loads(answer.out)
    return document


def offset(region: dict[str, int], end: bool = False) -> int:
    """An offset into the text, from lines and columns in characters."""
    line, column = (region["endLine"], region["endColumn"]) if end else (
        region["startLine"], region["startColumn"]
    )  # fmt: skip
    lines = TEXT.split("\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1


def test_it_is_a_log_of_one_run(sarif: dict[str, Any]) -> None:
    assert set(sarif) == {"$schema", "version", "runs"}
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    assert set(run) == {"tool", "invocations", "columnKind", "artifacts", "results"}
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert driver["name"] == "Layerscope"
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_every_rule_says_what_it_is_and_where_to_read_more(sarif: dict[str, Any]) -> None:
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert "helpUri" not in rule or urlparse(rule["helpUri"]).scheme == "https"


def test_every_result_has_its_rule_and_its_exact_place(sarif: dict[str, Any]) -> None:
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    places = {}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["index"] == 0
        region = physical["region"]
        places[result["ruleId"]] = TEXT[offset(region) : offset(region, end=True)]
    assert places["StageNameCasing"] == "Up"
    assert places["PackageCacheKept"] == "apt-get update"
    assert places["DockerfileSyntax"] == "a"


def test_a_fix_says_what_to_delete_and_what_to_write(sarif: dict[str, Any]) -> None:
    fixed = {r["ruleId"]: r["fixes"] for r in sarif["runs"][0]["results"] if "fixes" in r}
    (fix,) = fixed["StageNameCasing"]
    assert fix["description"]["text"] == "Write up"
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "a%20%C3%BC%25.df"
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    assert TEXT[offset(region) : offset(region, end=True)] == "Up"
    assert replacement["insertedContent"] == {"text": "up"}


def test_files_are_named_relative_to_the_current_folder_or_in_full(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    answer = cli("check", "../a ü%.df", "--format", "sarif", *ALONE)
    (artifact,) = json.loads(answer.out)["runs"][0]["artifacts"]
    assert artifact["location"]["uri"].startswith("file:///")
    assert artifact["location"]["uri"].endswith("/a%20%C3%BC%25.df")
    monkeypatch.chdir(folder)
    answer = cli("check", "below/../a ü%.df", "--format", "sarif", *ALONE)
    (artifact,) = json.loads(answer.out)["runs"][0]["artifacts"]
    assert artifact["location"] == {"uri": "a%20%C3%BC%25.df", "uriBaseId": "%SRCROOT%"}


def test_bytes_that_are_no_unicode_do_not_get_into_the_document(folder: Path, cli: Cli) -> None:
    for form in ("sarif", "json"):
        out = cli("check", "a ü%.df", "--format", form, *ALONE).out
        assert not re.search(rb"\\ud[c-f]", out)


def test_annotations_for_github(folder: Path, cli: Cli) -> None:
    lines = cli("check", "a ü%.df", "--format", "github", *ALONE).text.splitlines()
    assert lines[-1].startswith("::warning ") or lines[-1].startswith("::error ")
    (casing,) = [line for line in lines if "StageNameCasing" in line]
    assert casing == (
        "::warning file=a ü%25.df,line=1,col=16,endLine=1,endColumn=18,title=StageNameCasing"
        "::Stage name 'Up' should be lowercase"
    )
    assert all(line.startswith("::") for line in lines)


def test_a_line_of_the_file_cannot_become_a_command_of_the_workflow(folder: Path, cli: Cli) -> None:
    (folder / "x").write_text("FROM scratch\nRUN a\n::error::gotcha\n")
    text = cli("check", "x", "--format", "github", *ALONE).text
    assert "\n::error::" not in "\n" + text
