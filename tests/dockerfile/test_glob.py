"""Patterns match what trying everything would match."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.glob import Glob

PATTERNS = st.text(alphabet="ab*?", max_size=7)
VALUES = st.text(alphabet="ab\n", max_size=9)


def matches(pattern: str, value: str) -> bool:
    """The definition, by recursion."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return any(matches(pattern[1:], value[i:]) for i in range(len(value) + 1))
    return bool(value) and pattern[0] in ("?", value[0]) and matches(pattern[1:], value[1:])


def ends(pattern: str, value: str, start: int = 0) -> list[int]:
    return [e for e in range(start, len(value) + 1) if matches(pattern, value[start:e])]


@given(PATTERNS, VALUES)
def test_prefixes_are_the_shortest_and_the_longest(pattern: str, value: str) -> None:
    found = ends(pattern, value)
    glob = Glob.parse(pattern)
    assert glob.without_prefix(value, longest=False) == value[min(found, default=0) :]
    assert glob.without_prefix(value, longest=True) == value[max(found, default=0) :]


@given(PATTERNS, VALUES)
def test_suffixes_are_the_shortest_and_the_longest(pattern: str, value: str) -> None:
    starts = [s for s in range(len(value) + 1) if matches(pattern, value[s:])]
    glob = Glob.parse(pattern)
    assert glob.without_suffix(value, longest=False) == value[: max(starts, default=len(value))]
    assert glob.without_suffix(value, longest=True) == value[: min(starts, default=len(value))]


@given(PATTERNS, VALUES)
def test_the_first_and_longest_match_is_replaced(pattern: str, value: str) -> None:
    places = ((s, max(ends(pattern, value, s), default=-1)) for s in range(len(value) + 1))
    found = next(((s, e) for s, e in places if e >= 0), None)
    wanted = value if found is None else f"{value[: found[0]]}<{value[found[1] :]}"
    assert Glob.parse(pattern).replaced(value, "<", every=False) == wanted


@given(PATTERNS, VALUES)
def test_replacing_every_match_leaves_none_but_empty_ones(pattern: str, value: str) -> None:
    replaced = Glob.parse(pattern).replaced(value, "<", every=True)
    for part in replaced.split("<"):
        inner = ((s, e) for s in range(len(part)) for e in ends(pattern, part, s) if e > s)
        assert next(inner, None) is None
