"""Matching a path against terms with many wildcards, in bounded time."""

from __future__ import annotations

from explorer.dockerfile.pathterms import OPEN_TERMS, Term, TermKind


class Simulation:
    """Follows all ways to match at once, so the time is at most path times pattern.

    State ``2 * i`` is before term i; ``2 * i + 1`` is inside what a ``**/`` skips.
    """

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self._terms = terms
        self._end = 2 * len(terms)

    def matches(self, path: str) -> bool:
        """Whether the terms match all of a path."""
        states = self._closed({0})
        for char in path:
            states = self._closed({after for state in states for after in self._step(state, char)})
            if not states:
                return False
        return self._end in states

    def _step(self, state: int, char: str) -> tuple[int, ...]:
        if state == self._end:
            return ()
        term, following = self._terms[state // 2], (state // 2 + 1) * 2
        if term.kind is TermKind.DEEP:
            inside = state | 1
            return (inside, following) if char == "/" else (inside,)
        if term.kind is TermKind.REST or (term.kind is TermKind.STAR and char != "/"):
            return (state,)
        return (following,) if term.kind is not TermKind.STAR and term.takes(char) else ()

    def _closed(self, states: set[int]) -> set[int]:
        """The states with those reached by matching nothing."""
        for state in sorted(states):
            at = state
            while at < self._end and at % 2 == 0 and self._terms[at // 2].kind in OPEN_TERMS:
                at += 2
                states.add(at)
        return states
