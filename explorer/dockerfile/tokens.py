"""Tokens: every character of a Dockerfile, and what it is.

Tokens follow each other without gaps. None but the body of a here-document crosses the end of a
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.header import LONGEST_REMEMBERED, REMEMBERED, Header
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.leaves import Leaf, header_leaves, outermost, overlaid
from explorer.dockerfile.nodes import Blank, Comment, Directive, Instruction, Node
from explorer.dockerfile.tokenkind import TokenKind
from explorer.dockerfile.variables import heredoc_references

_BLANK: Final = SPACE.replace("\n", "")
# A single carriage return before a line feed belongs to it; any other one is white space.
_BETWEEN: Final = re.compile(
    rf"(?P<NEWLINE>\r?\n)|(?P<SPACE>(?:(?!\r\n)[{_BLANK}])++)"
    r"|(?P<COMMENT>#(?:(?!\r\n)[^\n])*+)|(?P<BYTE_ORDER_MARK>\ufeff)"
    r"|(?P<CONTINUATION>[\\`])|(?P<TEXT>[\s\S])"
)
_KINDS: Final = TokenKind.__members__


@dataclass(frozen=True, slots=True)
class Token:
    """The characters from ``start`` up to ``end``, and what they are."""

    kind: TokenKind
    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


def node_tokens(node: Node, text: str) -> Iterator[Token]:
    """The tokens of one node of a document with this text."""
    match node:
        case Blank() | Comment():
            yield from _between(text, node.start, node.end)
        case Directive():
            yield from _directive(node, text)
        case Instruction():
            yield from _instruction(node, text)


def _directive(node: Directive, text: str) -> Iterator[Token]:
    mark = text.index("#", node.start)
    equals = text.index("=", node.name_span.end)
    leaves = (
        Leaf(mark, mark + 1, TokenKind.PUNCTUATION),
        Leaf(node.name_span.start, node.name_span.end, TokenKind.DIRECTIVE),
        Leaf(equals, equals + 1, TokenKind.OPERATOR),
        Leaf(node.value_span.start, node.value_span.end, TokenKind.DIRECTIVE_VALUE),
    )
    yield from _filled(leaves, text, node.start, node.end)


def _instruction(node: Instruction, text: str) -> Iterator[Token]:
    at = node.start
    for token in header_tokens(node.header):
        yield Token(token.kind, token.start + at, token.end + at)
    at += len(node.header.source)
    for heredoc in node.heredocs:
        yield from _between(text, at, heredoc.body.start)
        yield from _heredoc(heredoc, node.name, text)
        at = heredoc.terminator.end if heredoc.terminator else heredoc.body.end
    yield from _between(text, at, node.end)


def _heredoc(heredoc: Heredoc, name: str, text: str) -> Iterator[Token]:
    body, end = heredoc.body, heredoc.terminator
    references = heredoc_references(heredoc, name, text)
    variables = outermost(Leaf(r.start, r.end, TokenKind.VARIABLE) for r in references)
    whole = [Leaf(body.start, body.end, TokenKind.HEREDOC_BODY)] if len(body) else []
    for leaf in overlaid(whole, variables):
        yield Token(leaf.kind, leaf.start, leaf.end)
    if end is not None:
        yield Token(TokenKind.HEREDOC_END, end.start, end.end)


def header_tokens(header: Header) -> tuple[Token, ...]:
    """The tokens of the instruction's own lines; offsets into ``header.source``."""
    if len(header.source) > LONGEST_REMEMBERED:
        return _header_tokens(header)
    return _remembered(header)


def _header_tokens(header: Header) -> tuple[Token, ...]:
    leaves = _in_source(header_leaves(header), header)
    return tuple(_filled(leaves, header.source, 0, len(header.source)))


_remembered = lru_cache(maxsize=REMEMBERED)(_header_tokens)


def _in_source(leaves: list[Leaf], header: Header) -> Iterator[Leaf]:
    """The leaves of the joined text, cut where lines were joined, in the header's source."""
    index = 0
    for start, end, origin in header.line.pieces():
        shift = origin - start
        while index < len(leaves) and leaves[index].start < end:
            first, last, kind = leaves[index]
            if end > start:
                yield Leaf(max(first, start) + shift, min(last, end) + shift, kind)
            if last > end:
                break
            index += 1


def _filled(leaves: Iterable[Leaf], text: str, start: int, end: int) -> Iterator[Token]:
    for leaf in leaves:
        yield from _between(text, start, leaf.start)
        yield Token(leaf.kind, leaf.start, leaf.end)
        start = leaf.end
    yield from _between(text, start, end)


def _between(text: str, start: int, end: int) -> Iterator[Token]:
    """What stands between the parts: white space, line ends, comments, continuations."""
    for found in _BETWEEN.finditer(text, start, end):
        yield Token(_KINDS[found.lastgroup or "TEXT"], found.start(), found.end())
