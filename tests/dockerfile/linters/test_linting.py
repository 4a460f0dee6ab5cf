"""Which linters are asked, and what becomes of one that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.dockerfile.linters import linting
from explorer.dockerfile.linters.linting import NO_LINTERS, Linters
from explorer.errors import Unsupported
from tests.dockerfile.linters.pretenders import needs_scripts, pretender
from tests.dockerfile.reading import program

PROGRAM = program("FROM a:1\nRUN echo $a\n")
HADOLINT = """print('[{"code": "DL1", "message": "m", "line": 2}, \
{"code": "SC2086", "message": "m", "line": 2}]')"""
SHELLCHECK = "print('{\"comments\": []}')"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs are those that are installed."""

    def find(name: str) -> Path | None:
        path = tmp_path / name
        return path if path.exists() else None

    monkeypatch.setattr(linting, "find_program", find)
    return tmp_path


def test_those_that_are_absent_are_named_and_nothing_else(installed: Path) -> None:
    answer = Linters().lint(PROGRAM)
    assert answer.diagnostics == ()
    assert answer.notes == ()
    assert set(answer.absent) == {"hadolint", "shellcheck"}


@pytest.mark.parametrize("name", ["hadolint", "shellcheck"])
def test_one_that_is_asked_for_must_be_here(name: str, installed: Path) -> None:
    with pytest.raises(Unsupported, match=f"{name} is not installed. Install it: pip install"):
        Linters(**{name: True}).lint(PROGRAM)


@needs_scripts
def test_those_that_are_not_wanted_are_not_asked(installed: Path) -> None:
    pretender(installed, "hadolint", HADOLINT)
    assert NO_LINTERS.lint(PROGRAM) == linting.Linting()


@needs_scripts
def test_scripts_are_the_business_of_shellcheck_where_it_is(installed: Path) -> None:
    pretender(installed, "hadolint", HADOLINT)
    assert {one.rule for one in Linters().lint(PROGRAM).diagnostics} == {"SC2086", "DL1"}
    pretender(installed, "shellcheck", SHELLCHECK)
    assert [one.rule for one in Linters().lint(PROGRAM).diagnostics] == ["DL1"]


@needs_scripts
def test_one_that_fails_is_a_note_and_the_other_is_heard(installed: Path) -> None:
    pretender(installed, "hadolint", HADOLINT)
    pretender(installed, "shellcheck", "sys.exit('out of luck')")
    answer = Linters().lint(PROGRAM)
    assert answer.notes == ("shellcheck did not work: out of luck",)
    assert "DL1" in {one.rule for one in answer.diagnostics}
