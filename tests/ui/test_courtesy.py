"""Threads at work let the window go first, and are never held up for long."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.ui import courtesy
from explorer.ui.courtesy import PoliteJob, Pulse
from explorer.ui.tasks import Operation, tasks
from tests.ui.waiting import until


def passes(pulse: Pulse) -> threading.Event:
    """Whether a thread that gives way goes on; waited for by the caller."""
    going_on = threading.Event()

    def work() -> None:
        pulse.give_way()
        going_on.set()

    threading.Thread(target=work, daemon=True).start()
    return going_on


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulse(qapp: QObject, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    """A pulse whose threads wait for the next beat as long as it takes."""
    monkeypatch.setattr(courtesy, "_PATIENCE", 60.0)
    return Pulse(clock=clock)


def test_a_thread_does_not_pause_while_the_window_answers(pulse: Pulse, clock: Clock) -> None:
    pulse.beat()
    clock.now += 0.001
    assert passes(pulse).wait(10)


def test_a_thread_pauses_while_the_window_is_busy_until_it_answers(
    pulse: Pulse, clock: Clock
) -> None:
    pulse.beat()
    clock.now += 1
    going_on = passes(pulse)
    assert not going_on.wait(0.05)
    pulse.beat()
    assert going_on.wait(10)


def test_the_thread_of_the_window_never_waits_for_itself(pulse: Pulse, clock: Clock) -> None:
    pulse.beat()
    clock.now += 1
    pulse.give_way()


def test_the_pause_ends_even_if_the_window_stays_busy(
    pulse: Pulse, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courtesy, "_PATIENCE", 0.001)
    pulse.beat()
    clock.now += 1
    assert passes(pulse).wait(10)


def test_nobody_waits_for_a_pulse_that_rests(pulse: Pulse, clock: Clock) -> None:
    assert passes(pulse).wait(10)
    pulse.beat()
    clock.now += 1
    pulse.stop()
    assert passes(pulse).wait(10)


def test_a_job_gives_way_with_every_step() -> None:
    steps: list[str] = []
    job = PoliteJob("work", lambda _progress: None, lambda: steps.append("way"))
    job.check()
    job.advance(5)
    assert steps == ["way", "way"]


def test_a_cancelled_job_ends_without_giving_way() -> None:
    job = PoliteJob("work", lambda _progress: None, lambda: pytest.fail("waited"))
    job.cancel()
    with pytest.raises(Cancelled):
        job.check()


async def test_the_pulse_beats_while_anything_is_under_way(qapp: QObject) -> None:
    owner, done = QObject(), threading.Event()

    def work(job: Job) -> None:
        assert isinstance(job, PoliteJob)
        done.wait(10)

    Operation(owner, "Working").work(work).start()
    assert tasks().pulse.is_beating
    done.set()
    await until(lambda: not tasks().running)
    assert not tasks().pulse.is_beating
