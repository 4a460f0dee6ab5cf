"""How fast, and how long still."""

from __future__ import annotations

from explorer.ui.rates import RateMeter


def meter(*samples: tuple[float, int]) -> RateMeter:
    made = RateMeter(window=3)
    for now, done in samples:
        made.add(now, done)
    return made


def test_nothing_is_claimed_too_early() -> None:
    assert meter((0, 0)).rate is None
    assert meter((0, 0), (0.1, 1000)).rate is None


def test_rate_is_bytes_a_second() -> None:
    assert meter((0, 0), (1, 500), (2, 1000)).rate == 500


def test_a_burst_long_ago_is_forgotten() -> None:
    assert meter((0, 0), (1, 10_000), (5, 10_400), (6, 10_500)).rate == 100


def test_a_stall_shows() -> None:
    assert meter((0, 0), (1, 1000), (5, 1000), (9, 1000)).rate == 0


def test_time_to_go() -> None:
    assert meter((0, 0), (2, 1000)).remaining(3000) == 4


def test_time_to_go_is_unknown_without_an_end_or_in_a_stall() -> None:
    assert meter((0, 0), (2, 1000)).remaining(None) is None
    assert meter((0, 5), (2, 5)).remaining(10) is None
