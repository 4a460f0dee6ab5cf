"""How sizes, times, counts and digests read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui import text


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (643, "643 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2100, "2.1 kB"),
        (9949, "9.9 kB"),
        (9950, "9.9 kB"),
        (9990, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (187_000_000, "187 MB"),
        (2_300_000_000, "2.3 GB"),
        (-31_000_000, "−31 MB"),
        (10**30, "1000000000000 EB"),
    ],
)
def test_sizes_have_at_most_three_figures(count: int, written: str) -> None:
    assert text.size(count) == written


@given(st.integers(0, 10**20))
def test_a_size_never_needs_more_than_three_figures(count: int) -> None:
    figures = text.size(count).split()[0]
    assert len(figures.replace(".", "")) <= 3


@given(st.integers(0, 10**18), st.integers(0, 10**18))
def test_a_larger_size_never_reads_smaller(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert _value(text.size(small)) <= _value(text.size(large))


def _value(written: str) -> float:
    figures, unit = written.split()
    return float(figures) * 1000 ** ("B", "kB", "MB", "GB", "TB", "PB", "EB").index(unit)


@pytest.mark.parametrize(
    ("count", "written"), [(38_000_000, "+38 MB"), (-400, "−400 B"), (0, "0 B")]
)
def test_differences_carry_their_sign(count: int, written: str) -> None:
    assert text.signed_size(count) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.42, "0.4 s"),
        (9.96, "10 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations_name_their_two_largest_parts(seconds: float, written: str) -> None:
    assert text.duration(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (3, "a few seconds left"),
        (5, "about 5 s left"),
        (17, "about 15 s left"),
        (130, "about 2 min left"),
        (59.9, "about 1 min left"),
        (4000, "about 1 h 5 min left"),
    ],
)
def test_time_to_go_is_rounded_to_what_one_can_know(seconds: float, written: str) -> None:
    assert text.remaining(seconds) == written


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0 files"), (1, "1 file"), (12345, "12,345 files")]
)
def test_plurals(number: int, written: str) -> None:
    assert text.plural(number, "file") == written


def test_irregular_plurals() -> None:
    assert text.plural(2, "entry", "entries") == "2 entries"


def test_exact_sizes_name_every_byte() -> None:
    assert text.exact_size(41_234_567) == "41,234,567 bytes"


def test_moments_are_told_from_now() -> None:
    now = datetime(2024, 5, 22, tzinfo=UTC)
    assert text.moment(now - timedelta(days=3), now=now) == "3 days ago"
    assert text.age(now - timedelta(days=3), now=now) == "3 days"


def test_exact_moments_are_in_utc() -> None:
    when = datetime(2024, 5, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    assert text.exact_moment(when) == "2024-05-01 12:30:00 UTC"


def test_digests_are_shortened_to_twelve_figures() -> None:
    assert text.short_digest("sha256:" + "9f1c2ab34d5e" + "0" * 52) == "9f1c2ab34d5e"


@given(st.text(), st.integers(1, 50))
def test_shortened_texts_fit(whole: str, limit: int) -> None:
    shown = text.middle_elided(whole, limit)
    assert len(shown) <= max(limit, 1)
    assert shown == whole or "…" in shown


def test_shortened_texts_keep_both_ends() -> None:
    assert text.middle_elided("/usr/share/doc/readme.txt", 11) == "/usr/…e.txt"


def test_mnemonics_are_not_read_out() -> None:
    assert text.without_mnemonic("&Save && close") == "Save & close"
