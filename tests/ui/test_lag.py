"""The meter that tells how long the event loop was away."""

from __future__ import annotations

import time

from pytestqt.qtbot import QtBot

from explorer.ui.lag import LagMeter


def test_lag_is_what_a_tick_came_late() -> None:
    times = iter([0.0, 0.002, 0.054, 0.056])
    meter = LagMeter(interval=2, clock=lambda: next(times))
    meter.start()
    for _ in range(2):
        meter.tick()
    assert [round(lag, 3) for lag in meter.lags] == [0.0, 0.05]
    assert round(meter.stop(), 3) == 0.05


def test_the_process_itself_computed_for_no_longer_than_the_loop_was_away() -> None:
    times, busy = iter([0.0, 0.052, 0.104]), iter([0.0, 0.03, 0.2])
    meter = LagMeter(interval=2, clock=lambda: next(times), cpu=lambda: next(busy))
    meter.start()
    meter.tick()
    assert round(meter.computed, 3) == 0.03
    meter.stop()
    assert round(meter.computed, 3) == 0.05


def test_a_blocked_loop_is_noticed_even_at_the_end(qtbot: QtBot) -> None:
    with LagMeter() as meter:
        time.sleep(0.05)
    assert meter.longest >= 0.04


def test_percentiles() -> None:
    meter = LagMeter()
    meter.lags = [n / 100 for n in range(100)]
    assert meter.percentile(99) == 0.99
    assert meter.percentile(50) == 0.5
