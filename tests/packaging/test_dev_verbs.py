import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from devkit import verbs
from devkit.environment import Environment
from devkit.trouble import DevError


class Ready(Environment):
    """An environment that is ready and runs on this very interpreter."""

    def ensure(self, *extras: str) -> None:
        pass

    @property
    def python(self) -> Path:
        return Path(sys.executable)


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that would have replaced this process."""
    seen: list[list[str]] = []

    def hand_over(environment: Environment, arguments: Sequence[str]) -> int:
        seen.append(list(arguments))
        return 0

    monkeypatch.setattr(verbs, "_hand_over", hand_over)
    return seen


def see(monkeypatch: pytest.MonkeyPatch, *, displays: tuple[str, ...], absent: list[str]) -> None:
    monkeypatch.setattr(verbs.display, "platforms", lambda environment: displays)
    monkeypatch.setattr(verbs.libraries, "provide", lambda folder, pyside, platforms: absent)


def test_run_opens_the_window_on_a_display(
    tmp_path: Path, handed_over: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    see(monkeypatch, displays=("xcb",), absent=[])

    verbs.run(Ready(tmp_path), ["app.tar"])

    assert handed_over == [["-P", "-m", "explorer", "app.tar"]]


def test_run_prints_the_report_and_says_so_without_a_display(
    tmp_path: Path,
    handed_over: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    see(monkeypatch, displays=(), absent=[])

    verbs.run(Ready(tmp_path), ["app.tar"])

    assert handed_over == [["-P", "-m", "explorer", "report", "app.tar"]]
    assert "no display: showing the report in the terminal" in capsys.readouterr().err


def test_run_names_the_missing_libraries_and_prints_the_report(
    tmp_path: Path,
    handed_over: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    see(monkeypatch, displays=("xcb",), absent=["libxcb-cursor.so.0"])
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")

    verbs.run(Ready(tmp_path), [])

    assert handed_over == [["-P", "-m", "explorer", "report"]]
    assert "sudo apt-get install libxcb-cursor0" in capsys.readouterr().err


def test_tests_are_offscreen_unless_told_otherwise(
    tmp_path: Path, handed_over: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    see(monkeypatch, displays=(), absent=[])
    monkeypatch.setenv("QT_QPA_PLATFORM", "minimal")
    monkeypatch.delenv("QT_QPA_PLATFORM")

    verbs.test(Ready(tmp_path), ["-q"])

    assert verbs.os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert handed_over[0][-1] == "-q"


@pytest.mark.parametrize("arguments", [[], ["-q"], ["-m", "not slow"], ["-k", "overlay"]])
def test_the_whole_suite_is_spread_over_the_processors(arguments: list[str]) -> None:
    assert verbs.parallel_options(arguments, 2) == ["-n", "2"]


@pytest.mark.parametrize("arguments", [[__file__], [f"{__file__}::test_a"], ["--pdb"], ["-n0"]])
def test_a_part_or_a_debugger_runs_in_one_process(arguments: list[str]) -> None:
    assert verbs.parallel_options(arguments, 2) == []


def test_a_large_machine_is_not_flooded_with_workers() -> None:
    assert verbs.parallel_options([], 64) == ["-n", "4"]


def test_every_check_runs_even_after_one_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    checks = (
        ("first", ("-c", "raise SystemExit(1)")),
        ("second", ("-c", "print('second ran')")),
    )
    monkeypatch.setattr(verbs, "_CHECKS", checks)

    assert verbs.check(Ready(tmp_path), []) == 1
    out = capfd.readouterr().out
    assert "second ran" in out
    assert out.endswith("failed: first\n")


def test_checks_that_all_pass_succeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "_CHECKS", (("only", ("-c", "pass")),))

    assert verbs.check(Ready(tmp_path), []) == 0


def test_help_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["--help"]) == 0
    assert "run [IMAGE...]" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["destroy"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    assert verbs.main(arguments) == 2


def test_trouble_is_told_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(environment: Environment, arguments: Sequence[str]) -> int:
        raise DevError("could not do it", why="it rains", hint="wait")

    monkeypatch.setitem(verbs.VERBS, "run", fail)

    assert verbs.main(["run"]) == 1
    assert capsys.readouterr().err == "dev: could not do it\n  why: it rains\n  do:  wait\n"
