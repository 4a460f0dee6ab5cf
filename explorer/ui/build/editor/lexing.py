"""A document in colours: spans for each line, kept for every node that did not change.

Instructions are coloured by our own tokens; pygments reads the shell inside them and what their
here-documents hold. No widgets here, and nothing that needs the thread of the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Instruction, Node
from explorer.dockerfile.tokenkind import TokenKind
from explorer.dockerfile.tokens import Token
from explorer.progress import Job
from explorer.ui.build.editor.inks import OF_CODE, OF_TOKEN, Ink
from explorer.ui.build.editor.units import width
from explorer.ui.inspect.highlight import highlight, language_of

Span = tuple[int, int, Ink]
"""Start and length within the line, in UTF-16 units; and the ink."""
LineSpans = tuple[Span, ...]
Colours = list[LineSpans]
"""The spans of each line of a document."""

_REMEMBERED: Final = 20_000
_LONGEST_CODE: Final = 32 << 10
"""Characters of one instruction that are lexed; a longer one is not."""
_BOM: Final = "\ufeff"
_CODE: Final = frozenset({TokenKind.SHELL, TokenKind.HEREDOC_BODY})


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    text: str
    ink: Ink


class Lexer:
    """Remembers what nodes look like: typing changes one of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[LineSpans, ...]] = {}

    def lines(self, document: Document, job: Job | None = None) -> Colours:
        """The spans of all lines. Raises :class:`explorer.errors.Cancelled`."""
        found: Colours = []
        known, lead = self._known, False
        fresh: dict[tuple[str, str], tuple[LineSpans, ...]] = {}
        for number, node in enumerate(document.nodes):
            source = document.text[node.start : node.end]
            key = (type(node).__name__, source)
            spans = known.get(key)
            if spans is None:
                if job is not None and number % 64 == 0:
                    job.check()
                spans = _lines(document, node, source)
            fresh[key] = spans
            if source == _BOM:
                lead = True
                continue
            found.extend(spans)
            if lead:
                found[0] = tuple((start + 1, length, ink) for start, length, ink in found[0])
                lead = False
        # What is no longer in the text is likely to come back, as by undo, but not for ever.
        self._known = fresh if len(known) > _REMEMBERED else known | fresh
        return found


def _lines(document: Document, node: Node, source: str) -> tuple[LineSpans, ...]:
    lines: list[list[Span]] = [[]]
    column = 0
    for piece in _pieces(document, node):
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
                column = 0
            length = width(part)
            if length and piece.ink is not Ink.PLAIN:
                lines[-1].append((column, length, piece.ink))
            column += length
    if source.endswith("\n"):
        lines.pop()
    return tuple(map(tuple, lines))


def _pieces(document: Document, node: Node) -> Iterator[_Piece]:
    tokens = list(document.tokens((node,)))
    code = _code(document, node, tokens) if isinstance(node, Instruction) else {}
    for index, token in enumerate(tokens):
        if index in code:
            yield from code[index]
        else:
            ink = OF_TOKEN.get(token.kind, Ink.PLAIN)
            yield _Piece(token.start, token.of(document.text), ink)


def _code(document: Document, node: Instruction, tokens: list[Token]) -> dict[int, list[_Piece]]:
    """The pieces of the tokens that hold code: lexed together, then cut where they are cut."""
    text = document.text
    found: dict[int, list[_Piece]] = {}
    for group in _groups(tokens):
        code = "".join(tokens[index].of(text) for index in group)
        language = _language(node, tokens[group[0]], code)
        if not language or len(code) > _LONGEST_CODE:
            continue
        inks = _inks(code, language)
        at = 0
        for index in group:
            token = tokens[index]
            length = token.end - token.start
            if token.kind in _CODE:
                found[index] = list(_runs(token, inks[at : at + length], text))
            at += length
    return found


def _groups(tokens: list[Token]) -> Iterator[list[int]]:
    """Tokens that belong to one text: all shell of an instruction; a body and its variables."""
    shell = [index for index, token in enumerate(tokens) if token.kind is TokenKind.SHELL]
    if shell:
        yield shell
    body: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.HEREDOC_BODY or (body and token.kind is TokenKind.VARIABLE):
            body.append(index)
        elif body:
            yield body
            body = []
    if body:
        yield body


def _language(node: Instruction, first: Token, code: str) -> str:
    if first.kind is TokenKind.SHELL:
        return "bash"
    if node.name == "RUN" or (node.name == "ONBUILD" and " RUN " in f" {node.text.upper()} "):
        return language_of("", code) if code.startswith("#!") else "bash"
    target = node.statement.words[-1].value if node.statement.words else ""
    return language_of(target.rpartition("/")[2], code)


def _inks(code: str, language: str) -> list[Ink]:
    """The ink of each character."""
    inks = [Ink.PLAIN] * len(code)
    # Characters that take two units are lexed as one that takes one: offsets stay the same.
    narrow = "".join("x" if char > "\uffff" else char for char in code)
    start = 0
    lines = narrow.split("\n")
    for line, spans in zip(lines, highlight(narrow, language).lines, strict=False):
        for column, length, ink in spans:
            own = OF_CODE.get(ink, Ink.PLAIN)
            inks[start + column : start + column + length] = [own] * length
        start += len(line) + 1
    return inks


def _runs(token: Token, inks: list[Ink], text: str) -> Iterator[_Piece]:
    start = 0
    for at in range(1, len(inks) + 1):
        if at == len(inks) or inks[at] is not inks[start]:
            first = token.start + start
            yield _Piece(first, text[first : token.start + at], inks[start])
            start = at
