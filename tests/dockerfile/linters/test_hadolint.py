"""What hadolint says, at exact places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.document import Document
from explorer.dockerfile.linters.hadolint import hadolint, readable
from explorer.dockerfile.linters.program import LinterFailed, find_program
from tests.dockerfile.linters.pretenders import needs_scripts, pretender
from tests.dockerfile.reading import program

REAL = find_program("hadolint")
needs_hadolint = pytest.mark.skipif(REAL is None, reason="hadolint is not installed")


def lint(text: str, folder: Path | None = None) -> list[tuple[str, int, str]]:
    """Rule, line and place of all that the real hadolint says."""
    assert REAL is not None
    found = hadolint(program(text), REAL, folder)
    return [(one.rule, one.line, one.span.of(text)) for one in found]


def answered(rows: Any, text: str, tmp_path: Path) -> tuple[Diagnostic, ...]:
    """What is made of an answer."""
    body = f"sys.stdout.write({json.dumps(rows)!r})"
    return hadolint(program(text), pretender(tmp_path, "hadolint", body))


@needs_hadolint
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM debian:12\nRUN a && \\\n  sudo b\n", ("DL3004", 2, "sudo")),
        ("FROM debian:12\nRUN a; apt-get install -y b\n", ("DL3008", 2, "apt-get install -y b")),
        ("FROM debian\nUSER me\n", ("DL3006", 1, "debian")),
        ("FROM debian:12\nRUN cd /x && a\n", ("DL3003", 2, "cd /x")),
        (
            "FROM debian:12\nRUN <<E\napt-get install -y b\nE\n",
            ("DL3008", 2, "apt-get install -y b"),
        ),
        ("FROM debian:12\n\n# c\nCOPY a b\n", ("DL3045", 4, "COPY")),
    ],
)
def test_it_is_placed_where_it_belongs(text: str, expected: tuple[str, int, str]) -> None:
    assert expected in lint(text)


@needs_hadolint
@pytest.mark.parametrize(
    "heredoc", ["RUN <<E\na\nE", "COPY <<E /x\n RUN a\nE", "RUN <<A cat <<B\na\nA\nb\nB"]
)
def test_after_a_here_document_it_goes_on(heredoc: str) -> None:
    text = f"FROM debian:12\n{heredoc}\nRUN sudo a\n{heredoc}\n\nRUN sudo b\n"
    found = lint(text)
    after = [line for rule, line, _ in found if rule == "DL3004"]
    lines = text.split("\n")
    assert after == [lines.index("RUN sudo a") + 1, lines.index("RUN sudo b") + 1]
    assert not [rule for rule, _, _ in found if rule == "DL1000"]


@needs_hadolint
def test_its_comments_and_its_configuration_count(tmp_path: Path) -> None:
    text = "FROM debian:12\n# hadolint ignore=DL3004\nRUN sudo a\n"
    assert not [rule for rule, _, _ in lint(text) if rule == "DL3004"]
    text = text.replace("# hadolint ignore=DL3004\n", "")
    assert [rule for rule, _, _ in lint(text) if rule == "DL3004"]
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3004]\n")
    assert not [rule for rule, _, _ in lint(text, tmp_path) if rule == "DL3004"]


@needs_hadolint
@pytest.mark.parametrize(
    "text", ["", "\udcff\x00", "FROM", "RUN <<E\n", "FROM a\nBOGUS\n", "\ufeffFROM a"]
)
def test_any_text_is_no_failure(text: str) -> None:
    assert all(0 <= line <= text.count("\n") + 1 for _, line, _ in lint(text))


def test_the_text_it_reads_has_an_empty_line_after_here_documents() -> None:
    text = "FROM a\nRUN <<E\nx\nE\nRUN b\nCOPY <<A <<B /\nA\nB\nRUN <<C\nC"
    changed, inserted = readable(Document.parse(text))
    assert changed == "FROM a\nRUN <<E\nx\nE\n\nRUN b\n\n\n\nRUN <<C\nC\n\n"
    assert inserted == (5, 12)
    plain = "FROM a\nRUN b\n"
    assert readable(Document.parse(plain)) == (plain, ())


@needs_scripts
def test_levels_and_links(tmp_path: Path) -> None:
    rows = [
        {"code": code, "level": level, "message": "m", "line": 1, "column": 1}
        for code, level in [("DL1", "error"), ("DL2", "warning"), ("DL3", "style"), ("SC1", "info")]
    ]
    found = answered(rows, "FROM a:1\n", tmp_path)
    assert [one.severity for one in found] == [Level.ERROR, Level.WARNING, Level.INFO, Level.INFO]
    assert {one.source for one in found} == {Source.HADOLINT}
    assert found[0].url == "https://github.com/hadolint/hadolint/wiki/DL1"
    assert found[3].url == "https://www.shellcheck.net/wiki/SC1"


@needs_scripts
def test_rows_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    good = {"code": "DL1", "level": 7, "message": "m", "line": 9_999, "column": "x"}
    rows: list[Any] = [
        1, None, {}, {**good, "line": -1}, {**good, "line": True}, {**good, "line": 10**30},
        {**good, "code": None}, {**good, "message": ["m"]}, good,
    ]  # fmt: skip
    (found,) = answered(rows, "FROM a:1\nRUN b", tmp_path)
    assert (found.rule, found.severity) == ("DL1", Level.INFO)
    assert found.span.end <= len("FROM a:1\nRUN b")


@needs_scripts
@pytest.mark.parametrize("answer", [{}, 1, "x", None])
def test_an_answer_of_another_kind_is_a_failure(answer: Any, tmp_path: Path) -> None:
    with pytest.raises(LinterFailed, match="no list of complaints"):
        answered(answer, "FROM a:1\n", tmp_path)


@pytest.mark.parametrize("text", ["FROM a\n" * 50_000, "FROM a\nRUN " + "x" * 20_000])
def test_more_than_it_can_take_is_not_given_to_it(text: str) -> None:
    with pytest.raises(LinterFailed, match="hadolint was not asked"):
        hadolint(program(text), Path("absent"))
