"""Builds that are remembered, and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.runs import BuildHistory, BuildState, compare, history, record
from explorer.build.runs.step import StepRun
from explorer.errors import ExplorerError, NotFound
from tests.build.runs.telling import DIGEST, built, failed


def shown(step: StepRun) -> tuple[object, ...]:
    return step.info, step.state, step.because, step.layer, step.message, step.code


def test_a_build_survives(tmp_path: Path) -> None:
    log = built()
    BuildHistory.at(tmp_path).add(log)
    again = BuildHistory.at(tmp_path)
    (summary,) = again.summaries()
    assert (summary.state, summary.steps, summary.cached) == (BuildState.DONE, 4, 1)
    assert (summary.seconds, summary.digest) == (2.6, DIGEST)
    loaded = again.load(summary.name)
    assert loaded.end == log.end
    assert [shown(s) for s in loaded.steps.values()] == [shown(s) for s in log.steps.values()]
    assert loaded.steps["0.1"].output.line(0) == log.steps["0.1"].output.line(0)
    assert loaded.totals() == log.totals()


def test_a_failure_is_remembered_with_what_was_printed(tmp_path: Path) -> None:
    past = BuildHistory.at(tmp_path)
    summary = past.add(failed())
    assert (summary.message, summary.line) == ("exit code 127", 4)
    loaded = past.load(summary.name)
    assert loaded.failed_step is loaded.steps["0.1"]
    assert loaded.steps["0.1"].output.raw(0) == b"npm: not \xff found"


def test_the_newest_comes_first_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_BUILDS", 3)
    past = BuildHistory.at(tmp_path)
    names = [past.add(built()).name for _ in range(5)]
    assert [s.name for s in past.summaries()] == names[:1:-1]


def test_builds_of_one_dockerfile(tmp_path: Path) -> None:
    past = BuildHistory.at(tmp_path)
    past.add(built())
    assert len(past.summaries("/work/Dockerfile")) == 1
    assert past.summaries("/other/Dockerfile") == []


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]\n", b'{"version":1}\n', b"\xff\xfe\n", b"[" * 100_000 + b"\n"],
)
def test_a_damaged_record_is_passed_over(tmp_path: Path, damage: bytes) -> None:
    past = BuildHistory.at(tmp_path)
    name = past.add(built()).name
    next(tmp_path.rglob(name)).write_bytes(damage)
    assert past.summaries() == []
    with pytest.raises(ExplorerError):
        past.load(name)


def test_a_record_that_was_cut_short_is_told_so(tmp_path: Path) -> None:
    past = BuildHistory.at(tmp_path)
    name = past.add(built()).name
    path = next(tmp_path.rglob(name))
    path.write_bytes(path.read_bytes()[:-40])
    assert len(past.summaries()) == 1
    with pytest.raises(ExplorerError):
        past.load(name)


def test_only_names_of_builds_are_loaded(tmp_path: Path) -> None:
    for name in ("../secret.build", "nothing.txt", "gone.build"):
        with pytest.raises(NotFound):
            BuildHistory.at(tmp_path).load(name)


def test_only_the_end_of_much_output_is_kept(tmp_path: Path) -> None:
    log = built()
    log.steps["0.1"].output.feed(b"more and more\n" * 100_000)
    past = BuildHistory.at(tmp_path)
    name = past.add(log).name
    assert next(tmp_path.rglob(name)).stat().st_size < 2 * record.TAIL
    output = past.load(name).steps["0.1"].output
    assert output.size > 1_400_000
    assert output.text(output.end - 1) == "more and more"


def test_steps_are_compared_in_pairs() -> None:
    found = compare(failed(), built())
    pairs = {pair.step.id: pair for pair in found.pairs}
    assert pairs["0.0"].same_layer is True
    assert pairs["0.0"].seconds == (0.0, 0.0)
    assert pairs["0.1"].same_layer is None
    before, after = pairs["0.1"].seconds
    assert (round(before or 0, 3), round(after or 0, 3)) == (0.8, 2.0)
    assert round(pairs["0.1"].slower_by or 0, 3) == 1.2


def test_steps_that_only_one_build_has_stand_alone() -> None:
    one, other = built(), built()
    del one.steps["0.0"], other.steps["1.0"]
    pairs = compare(one, other).pairs
    assert [(p.before and p.before.id, p.after and p.after.id) for p in pairs] == [
        (None, "0.0"),
        ("0.1", "0.1"),
        ("2.0", "2.0"),
        ("1.0", None),
    ]
