"""What the parts of an instruction are, in its joined text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.header import Header
from explorer.dockerfile.statement import MAX_LENGTH, Statement
from explorer.dockerfile.tokenkind import TokenKind
from explorer.dockerfile.variables import header_references
from explorer.dockerfile.words import Pair, Word, split_pair

_SHELL_FORM: Final = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_SPACE_OR_NOT: Final = re.compile(f"[{SPACE}]+|[^{SPACE}]+")


class Leaf(NamedTuple):
    """A stretch of text of one kind."""

    start: int
    end: int
    kind: TokenKind


def header_leaves(header: Header) -> list[Leaf]:
    """The leaves of an instruction's joined text, all of it, in order."""
    text = header.line.text
    if len(text) > MAX_LENGTH:
        return [Leaf(0, len(text), TokenKind.TEXT)]
    statement = header.statement
    special = [Leaf(m.start, m.end, TokenKind.HEREDOC_MARKER) for m in header.markers]
    special += [Leaf(r.start, r.end, TokenKind.VARIABLE) for r in header_references(header)]
    leaves = (leaf for leaf in _statement(statement) if leaf.end > leaf.start)
    rest = TokenKind.PUNCTUATION if _is_json(statement) else TokenKind.TEXT
    return list(overlaid(_filled(leaves, text, rest), outermost(special)))


def outermost(leaves: Iterable[Leaf]) -> list[Leaf]:
    """The leaves in order, without those that begin inside another one."""
    kept: list[Leaf] = []
    for leaf in sorted(leaves, key=lambda leaf: (leaf.start, -leaf.end)):
        if not kept or leaf.start >= kept[-1].end:
            kept.append(leaf)
    return kept


def overlaid(leaves: Iterable[Leaf], special: list[Leaf]) -> Iterator[Leaf]:
    """The leaves with parts of them replaced; ``special`` is in order and does not overlap."""
    index = 0
    for start, end, kind in leaves:
        at = start
        while index < len(special) and special[index].start < end:
            first, last, what = special[index]
            if first > at:
                yield Leaf(at, first, kind)
            at = max(at, first)
            yield Leaf(at, min(last, end), what)
            at = min(last, end)
            if last > end:
                break
            index += 1
        if at < end:
            yield Leaf(at, end, kind)


def _is_json(statement: Statement) -> bool:
    inner = statement.trigger
    return statement.is_json or (inner is not None and _is_json(inner))


def _filled(leaves: Iterable[Leaf], text: str, rest: TokenKind) -> Iterator[Leaf]:
    at = 0
    for leaf in leaves:
        yield from _between(text, at, leaf.start, rest)
        yield leaf
        at = leaf.end
    yield from _between(text, at, len(text), rest)


def _between(text: str, start: int, end: int, rest: TokenKind) -> Iterator[Leaf]:
    for found in _SPACE_OR_NOT.finditer(text, start, end):
        kind = TokenKind.SPACE if found[0][0] in SPACE else rest
        yield Leaf(found.start(), found.end(), kind)


def _statement(statement: Statement) -> Iterator[Leaf]:
    keyword = TokenKind.KEYWORD if statement.is_known else TokenKind.UNKNOWN_KEYWORD
    yield _leaf(statement.keyword, keyword)
    for flag in statement.flags:
        has_value = flag.value is not None
        yield Leaf(flag.start, flag.value_start - has_value, TokenKind.FLAG)
        yield Leaf(flag.value_start - has_value, flag.value_start, TokenKind.OPERATOR)
        yield Leaf(flag.value_start, flag.end, TokenKind.FLAG_VALUE)
    if statement.trigger is not None:
        yield from _statement(statement.trigger)
    for pair in statement.pairs:
        yield from _pair(pair)
    yield from _words(statement)


def _words(statement: Statement) -> Iterator[Leaf]:
    if statement.name == "ARG":
        for word in statement.words:
            pair = split_pair(word)
            yield from _pair(pair) if pair else [_leaf(word, TokenKind.KEY)]
        return
    kinds = _kinds(statement)
    for word in statement.words:
        yield _leaf(word, next(kinds))


def _kinds(statement: Statement) -> Iterator[TokenKind]:
    """The kinds of an instruction's words, one after another."""
    words = statement.words
    rest = TokenKind.STRING if statement.is_json else TokenKind.ARGUMENT
    if statement.name == "FROM" and len(words) == 3 and words[1].value.lower() == "as":
        yield from (TokenKind.ARGUMENT, TokenKind.KEYWORD, TokenKind.STAGE)
    elif statement.name == "HEALTHCHECK":
        yield TokenKind.KEYWORD
        rest = TokenKind.STRING if statement.is_json else TokenKind.SHELL
    elif statement.name in _SHELL_FORM and not statement.is_json:
        rest = TokenKind.SHELL
    while True:
        yield rest


def _pair(pair: Pair) -> Iterator[Leaf]:
    yield _leaf(pair.key, TokenKind.KEY)
    if not pair.legacy:
        yield Leaf(pair.key.end, pair.value.start, TokenKind.OPERATOR)
    yield _leaf(pair.value, TokenKind.VALUE)


def _leaf(word: Word, kind: TokenKind) -> Leaf:
    return Leaf(word.start, word.end, kind)
