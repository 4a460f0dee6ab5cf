"""Cutting a text into nodes, line by line."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from explorer.dockerfile.directives import DirectiveReader
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.header import parse_header
from explorer.dockerfile.heredoc import Heredoc, Marker
from explorer.dockerfile.logical import header_end
from explorer.dockerfile.nodes import Blank, Comment, Instruction, Node
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.source import Span

MAX_LINE_BYTES: Final = 65535
"""The longest line that BuildKit reads, in bytes."""

_BOM: Final = "\ufeff"
_BYTES_PER_CHARACTER: Final = 4


class Scan:
    """One pass over a text; afterwards ``nodes`` cover it, and ``problems`` say what is wrong."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []
        self.directives = DirectiveReader(self.problems)
        self._lines = text.split("\n")
        self.starts = tuple(accumulate((len(line) + 1 for line in self._lines[:-1]), initial=0))
        if not self._lines[-1]:
            self._lines.pop()
        self._origin = 0
        self._at = 0
        self._comments: list[str] = []

    def run(self) -> None:
        """Read the whole text."""
        if self.text.startswith(_BOM):
            self._origin = 1
            self._lines[0] = self._lines[0][1:]
            self.nodes.append(Blank(0, 1, 1))
        while self._at < len(self._lines):
            content = self._lines[self._at].lstrip(SPACE)
            if not content:
                self._blank()
            elif content[0] == "#":
                self._comment(content)
            else:
                self._instruction()
        self._check_lengths()

    def _start(self, index: int) -> int:
        """Where a line begins; after the last one, where the text ends."""
        if index == 0:
            return self._origin
        return self.starts[index] if index < len(self.starts) else len(self.text)

    def _blank(self) -> None:
        self.directives.close()
        first = self._at
        while self._at < len(self._lines) and not self._lines[self._at].lstrip(SPACE):
            self._at += 1
        start, end = self._start(first), self._start(self._at)
        if end > start:
            self.nodes.append(Blank(start, end, first + 1))

    def _comment(self, content: str) -> None:
        line, start = self._lines[self._at].rstrip("\r"), self._start(self._at)
        self._at += 1
        end = self._start(self._at)
        directive = self.directives.read(line, start, end, self._at)
        self.nodes.append(directive or Comment(start, end, self._at, content.rstrip(SPACE)))
        if directive is None or self.directives.after_shebang:
            self._remember(line[1:].strip(SPACE))

    def _remember(self, comment: str) -> None:
        """Keep a comment for the instruction that follows; an empty one forgets them all."""
        if comment:
            self._comments.append(comment)
        else:
            self._comments.clear()

    def _instruction(self) -> None:
        self.directives.close()
        first, start = self._at, self._start(self._at)
        self._at = header_end(self._lines, first, self.directives.escape)
        source = self.text[start : self._start(self._at)].removesuffix("\n")
        header = parse_header(source, self.directives.escape)
        heredocs = tuple(map(self._heredoc, header.markers)) if header.markers else ()
        comments, self._comments = tuple(self._comments), []
        instruction = Instruction(
            start, self._start(self._at), first + 1, self._at, header, heredocs, comments
        )
        self.nodes.append(instruction)
        if header.fault or heredocs:
            self._report(instruction)

    def _heredoc(self, marker: Marker) -> Heredoc:
        start = self._start(self._at)
        while self._at < len(self._lines):
            line = self._lines[self._at].rstrip("\r")
            self._at += 1
            if (line.lstrip("\t") if marker.strips_tabs else line) == marker.name:
                end = self._start(self._at - 1)
                return Heredoc(marker, Span(start, end), Span(end, end + len(line)))
        return Heredoc(marker, Span(start, len(self.text)), None)

    def _report(self, instruction: Instruction) -> None:
        fault, unclosed = instruction.header.fault, instruction.unclosed
        if fault is not None:
            span = instruction.span_of(fault)
            self.problems.append(Problem(fault.message, span, instruction.line))
        if unclosed is not None:
            span = instruction.place(unclosed.marker.start, unclosed.marker.end)
            self.problems.append(Problem("unterminated heredoc", span, instruction.line))

    def _check_lengths(self) -> None:
        for index, line in enumerate(self._lines):
            if len(line) * _BYTES_PER_CHARACTER <= MAX_LINE_BYTES:
                continue
            if len(line.encode(errors="surrogatepass")) > MAX_LINE_BYTES:
                message = f"dockerfile line greater than max allowed size of {MAX_LINE_BYTES}"
                start = self._start(index)
                self.problems.append(Problem(message, Span(start, start + len(line)), index + 1))
