"""Options before and after the verb, help, and completion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.app import layerscope
from explorer.cli.commands import Verb, names_an_image
from explorer.cli.progress import Meter, told
from explorer.cli.verblist import VERBS
from explorer.progress import Job, Progress
from tests.cli.conftest import Cli, Terminal


def test_json_is_taken_before_and_after_the_verb(cli: Cli, archive: Path) -> None:
    before = cli("--json", "layers", archive)
    after = cli("layers", archive, "--json")
    assert before.document == after.document
    assert cli("layers", "--json", archive).out == after.out


def test_debug_is_taken_before_and_after_the_verb(cli: Cli) -> None:
    assert "Traceback" in cli("--debug", "ls", "absent.tar").err
    assert "Traceback" in cli("ls", "absent.tar", "--debug").err
    assert "Traceback" not in cli("ls", "absent.tar").err


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, cli: Cli) -> None:
    answer = cli(verb, "--help")
    assert answer.code == 0
    assert f"Usage: layerscope {verb} " in answer.text
    assert "Examples:" in answer.text
    assert "--json" in answer.text


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_example_of_the_help_is_a_command_line_of_the_verb(verb: str) -> None:
    command = layerscope.get_command(layerscope.make_context("layerscope", ["--json"]), verb)
    assert isinstance(command, Verb)
    assert command.examples
    for example, meaning in command.examples:
        assert f"layerscope {verb}" in example
        assert meaning


def test_help_lists_every_verb_without_importing_them(cli: Cli) -> None:
    text = cli("--help").text
    assert all(f"\n  {verb} " in text for verb in VERBS)


@pytest.mark.parametrize(
    ("word", "image"),
    [
        ("app.tar", True), ("./x", True), ("/x", True), ("oci:x", True), ("C:\\x", True),
        ("lss", False), ("inspekt", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_an_image_in_the_place_of_a_verb(word: str, image: bool) -> None:
    assert names_an_image(word) is image


def test_a_file_without_a_dot_is_an_image_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "layout").mkdir()
    monkeypatch.chdir(tmp_path)
    assert names_an_image("layout")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, cli: Cli) -> None:
    assert "_LAYERSCOPE_COMPLETE" in cli("completion", shell).text


def complete(words: str, number: int) -> list[str]:
    environment = {
        **os.environ,
        "_LAYERSCOPE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(number),
    }
    command = [sys.executable, "-m", "explorer"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    return [line.partition(",")[2] for line in done.stdout.split()]


def test_verbs_are_completed() -> None:
    assert complete("layerscope ti", 1) == ["timeline"]


def test_paths_inside_the_image_are_completed(archive: Path) -> None:
    assert complete(f"layerscope cat {archive} /et", 3) == ["/etc/"]
    assert complete(f"layerscope ls {archive} /etc/", 3) == ["/etc/motd", "/etc/passwd"]
    assert complete(f"layerscope ls {archive} /configuration/", 3) == ["/configuration/c"]


def test_completion_of_what_cannot_be_opened_is_empty() -> None:
    assert complete("layerscope ls absent.tar /", 3) == []


def test_progress_shows_what_takes_a_while(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with Meter("reading layers", colour=False, patience=0.0, stream=terminal) as meter:
        job = Job("reading layers", meter.tell)
        job.expect(2_000_000)
        job.advance(1_000_000)
        meter.shown.wait(30)
    assert "reading layers" in terminal.getvalue()
    assert "1.0 MB of 2.0 MB" in terminal.getvalue()


@pytest.mark.parametrize(
    ("done", "total", "seconds", "shown"),
    [
        (50_000_000, 150_000_000, 2.0, "50 MB of 150 MB, 25 MB/s, 4 s left"),
        (1_000_000, 200_000_000, 1.0, "1.0 MB of 200 MB, 1.0 MB/s, 3 min 19 s left"),
        (1_000_000, None, 2.0, "1.0 MB, 500 kB/s"),
        (3_000, 2_000, 1.0, "3.0 kB, 3.0 kB/s"),
        (2_000, 2_000, 0.0, "2.0 kB of 2.0 kB, 2.0 MB/s, 0 s left"),
    ],
)
def test_progress_tells_amount_rate_and_time_left(
    done: int, total: int | None, seconds: float, shown: str
) -> None:
    assert told(Progress("x", done, total), seconds) == shown


def test_progress_of_a_moment_shows_nothing(terminal: Terminal) -> None:
    with Meter("reading layers", colour=False, stream=terminal) as meter:
        Job("reading layers", meter.tell).advance(1)
    assert terminal.getvalue() == ""
