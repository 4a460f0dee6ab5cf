"""``fmt``: in place, as a check, as a difference, as a filter."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli import schemas
from tests.cli.conftest import Cli

ROUGH = b"FROM   scratch  \n\n\nCOPY a    b\n"
NEAT = b"FROM scratch\n\nCOPY a b\n"
FMT = {"files": [{"file": str, "changed": bool}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_bytes(ROUGH)
    return tmp_path


def test_it_is_written_in_place(folder: Path, cli: Cli) -> None:
    path = folder / "Dockerfile"
    path.chmod(0o600)
    answer = cli("fmt", "Dockerfile")
    assert (answer.code, answer.text) == (0, "changed Dockerfile\n1 file changed.\n")
    assert path.read_bytes() == NEAT
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in folder.iterdir()] == ["Dockerfile"]
    assert cli("fmt").text == "1 file fine as is.\n"


def test_a_check_writes_nothing_and_is_1(folder: Path, cli: Cli) -> None:
    answer = cli("fmt", "--check")
    assert (answer.code, answer.text.splitlines()[-1]) == (1, "1 file would change.")
    assert (folder / "Dockerfile").read_bytes() == ROUGH
    (folder / "Dockerfile").write_bytes(NEAT)
    assert cli("fmt", "--check").code == 0


def test_a_difference_writes_nothing_and_is_1(folder: Path, cli: Cli) -> None:
    answer = cli("fmt", "--diff")
    assert answer.code == 1
    assert "-FROM   scratch" in answer.text
    assert "+FROM scratch\n" in answer.text
    assert (folder / "Dockerfile").read_bytes() == ROUGH
    (folder / "Dockerfile").write_bytes(NEAT)
    assert (cli("fmt", "--diff").code, cli("fmt", "--diff").out) == (0, b"")


def test_standard_input_goes_to_standard_output(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(*words: str) -> bytes:
        data = io.BytesIO(ROUGH + b"# \xff\r")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
        return cli("fmt", "-", *words).out

    assert given() == NEAT + b"# \xff\n"
    assert given("--check").startswith(b"would change stdin")
    assert b'"changed": true' in given("--json")


def test_the_document(folder: Path, cli: Cli) -> None:
    answer = cli("fmt", "--check", "--json", "Dockerfile")
    schemas.check(answer.document, FMT)
    assert answer.document["files"] == [{"file": "Dockerfile", "changed": True}]


def test_several_files_and_one_that_is_absent(folder: Path, cli: Cli) -> None:
    (folder / "other").write_bytes(NEAT)
    answer = cli("fmt", "Dockerfile", "absent", "other")
    assert answer.code == 3
    assert answer.text == "changed Dockerfile\n1 file changed, 1 file fine as is.\n"
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("words", [("-", "Dockerfile"), ("--write",)])
def test_wrong_usage_is_2(words: tuple[str, ...], folder: Path, cli: Cli) -> None:
    assert cli("fmt", *words).code == 2


def test_what_is_no_dockerfile_comes_out_as_it_went_in(folder: Path, cli: Cli) -> None:
    data = bytes(range(1, 256)) * 20
    (folder / "Dockerfile").write_bytes(data)
    cli("fmt")
    again = (folder / "Dockerfile").read_bytes()
    assert cli("fmt", "--check").code == 0
    assert again.split() == data.split()


def test_a_program_that_was_named_by_mistake_is_left_alone(folder: Path, cli: Cli) -> None:
    program = folder / "program"
    data = b"\x7fELF\0\0 from  x\n\n\n  run   y \0\n"
    program.write_bytes(data)
    answer = cli("fmt", program)
    assert answer.code == 4
    assert "is no text" in answer.err
    assert program.read_bytes() == data
