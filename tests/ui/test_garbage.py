"""Cycles are collected on the window's thread only."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer

from explorer.ui.garbage import Collector
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
    assert gc.get_freeze_count() == before


def test_nothing_is_collected_while_it_is_held(collector: Collector) -> None:
    collector.hold(True)
    assert not collector.is_at_work
    collector.hold(False)
    assert collector.is_at_work
