"""The parts of an instruction that white space separates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.statement import Statement
from explorer.dockerfile.words import Word

_WORDS: Final = frozenset({"ADD", "ARG", "COPY", "EXPOSE", "FROM", "VOLUME"})


@dataclass(frozen=True, slots=True)
class Atom:
    """A part that stays as it is; ``glue`` stands before it on the same line.

    Offsets count in the instruction's joined text.
    """

    start: int
    end: int
    glue: str = " "


def atoms_of(statement: Statement, text: str) -> Iterator[Atom]:
    """The parts of a statement in a joined text, in order."""
    yield _atom(statement.keyword)
    for flag in statement.flags:
        yield Atom(flag.start, flag.end)
    if statement.trigger is not None:
        # The image keeps it word for word, blanks included, up to the end of the line.
        yield Atom(statement.rest.start, len(text))
        return
    words = statement.words
    if statement.name == "HEALTHCHECK" and words:
        yield _atom(words[0])
        words = words[1:]
    yield from _arguments(statement, words, text)


def _arguments(statement: Statement, words: tuple[Word, ...], text: str) -> Iterator[Atom]:
    if statement.is_json:
        yield from _json(words, text, _start(statement), statement.rest.end)
    elif statement.pairs:
        for pair in statement.pairs:
            if pair.legacy:
                yield _atom(pair.key)
                yield _atom(pair.value)
            else:
                yield Atom(pair.key.start, pair.value.end)
    else:
        # A script, or a single text that may hold white space, is one word here.
        yield from map(_atom, words)


def _start(statement: Statement) -> int:
    """Where the arguments begin, after the kind of a HEALTHCHECK."""
    return statement.words[0].end if statement.name == "HEALTHCHECK" else statement.rest.start


def _json(words: tuple[Word, ...], text: str, start: int, end: int) -> Iterator[Atom]:
    opening = text.index("[", start)
    yield Atom(opening, opening + 1)
    before = ""
    at = opening + 1
    for word in words:
        if before:
            comma = text.index(",", at)
            yield Atom(comma, comma + 1, glue="")
        yield Atom(word.start, word.end, glue=before)
        before, at = " ", word.end
    yield Atom(end - 1, end, glue="")


def _atom(word: Word) -> Atom:
    return Atom(word.start, word.end)
