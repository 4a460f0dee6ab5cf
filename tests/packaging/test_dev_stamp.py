from dataclasses import replace
from pathlib import Path

import pytest
from devkit.stamp import Action, Stamp, decide, digest_of, package_names

WANTED = Stamp(
    interpreter="/usr/bin/python3 3.11.2",
    location="/home/ann/layerscope/.venv",
    project="9f86d081",
    extras=("dev",),
)
FINISHED = replace(WANTED, packages=("numpy", "numpy.dist-info"))
PRESENT = frozenset({"numpy", "numpy.dist-info", "pip"})


def test_a_finished_environment_needs_nothing() -> None:
    assert decide(FINISHED, WANTED, PRESENT).action is Action.NOTHING


def test_an_environment_with_more_extras_than_wanted_needs_nothing() -> None:
    assert decide(FINISHED, replace(WANTED, extras=()), PRESENT).action is Action.NOTHING


def test_an_interrupted_installation_left_no_stamp_and_is_made_again() -> None:
    assert decide(None, WANTED, PRESENT).action is Action.REBUILD


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (replace(WANTED, interpreter="/usr/bin/python3 3.13.5"), "another Python"),
        (replace(WANTED, location="/srv/layerscope/.venv"), "moved"),
    ],
)
def test_another_interpreter_or_place_makes_it_again(changed: Stamp, reason: str) -> None:
    decision = decide(FINISHED, changed, PRESENT)

    assert decision.action is Action.REBUILD
    assert reason in decision.reason


def test_a_lost_package_is_damage_and_is_named() -> None:
    decision = decide(FINISHED, WANTED, PRESENT - {"numpy"})

    assert decision.action is Action.REBUILD
    assert "numpy" in decision.reason


def test_a_changed_pyproject_installs_into_the_environment_that_is_there() -> None:
    assert decide(FINISHED, replace(WANTED, project="5e884898"), PRESENT).action is Action.INSTALL


def test_an_extra_not_yet_installed_is_installed() -> None:
    without = replace(FINISHED, extras=())

    assert decide(without, WANTED, PRESENT).action is Action.INSTALL


def test_a_stamp_reads_back_as_it_was_written() -> None:
    assert Stamp.parse(str(FINISHED)) == FINISHED


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", str(FINISHED)[:-20]])
def test_half_a_stamp_is_no_stamp(text: str) -> None:
    assert Stamp.parse(text) is None


def test_an_upgrade_by_hand_is_not_damage() -> None:
    before = package_names(["ruff-0.6.1.dist-info", "ruff", "__pycache__"])
    after = package_names(["ruff-0.7.0.dist-info", "ruff"])

    assert before == after == {"ruff", "ruff.dist-info"}


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_bytes(b"a = 1\n")
    first = digest_of(project)
    project.write_bytes(b"a = 2\n")

    assert first != digest_of(project)
