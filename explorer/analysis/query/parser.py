"""From tokens to an expression, by recursive descent."""

from __future__ import annotations

from explorer.analysis.query.expression import All, AnyOf, Expression, Not
from explorer.analysis.query.keys import READERS, bare, keyed, unknown_key
from explorer.analysis.query.lexer import Kind, Token, tokens
from explorer.analysis.query.problem import QueryError, fail

DEEPEST = 50  # brackets within brackets
MOST = 200  # terms


def parse(query: str) -> Expression:
    """The expression of a query; raises :class:`QueryError`."""
    parser = _Parser(list(tokens(query)), len(query))
    if not parser.tokens:
        return All(())
    found = parser.alternatives()
    rest = parser.peek()
    if rest is not None:
        raise fail(rest.position, "this bracket closes nothing")
    return found


class _Parser:
    def __init__(self, found: list[Token], end: int) -> None:
        if len(found) > MOST:
            raise fail(found[MOST].position, f"a query has at most {MOST} words")
        self.tokens = found
        self._end = end
        self._at = 0
        self._depth = 0

    def peek(self) -> Token | None:
        """The next token."""
        return self.tokens[self._at] if self._at < len(self.tokens) else None

    def alternatives(self) -> Expression:
        """Sequences with ``or`` between them."""
        parts = [self._sequence()]
        while self._accept(Kind.OR):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _sequence(self) -> Expression:
        """Factors side by side."""
        parts = [self._factor()]
        while (token := self.peek()) is not None and token.kind not in (Kind.CLOSE, Kind.OR):
            self._accept(Kind.AND)
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _factor(self) -> Expression:
        negated = False
        while self._accept(Kind.NOT):
            negated = not negated
        atom = self._atom()
        return Not(atom) if negated else atom

    def _atom(self) -> Expression:
        token = self.peek()
        if token is None or token.kind not in (Kind.OPEN, Kind.TERM):
            raise self._missing()
        self._at += 1
        if token.kind is Kind.OPEN:
            return self._brackets(token)
        if not token.key:
            return bare(token)
        if token.key in READERS:
            return keyed(token)
        if ":" in token.operator:
            raise unknown_key(token)
        return bare(token.whole())

    def _brackets(self, opening: Token) -> Expression:
        if self._depth == DEEPEST:
            raise fail(opening.position, f"brackets stand at most {DEEPEST} deep")
        self._depth += 1
        inner = self.alternatives()
        self._depth -= 1
        if not self._accept(Kind.CLOSE):
            raise fail(opening.position, "the bracket is not closed", hint="Close it with )")
        return inner

    def _accept(self, kind: Kind) -> bool:
        token = self.peek()
        if token is None or token.kind is not kind:
            return False
        self._at += 1
        return True

    def _missing(self) -> QueryError:
        token = self.peek()
        position = token.position if token is not None else self._end
        before = f" after {self.tokens[self._at - 1].raw}" if self._at else ""
        return fail(position, f"a term is missing{before}")
