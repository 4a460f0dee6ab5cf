"""Which items fit what is typed."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.completing.ranking import MOST, fit, ranked


@pytest.mark.parametrize(
    ("typed", "label", "quality"),
    [
        ("", "anything", 0),
        ("ab", "abc", 0),
        ("AB", "abc", 0),
        ("--fr", "--from=", 0),
        ("fr", "--from=", 0),
        ("bar", "foo-bar", 1),
        ("Bar", "fooBar", 1),
        ("ar", "bar", 2),
        ("fb", "foobar", 3),
        ("ob", "foobar", 2),
        ("or", "foobar", None),
        ("x", "foobar", None),
        ("foobarx", "foobar", None),
    ],
)
def test_how_well_a_label_fits(typed: str, label: str, quality: int | None) -> None:
    assert fit(typed, label) == quality


def test_equally_good_ones_keep_their_order_and_come_once() -> None:
    items = ["xb", "b2", "b1", "b2"]
    assert ranked("b", items, str) == ("b2", "b1", "xb")


def test_no_more_than_can_be_shown() -> None:
    assert len(ranked("", map(str, range(10_000)), str)) == MOST
