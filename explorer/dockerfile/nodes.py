"""What a Dockerfile consists of, from its first character to its last.

Nodes follow each other without gaps; each knows its place in the text and its lines. ``line``
counts from 1, ``end`` is just after the node, its line feed included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from explorer.dockerfile.header import Header
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.source import Span
from explorer.dockerfile.statement import Fault, Statement
from explorer.dockerfile.words import Flag, Word


@dataclass(frozen=True, slots=True)
class Blank:
    """Empty lines, one after another; at the very beginning perhaps a byte order mark."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A line whose first character but white space is ``#``."""

    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Directive:
    """``# name=value`` among the first lines: ``syntax``, ``escape`` or ``check``.

    ``name`` is in lower case; the spans are those of the name and the value as written.
    """

    start: int
    end: int
    line: int
    name: str
    value: str
    name_span: Span
    value_span: Span


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continuation lines and here-documents.

    ``last_line`` is the last line of all of them. ``comments`` are the comment lines before it,
    as BuildKit ties them to it: without ``#``, none of them empty.
    """

    start: int
    end: int
    line: int
    last_line: int
    header: Header
    heredocs: tuple[Heredoc, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def statement(self) -> Statement:
        """The keyword and its arguments."""
        return self.header.statement

    @property
    def name(self) -> str:
        """The keyword in upper case."""
        return self.header.statement.name

    @property
    def text(self) -> str:
        """The instruction on one line: continuations joined, here-documents left out."""
        return self.header.line.text

    @property
    def span(self) -> Span:
        """From the keyword to the last argument, without white space around and heredocs."""
        statement = self.header.statement
        return self.place(statement.keyword.start, max(statement.keyword.end, statement.rest.end))

    @property
    def unclosed(self) -> Heredoc | None:
        """The here-document that the text ends in, if there is one."""
        open_ended = (heredoc for heredoc in self.heredocs if heredoc.terminator is None)
        return next(open_ended, None)

    def place(self, start: int, end: int) -> Span:
        """Where a part of the joined text stands in the file."""
        span = self.header.line.span(start, end)
        return Span(self.start + span.start, self.start + span.end)

    def span_of(self, part: Word | Flag | Fault) -> Span:
        """Where a word, a flag or a fault of this instruction stands in the file."""
        return self.place(part.start, part.end)


Node: TypeAlias = Blank | Comment | Directive | Instruction
