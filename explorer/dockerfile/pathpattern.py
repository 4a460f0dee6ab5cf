"""One pattern of an ignore file, with the semantics of moby/patternmatcher on Unix.

``*`` and ``?`` stop at slashes, ``**`` does not, and ``**/`` also matches nothing. One oddity is
kept because builds depend on it: ``**`` before a plain name matches by suffix, so ``**file`` also
finds ``dir/myfile``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from explorer.dockerfile.pathterms import OPEN_TERMS, Term, TermKind, read_terms
from explorer.dockerfile.simulation import Simulation

Match: TypeAlias = Callable[[str], bool]

_PLAIN: Final = frozenset({TermKind.LITERAL, TermKind.ESCAPED})
# A regular expression may try every way to share a path among its open terms.
_MOST_OPEN: Final = 2


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A cleaned pattern; ``matches`` tells whether a slash-separated path is one of its."""

    text: str
    terms: tuple[Term, ...] = field(repr=False)
    matches: Match = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> PathPattern:
        """Read a pattern that is already cleaned.

        Raises:
            BadPatternError: Go's ``filepath.Match`` refuses it.
        """
        terms = read_terms(text)
        return cls(text, terms, _matcher(text, terms))

    @property
    def literal_start(self) -> str:
        """The characters that every match begins with."""
        start = ""
        for term in self.terms:
            if term.kind not in _PLAIN:
                break
            start += term.char
        return start

    @property
    def is_literal(self) -> bool:
        """Whether it names one path and has no wildcard."""
        return all(term.kind in _PLAIN for term in self.terms)


def _matcher(text: str, terms: tuple[Term, ...]) -> Match:
    if all(term.kind in _PLAIN for term in terms):
        return "".join(term.char for term in terms).__eq__
    first, *rest = terms
    if first.kind is TermKind.REST:
        return lambda path: True
    if first.kind is TermKind.DEEP and all(term.kind is TermKind.LITERAL for term in rest):
        suffix = text.removeprefix("**")
        return lambda path: path.endswith(suffix) or f"/{path}" == suffix
    if sum(term.kind in OPEN_TERMS for term in terms) > _MOST_OPEN:
        return Simulation(terms).matches
    compiled = re.compile("".join(map(_expression, terms)), re.DOTALL)
    return lambda path: compiled.fullmatch(path) is not None


def _expression(term: Term) -> str:
    match term.kind:
        case TermKind.CLASS:
            ranges = "".join(f"{re.escape(a)}-{re.escape(b)}" for a, b in term.ranges)
            return f"[{'^' if term.negated else ''}{ranges}]"
        case TermKind.ONE:
            return "[^/]"
        case TermKind.STAR:
            return "[^/]*"
        case TermKind.DEEP:
            return "(?:.*/)?"
        case TermKind.REST:
            return ".*"
    return re.escape(term.char)
