"""Cycles are collected on the window's thread only."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer

from explorer.ui.garbage import Collector, key_pressed
from explorer.ui.tasks import run_in_thread


@pytest.fixture
def collector(qapp: QObject) -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made


class Cycle(QObject):
    """Keeps itself alive, as a widget does whose handler refers to it."""

    def __init__(self) -> None:
        super().__init__()
        self.timer = QTimer(self)
        self.timer.start(1000)
        self.itself = self


def allocate() -> int:
    """Allocate more than enough for automatic collection to set in."""
    return len([[] for _ in range(100_000)])


async def test_a_thread_that_allocates_collects_nothing(collector: Collector) -> None:
    gone: list[str] = []
    Cycle().destroyed.connect(lambda: gone.append(threading.current_thread().name))
    await run_in_thread(allocate)
    gc.collect()
    assert gone == [threading.current_thread().name]


def test_what_is_due_is_collected(collector: Collector) -> None:
    gone: list[bool] = []
    Cycle().destroyed.connect(lambda: gone.append(True))
    kept = [[] for _ in range(gc.get_threshold()[0] + 100)]
    collector.collect_if_due()
    assert gone == [True]
    assert kept


def test_nothing_is_collected_before_it_is_due(collector: Collector) -> None:
    gc.collect()
    assert collector.collect_if_due() == 0


async def test_what_a_thread_was_called_with_is_let_go_on_the_loop() -> None:
    gone: list[threading.Thread] = []

    class Callee:
        def __call__(self) -> int:
            return 7

        def __del__(self) -> None:
            gone.append(threading.current_thread())

    assert await run_in_thread(Callee()) == 7
    gc.collect()
    assert gone == [threading.current_thread()]


def test_what_has_settled_is_not_looked_at_again(collector: Collector) -> None:
    kept: list[list[int]] = [[] for _ in range(1000)]
    collector.settle()
    before = gc.get_freeze_count()
    assert before >= len(kept)
    assert gc.collect(0) == 0
    assert gc.get_freeze_count() > before - len(kept)  # some other thread's may have ended


def test_nothing_is_collected_while_it_is_held(collector: Collector) -> None:
    collector.hold(True)
    assert not collector.is_at_work
    collector.hold(False)
    assert collector.is_at_work


def make_due() -> None:
    """Let the second generation be due."""
    gc.collect()
    thresholds = gc.get_threshold()
    for _ in range(thresholds[1] + 2):
        gc.collect(0)


async def test_older_generations_wait_while_somebody_types(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("explorer.ui.garbage.time.monotonic", lambda: clock[0])
    make_due()
    before = gc.get_count()[1]
    key_pressed()
    clock[0] += 0.5
    collector.collect_if_due()
    assert gc.get_count()[1] >= before
    clock[0] += 1.0
    collector.collect_if_due()
    assert gc.get_count()[1] < before


async def test_typing_without_a_rest_does_not_put_it_off_for_ever(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("explorer.ui.garbage.time.monotonic", lambda: clock[0])
    make_due()
    before = gc.get_count()[1]
    for _ in range(100):
        clock[0] += 0.5
        key_pressed()
        collector.collect_if_due()
    assert gc.get_count()[1] < before
