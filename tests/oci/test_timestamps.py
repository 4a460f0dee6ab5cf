"""Times follow RFC 3339, and tolerate what careless writers make of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.oci.timestamps import format_rfc3339_utc, parse_rfc3339


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
        ("2024-05-01t10:00:00z", "2024-05-01T10:00:00Z"),
        ("2024-05-01T10:00:00.123456789Z", "2024-05-01T10:00:00.123456Z"),
        ("2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00.500000Z"),
        ("2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z"),
        ("2024-05-01T04:30:00-05:30", "2024-05-01T10:00:00Z"),
        ("2024-05-01T12:00:00+0200", "2024-05-01T10:00:00Z"),
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z"),
        ("2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        (" 2024-05-01T10:00:00Z ", "2024-05-01T10:00:00Z"),
    ],
)
def test_a_moment_is_read_as_utc(text: str, expected: str) -> None:
    moment = parse_rfc3339(text)
    assert moment is not None
    assert format_rfc3339_utc(moment) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-05-01T25:00:00Z",
        "2024-05-01T10:00:00+99:99",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "0000-00-00T00:00:00Z",
        "٢٠٢٤-05-01T10:00:00Z",
        "2024-05-01T10:00:00." + "1" * 1000 + "Z",
        "2024-05-01",
    ],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert parse_rfc3339(text) is None


def test_a_time_without_zone_is_taken_as_utc() -> None:
    assert format_rfc3339_utc(datetime(2024, 5, 1)) == "2024-05-01T00:00:00Z"


@given(st.datetimes(min_value=datetime(1, 1, 2)))
def test_writing_and_reading_is_the_identity(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert parse_rfc3339(format_rfc3339_utc(moment)) == moment


@given(st.text(max_size=40))
def test_no_text_whatever_raises(text: str) -> None:
    moment = parse_rfc3339(text)
    assert moment is None or moment.tzinfo is UTC
