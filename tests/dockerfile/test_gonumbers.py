"""Numbers, durations and suggestions are Go's and BuildKit's."""

from __future__ import annotations

import pytest

from explorer.dockerfile.gonumbers import parse_bool, parse_duration, parse_size, parse_unsigned
from explorer.dockerfile.suggest import Suggester, did_you_mean, suggest


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("1ns", 1),
        ("1.5s", 1_500_000_000),
        ("-1m", -60_000_000_000),
        ("1h2m3s", 3_723_000_000_000),
        (".5ms", 500_000),
        ("1.s", 1_000_000_000),
        ("2µs", 2000),
    ],
)
def test_durations(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("5", 'time: missing unit in duration "5"'),
        ("5x", 'time: unknown unit "x" in duration "5x"'),
        (".s", 'time: invalid duration ".s"'),
        ("s", 'time: invalid duration "s"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
    ],
)
def test_what_is_no_duration(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="time:") as caught:
        parse_duration(text)
    assert str(caught.value) == message


def test_truth_values_and_numbers() -> None:
    assert [parse_bool(text) for text in ("1", "T", "true", "0", "False")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert parse_bool("yes") is None
    assert [parse_unsigned(t, 8) for t in ("755", "8", "", "-1")] == [0o755, None, None, None]
    assert parse_unsigned("4294967296") is None


@pytest.mark.parametrize("text", ["", "x", "1x", "1bb", "-1", "1kx", "1 000"])
def test_what_is_no_size(text: str) -> None:
    assert parse_size(text) is None


def test_a_suggestion_is_at_most_two_edits_away() -> None:
    assert suggest("PAHT", ["HOME", "PATH"]) == "PATH"
    assert suggest("XAHTX", ["PATH"]) == ""
    assert suggest("PATH", ["PATHS", "PATH"]) == ""
    assert suggest("x" * 1000, ["x" * 999]) == ""


def test_a_suggestion_takes_the_case_of_the_word() -> None:
    assert did_you_mean("no cpoy", "cpoy", ["COPY"], ignore_case=True) == (
        "no cpoy (did you mean copy?)"
    )
    assert did_you_mean("no XYZ", "XYZ", ["COPY"], ignore_case=True) == "no XYZ"


def test_a_file_full_of_mistakes_gets_few_suggestions() -> None:
    suggester = Suggester()
    found = [suggester("aa", ["aaa"]) for _ in range(100)]
    assert found[0] == "aaa"
    assert found[-1] == ""
