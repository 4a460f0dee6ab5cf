"""Brackets and quotes that belong together."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.caret import Caret, Zone
from explorer.dockerfile.source import Span

PAIRS: Final = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
"""What opens, and what closes it."""

_BRACKETS: Final = {opening: closing for opening, closing in PAIRS.items() if opening != closing}
_OPENING: Final = {closing: opening for opening, closing in _BRACKETS.items()}
_QUOTES: Final = "\"'"
_COMMENT: Final = re.compile(r"(?<=\n)[ \t]*#[^\n]*")
_FARTHEST: Final = 1 << 16
"""Characters that are looked at on either side."""


def closing(document: Document, offset: int, opening: str) -> str:
    """What to put behind an opening character that is typed at an offset; ``""`` for nothing.

    Nothing in comments, behind an escape character, before a word, nor for a quote that ends a
    string or is an apostrophe.
    """
    caret = Caret.at(document, offset)
    text, offset = document.text, caret.offset
    before, after = text[offset - 1 : offset] if offset else "", text[offset : offset + 1]
    if opening not in PAIRS or caret.zone is Zone.COMMENT or before in ("\\", document.escape):
        return ""
    if after and not after.isspace() and after not in ")]},;:&|/" and after not in _QUOTES:
        return ""
    if opening not in _QUOTES:
        return PAIRS[opening]
    if before.isalnum() or before == opening or after == opening:
        return ""
    return "" if _open_quote(caret) else opening


def types_over(document: Document, offset: int, char: str) -> bool:
    """Whether a closing character typed at an offset only moves over the one that is there.

    It does where that one closes something, so that another one would be too much.
    """
    text = document.text
    if char not in PAIRS.values() or not text.startswith(char, offset):
        return False
    caret = Caret.at(document, offset)
    if caret.zone is Zone.COMMENT:
        return False
    if char in _QUOTES:
        return _open_quote(caret) == char
    return matching(document, offset) is not None


def matching(document: Document, offset: int) -> tuple[Span, Span] | None:
    """The bracket beside an offset, and the one that belongs to it.

    The one behind the offset comes first. Brackets belong together inside one instruction or one
    here-document, and where they stand in quotes, inside these.
    """
    text = document.text
    for at in (offset, offset - 1):
        if 0 <= at < len(text) and (text[at] in _BRACKETS or text[at] in _OPENING):
            other = _partner(document, at)
            if other is not None:
                return Span(at, at + 1), Span(other, other + 1)
    return None


def _partner(document: Document, at: int) -> int | None:
    caret = Caret.at(document, at)
    start, end = _extent(caret)
    start, end = max(start, at - _FARTHEST), min(end, at + _FARTHEST)
    text = _without_comments(caret, start, end)
    own = text[at - start]
    if own == " ":
        return None
    forward = own in _BRACKETS
    other = (_BRACKETS if forward else _OPENING)[own]
    quotes = _quotes(text)
    depth = 0
    for i in range(at - start, len(text)) if forward else range(at - start, -1, -1):
        if text[i] not in (own, other) or quotes[i] != quotes[at - start]:
            continue
        depth += 1 if text[i] == own else -1
        if depth == 0:
            return start + i
    return None


def _extent(caret: Caret) -> tuple[int, int]:
    """Where the brackets around a caret may stand."""
    text = caret.document.text
    if caret.heredoc is not None and caret.offset < caret.heredoc.body.end:
        return caret.heredoc.body.start, caret.heredoc.body.end
    if caret.instruction is not None and caret.zone is Zone.HEADER:
        start = caret.instruction.start
        return start, start + len(caret.instruction.header.source)
    line_end = text.find("\n", caret.offset)
    return caret.offset - len(caret.before), line_end if line_end >= 0 else len(text)


def _without_comments(caret: Caret, start: int, end: int) -> str:
    """A stretch of text; blanks in place of comment lines inside an instruction."""
    text = caret.document.text[start:end]
    if caret.zone is not Zone.HEADER:
        return text
    return _COMMENT.sub(lambda found: " " * len(found[0]), text)


def _open_quote(caret: Caret) -> str:
    """The quote that a caret stands in."""
    start = caret.offset - len(caret.before)
    if caret.zone is Zone.HEADER and caret.instruction is not None:
        start = caret.instruction.start
    text = _without_comments(caret, max(start, caret.offset - _FARTHEST), caret.offset)
    opened = _quotes(text)[-1]
    return text[opened] if opened >= 0 else ""


def _quotes(text: str) -> list[int]:
    """For each character and for the end, where the quote began that it stands in; else -1."""
    found: list[int] = []
    opened = -1
    escaped = False
    for at, char in enumerate(text):
        found.append(opened)
        if escaped:
            escaped = False
        elif char == "\\" and (opened < 0 or text[opened] != "'"):
            escaped = True
        elif char in _QUOTES and (opened < 0 or text[opened] == char):
            opened = at if opened < 0 else -1
    return [*found, opened]
