"""Numbers as people type and read them."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from explorer.cli import numbers, text
from explorer.filesystem.entry import Entry, EntryType


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("0", 0), ("10", 10), ("10B", 10), ("10k", 10_000), ("10 KB", 10_000), ("10M", 10_000_000),
        ("1.5G", 1_500_000_000), ("1Ki", 1024), ("1kib", 1024), ("2MiB", 2 << 20),
        ("0.5 Gi", 1 << 29), ("123456789012345678", 123456789012345678),
    ],
)  # fmt: skip
def test_sizes(typed: str, count: int) -> None:
    assert numbers.size(typed) == count


@pytest.mark.parametrize("typed", ["", "M", "-1", "1e3", "10X", "1i", "1.M", "0x10", "٣", "1 2"])
def test_what_is_no_size(typed: str) -> None:
    with pytest.raises(click.BadParameter):
        numbers.size(typed)


@pytest.mark.parametrize(("typed", "value"), [("5", 5), ("2.5%", 2.5), ("100", 100), ("0", 0)])
def test_percentages(typed: str, value: float) -> None:
    assert numbers.percent(typed) == value


@pytest.mark.parametrize(("typed", "value"), [("0.95", 0.95), ("95%", 0.95), ("1", 1), ("0", 0)])
def test_ratios(typed: str, value: float) -> None:
    assert numbers.ratio(typed) == value


@pytest.mark.parametrize(
    ("typed", "layers"), [("2..5", (2, 5)), ("5..2", (5, 2)), ("..5", (-1, 5)), ("2..", (2, None))]
)
def test_ranges_of_layers(typed: str, layers: tuple[int, int | None]) -> None:
    assert numbers.layer_range(typed) == layers


@pytest.mark.parametrize("typed", ["", "..", "3", "2-5", "a..b", "-1..2"])
def test_what_is_no_range(typed: str) -> None:
    with pytest.raises(click.BadParameter):
        numbers.layer_range(typed)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_960, "10 kB"), (999_499, "999 kB"),
        (999_500, "1.0 MB"), (-31_000_000, "−31 MB"), (2**62, "4.6 EB"),
    ],
)  # fmt: skip
def test_sizes_are_shown_in_at_most_three_figures(count: int, shown: str) -> None:
    assert text.size(count) == shown


def test_a_difference_shows_its_sign() -> None:
    assert [text.signed_size(count) for count in (5, 0, -5)] == ["+5 B", "0 B", "−5 B"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0.0 %"), (0.01, "< 0.1 %"), (2.62, "2.6 %"), (33.3, "33 %"), (99.95, "> 99.9 %"),
     (99.5, "99.5 %"), (100, "100.0 %")],
)  # fmt: skip
def test_percentages_are_never_rounded_to_nothing_or_all(value: float, shown: str) -> None:
    assert text.percent(value) == shown


@pytest.mark.parametrize(
    ("kind", "mode", "shown"),
    [
        (EntryType.FILE, 0o4755, "-rwsr-xr-x"),
        (EntryType.DIR, 0o1777, "drwxrwxrwt"),
        (EntryType.SYMLINK, 0o777, "lrwxrwxrwx"),
        (EntryType.HARDLINK, 0o644, "-rw-r--r--"),
        (EntryType.CHAR, 0o666, "crw-rw-rw-"),
        (EntryType.FIFO, 0o600, "prw-------"),
        (EntryType.WHITEOUT, 0, "whiteout"),
        (EntryType.OPAQUE, 0, "opaque"),
    ],
)
def test_modes_as_ls_writes_them(kind: EntryType, mode: int, shown: str) -> None:
    assert text.mode(Entry(b"/x", kind, mode)) == shown


def test_times_are_in_utc() -> None:
    assert text.time(1_704_067_259_999_999_999) == "2024-01-01 00:00"
    assert text.time(-1) == "1969-12-31 23:59"
    assert text.moment(datetime(2024, 1, 1, tzinfo=UTC)) == "2024-01-01 00:00:00 UTC"
    assert text.moment(None) == ""


def test_plurals() -> None:
    assert text.plural(1, "file") == "1 file"
    assert text.plural(12_345, "entry", "entries") == "12,345 entries"
