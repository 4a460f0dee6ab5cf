"""What is kept between previews, and what has to go."""

from __future__ import annotations

from explorer.build.preview.keeping import Kept


def test_the_oldest_goes_when_there_are_too_many() -> None:
    kept = Kept[str](2, 1000, len)
    for key in "abc":
        kept.put(key, key)
    assert [kept.get(key) for key in "abc"] == [None, "b", "c"]


def test_the_oldest_go_when_they_are_too_large_together() -> None:
    kept = Kept[str](10, 10, len)
    kept.put("a", "x" * 4)
    kept.put("b", "x" * 4)
    kept.put("c", "x" * 6)
    assert [key for key in "abc" if kept.get(key)] == ["b", "c"]


def test_what_was_used_last_stays() -> None:
    kept = Kept[str](2, 1000, len)
    kept.put("a", "A")
    kept.put("b", "B")
    assert kept.take("a", lambda: "never") == "A"
    kept.put("c", "C")
    assert (kept.get("a"), kept.get("b")) == ("A", None)


def test_one_that_is_too_large_for_all_room_is_kept_alone() -> None:
    kept = Kept[str](10, 10, len)
    kept.put("a", "A")
    kept.put("b", "x" * 100)
    assert len(kept) == 1
    kept.put("b", "y")
    kept.put("c", "z")
    assert len(kept) == 2
