"""A Dockerfile as a tree: :meth:`Document.parse` in, ``str()`` out, nothing lost."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from explorer.dockerfile.nodes import Directive, Instruction, Node
from explorer.dockerfile.problem import DockerfileError, Problem
from explorer.dockerfile.scan import Scan
from explorer.dockerfile.source import Lines, Span
from explorer.dockerfile.tokens import Token, node_tokens


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed Dockerfile.

    ``nodes`` cover the text without gaps. ``problems`` are the mistakes for which BuildKit's
    parser refuses a file, in the order of the text; whatever they are, the tree is whole.
    """

    text: str = field(repr=False)
    lines: Lines
    nodes: tuple[Node, ...]
    escape: str
    problems: tuple[Problem, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a text; any text gives a document.

        Bytes come through :func:`explorer.dockerfile.gotext.decode`.
        """
        scan = Scan(text)
        scan.run()
        problems = scan.problems
        if not any(isinstance(node, Instruction) for node in scan.nodes):
            problems.append(Problem("file with no instructions", Span(0, 0), 1))
        problems.sort(key=lambda problem: problem.span)
        lines = Lines(len(text), scan.starts)
        return cls(text, lines, tuple(scan.nodes), scan.directives.escape, tuple(problems))

    def validated(self) -> Self:
        """The document itself, where BuildKit's parser takes it.

        Raises:
            DockerfileError: it does not; the first problem says why.
        """
        if self.problems:
            raise DockerfileError(self.problems[0])
        return self

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions, in order."""
        return tuple(node for node in self.nodes if isinstance(node, Instruction))

    @property
    def directives(self) -> tuple[Directive, ...]:
        """The parser directives, in order."""
        return tuple(node for node in self.nodes if isinstance(node, Directive))

    def node_at(self, offset: int) -> Node | None:
        """The node that an offset lies in; the last one for the end of the text."""
        index = bisect_right(self.nodes, offset, key=lambda node: node.start)
        return self.nodes[index - 1] if index else None

    def tokens(self, nodes: tuple[Node, ...] | None = None) -> Iterator[Token]:
        """The tokens of all nodes, or of some, without gaps, in order."""
        for node in self.nodes if nodes is None else nodes:
            yield from node_tokens(node, self.text)

    def __str__(self) -> str:
        return "".join(token.of(self.text) for token in self.tokens())
