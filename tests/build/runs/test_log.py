"""A build folded from its events."""

from __future__ import annotations

from explorer.build.events import Finished, Log, Planned, Started, Stopped
from explorer.build.runs import BuildLog, BuildState, StepState
from tests.build.runs.telling import PLAN, built, failed, info


def states(log: BuildLog) -> dict[str, StepState]:
    return {step.id: step.state for step in log.steps.values()}


def test_steps_are_grouped_by_stage() -> None:
    assert [(s.title, [step.id for step in s.steps]) for s in built().stages] == [
        ("deps", ["0.0", "0.1"]),
        ("assets", ["1.0"]),
        ("final", ["2.0"]),
    ]


def test_a_build_that_went_well() -> None:
    log = built()
    assert log.state is BuildState.DONE
    assert states(log)["0.0"] is StepState.CACHED
    assert states(log)["0.1"] is StepState.DONE
    assert log.steps["0.1"].because == ("package.json changed",)
    assert log.steps["0.1"].seconds(99) == 2.0
    assert log.steps["0.0"].seconds(99) is None
    assert log.failed_step is None


def test_totals_tell_time_and_parallelism() -> None:
    totals = built().totals()
    assert round(totals.wall, 3) == 2.6
    assert round(totals.accumulated, 3) == 3.2
    assert round(totals.busy, 3) == 2.2
    assert totals.most_at_once == 2
    assert (totals.steps, totals.over, totals.cached) == (4, 4, 1)
    assert totals.cached_share == 0.25
    assert totals.added == 5500


def test_a_failure_names_its_step_and_ends_the_others() -> None:
    log = failed()
    assert log.state is BuildState.FAILED
    assert log.failed_step is log.steps["0.1"]
    assert log.steps["0.1"].code == 127
    assert states(log)["1.0"] is StepState.STOPPED
    assert states(log)["2.0"] is StepState.SKIPPED


def test_a_stopped_build_leaves_nothing_running() -> None:
    log = BuildLog("Dockerfile")
    for event in (PLAN, Started("0.1", 0.5), Stopped(3.0)):
        log.take(event)
    assert log.state is BuildState.STOPPED
    assert log.steps["0.1"].state is StepState.STOPPED
    assert log.steps["0.1"].seconds(0) == 2.5


def test_time_runs_on_for_what_runs() -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    log.take(Started("0.1", 1.0))
    assert log.steps["0.1"].seconds(4.0) == 3.0
    assert log.totals(4.0).wall == 4.0


def test_what_changed_is_told_once() -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    assert log.drain() == {"0.0", "0.1", "1.0", "2.0"}
    log.take(Log("0.1", 0.1, 1, b"x"))
    assert log.drain() == {"0.1"}
    assert log.drain() == set()


def test_more_steps_can_follow() -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    version = log.version
    log.take(Planned((info("3.0", "late", "RUN late"),)))
    assert log.version > version
    assert [stage.title for stage in log.stages][-1] == "late"


def test_a_step_that_nobody_planned_is_shown_all_the_same() -> None:
    log = BuildLog("Dockerfile")
    log.take(Started("digest", 0.1))
    log.take(Finished("digest", 1.0, 0.9))
    assert log.steps["digest"].state is StepState.DONE
