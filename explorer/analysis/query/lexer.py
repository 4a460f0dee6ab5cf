"""A query as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from explorer.analysis.query.problem import fail
from explorer.analysis.query.text import EMPTY, Text

LONGEST = 4096  # characters in a query

_KEY = re.compile(r"([A-Za-z]+)(:?(?:>=|<=|!=|=|<|>)|:)")
_WORDS = {"or": "or", "and": "and", "not": "not", "|": "or"}


class Kind(Enum):
    """What a token is."""

    TERM = "term"
    OPEN = "("
    CLOSE = ")"
    NOT = "not"
    OR = "or"
    AND = "and"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query, ``length`` characters from ``position`` on.

    A term has a ``key`` in lower case with its ``operator``, or neither; ``quoted`` says that the
    whole value stands in quotes, ``raw`` how it was typed.
    """

    kind: Kind
    position: int
    length: int = 1
    key: str = ""
    operator: str = ""
    value: Text = EMPTY
    quoted: bool = False
    raw: str = ""

    def whole(self) -> Token:
        """The same without a key, for what only looks like one: ``a=b``."""
        return replace(self, key="", operator="", value=Text(self.raw))

    @property
    def value_position(self) -> int:
        """Where the value begins."""
        return self.position + len(self.key) + len(self.operator)


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query; raises :class:`QueryError` for an open quote."""
    if len(query) > LONGEST:
        raise fail(LONGEST, f"a query has at most {LONGEST} characters")
    at = 0
    while at < len(query):
        char = query[at]
        if char.isspace():
            at += 1
        elif char in "()":
            yield Token(Kind(char), at, raw=char)
            at += 1
        elif char in "-!" and at + 1 < len(query) and not query[at + 1].isspace():
            yield Token(Kind.NOT, at, raw=char)
            at += 1
        else:
            token = _term(query, at)
            yield token
            at += token.length


def _term(query: str, start: int) -> Token:
    match = _KEY.match(query, start)
    key, operator = match.groups() if match else ("", "")
    chars: list[str] = []
    literal: list[bool] = []
    at = start + len(key) + len(operator)
    opened, depth, quotes = -1, 0, 0
    first = at
    while at < len(query):
        char = query[at]
        if char == '"':
            opened, quotes = (at if opened < 0 else -1), quotes + 1
        elif char == "\\" and at + 1 < len(query) and (opened < 0 or query[at + 1] in '"\\'):
            at += 1
            chars.append(query[at])
            literal.append(True)
        elif opened < 0 and (char.isspace() or (char == ")" and not depth)):
            break
        else:
            if opened < 0:
                depth += (char == "(") - (char == ")")
            chars.append(char)
            literal.append(opened >= 0)
        at += 1
    if opened >= 0:
        raise fail(opened, "the quote is not closed", at - opened, hint='Close it with "')
    raw = query[start:at]
    kind = Kind(_WORDS.get(raw.lower(), "term"))
    quoted = quotes == 2 and query[first] == '"' and query[at - 1] == '"'
    value = Text("".join(chars), tuple(literal))
    return Token(kind, start, at - start, key.lower(), operator, value, quoted, raw)
