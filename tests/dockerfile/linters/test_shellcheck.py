"""What ShellCheck says about the scripts of RUN, at exact places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.dockerfile.advice.model import Diagnostic, Source
from explorer.dockerfile.linters.program import LinterFailed, find_program
from explorer.dockerfile.linters.shellcheck import shellcheck
from explorer.dockerfile.services.edits import apply
from tests.dockerfile.linters.pretenders import needs_scripts, pretender
from tests.dockerfile.reading import program

REAL = find_program("shellcheck")
needs_shellcheck = pytest.mark.skipif(REAL is None, reason="ShellCheck is not installed")
START = "FROM scratch\n"


def complaints(text: str) -> tuple[Diagnostic, ...]:
    assert REAL is not None
    return shellcheck(program(text), REAL)


def lint(text: str) -> list[tuple[str, int, str]]:
    """Rule, line of the instruction and place of all that the real ShellCheck says."""
    return [(one.rule, one.line, one.span.of(text)) for one in complaints(text)]


@needs_shellcheck
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN echo $a\n", ("SC2086", 2, "$a")),
        ("RUN true \\\n  # why\n\n\t&& echo ä $a\n", ("SC2086", 2, "$a")),
        ("run --network=none echo `ls` \\\n $a", ("SC2086", 2, "$a")),
        ("RUN <<E\ntrue\n\techo $a\nE\n", ("SC2086", 2, "$a")),
        ("RUN <<-E\n\ttrue\n\techo $a\n\tE\n", ("SC2086", 2, "$a")),
        ("RUN bash <<E\necho $a\nE\n", ("SC2086", 2, "$a")),
        ("RUN <<E\n#!/bin/bash\necho $a\nE\n", ("SC2086", 2, "$a")),
        ("RUN cat <<E >x; echo $a\n$b\nE\n", ("SC2086", 2, "$a")),
        ("RUN echo \\\n  $a", ("SC2086", 2, "$a")),
    ],
)
def test_it_is_placed_in_the_dockerfile(text: str, expected: tuple[str, int, str]) -> None:
    found = lint(START + text)
    assert expected in found
    assert {place for rule, _, place in found if rule == "SC2086"} == {"$a"}


@needs_shellcheck
@pytest.mark.parametrize(
    "text",
    [
        'RUN ["echo", "$a"]\n',
        "RUN python3 <<E\necho $a\nE\n",
        "RUN <<E\n#!/usr/bin/python3\necho $a\nE\n",
        'SHELL ["pwsh", "-c"]\nRUN echo $a\n',
        "COPY <<E /x\necho $a\nE\n",
        "CMD echo $a\n",
        "ENV a=b\nRUN echo $a\n",
        'ARG a\nRUN echo "$a"\n',
        "# hadolint ignore=SC2086\nRUN echo $a\n",
        "# hadolint global ignore=SC2086\nRUN true\nRUN echo $a\n",
        "# shellcheck disable=SC2000,SC2086\nRUN echo $a\n",
        "RUN . /venv/bin/activate && true\n",
    ],
)
def test_what_is_no_script_or_no_mistake_is_left_alone(text: str) -> None:
    assert lint(START + text) == []


@needs_shellcheck
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FROM a:1\nRUN [[ -n x ]]\n", True),
        ("FROM alpine:3\nRUN set -o pipefail && true\n", False),
        ("FROM debian:12\nRUN [[ -n x ]]\n", True),
        ("FROM alpine:3 AS a\nFROM a\nRUN set -o pipefail && true\n", False),
        ('FROM a:1\nSHELL ["/bin/bash", "-c"]\nRUN [[ -n $x ]] && set -o pipefail\n', False),
        ("FROM a:1\nRUN <<E\n#!/usr/bin/env bash\nset -o pipefail\nE\n", False),
    ],
)
def test_each_script_has_the_dialect_of_its_shell(text: str, told: bool) -> None:
    assert any(rule.startswith("SC3") for rule, _, _ in lint(text)) is told


@needs_shellcheck
def test_its_own_fixes_are_offered_at_their_places() -> None:
    text = f"{START}RUN true \\\n  && echo $a `ls`\n"
    fixes = {one.rule: one.fixes for one in complaints(text) if one.fixes}
    assert not fixes["SC2086"][0].safe
    assert '\n  && echo "$a" `ls`\n' in apply(text, fixes["SC2086"][0].edits)
    assert "echo $a $(ls)\n" in apply(text, fixes["SC2006"][0].edits)


@needs_shellcheck
@pytest.mark.parametrize(
    "script", ["\udcff\x00'", '"', "$(", "if", "<<E", "\\", "a\r\n", "`" * 99, "{" * 99, "\ufeff"]
)
def test_any_script_is_no_failure(script: str) -> None:
    text = f"{START}RUN {script}"
    for one in complaints(text):
        assert 0 <= one.span.start <= one.span.end <= len(text)


@needs_shellcheck
def test_variables_of_any_name_and_value_are_no_failure() -> None:
    text = f"{START}ENV a-b=1 c='\\'; exit' d=\"x\\ny\" ü=1\nRUN echo $d\n"
    assert {rule for rule, _, _ in lint(text)} <= {"SC2086"}


def test_without_scripts_it_is_not_asked() -> None:
    assert shellcheck(program(f"{START}COPY a b\n"), Path("absent")) == ()


def answered(answer: Any, tmp_path: Path) -> tuple[Diagnostic, ...]:
    body = f"sys.stdout.write({json.dumps(answer)!r})"
    return shellcheck(program(f"{START}RUN echo a\n"), pretender(tmp_path, "shellcheck", body))


@needs_scripts
def test_rows_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    row = {"file": "0.sh", "line": 3, "endLine": 3, "column": 1, "endColumn": 5, "level": "info",
           "code": 1, "message": "m"}  # fmt: skip
    fix = {
        "replacements": [
            {"line": 3, "column": 9, "endLine": 99, "endColumn": 1, "replacement": "x"}
        ]
    }
    rows = [
        {**row, "file": "1.sh"}, {**row, "file": "x.sh"}, {**row, "line": 1}, {**row, "line": 99},
        {**row, "fix": {"replacements": 7}}, {**row, "fix": fix}, {**row, "fix": [1]},
    ]  # fmt: skip
    found = answered({"comments": rows}, tmp_path)
    assert {(one.rule, one.source) for one in found} == {("SC1", Source.SHELLCHECK)}
    text = f"{START}RUN echo a\n"
    for one in found:
        assert 0 <= one.span.start <= one.span.end <= len(text)
        for offered in one.fixes:
            apply(text, offered.edits)


@needs_scripts
@pytest.mark.parametrize("answer", [[], {}, {"comments": 1}, None])
def test_an_answer_of_another_kind_is_a_failure(answer: Any, tmp_path: Path) -> None:
    with pytest.raises(LinterFailed, match="shellcheck did not work"):
        answered(answer, tmp_path)


def test_more_than_it_can_take_is_not_given_to_it() -> None:
    assert shellcheck(program(f"{START}RUN {'x' * 20_000}\n"), Path("absent")) == ()
    with pytest.raises(LinterFailed, match="shellcheck was not asked"):
        shellcheck(program(START + f"RUN {'x' * 15_000}\n" * 20), Path("absent"))
