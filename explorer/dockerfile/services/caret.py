"""Where in a document an offset lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.logical import LogicalLine, is_continued
from explorer.dockerfile.nodes import Instruction

_BOM: Final = "\ufeff"


class Zone(Enum):
    """What kind of text an offset lies in."""

    START = "start"
    """On a line that belongs to no instruction yet."""
    HEADER = "header"
    """In the lines of an instruction, continuations included."""
    HEREDOC = "heredoc"
    """In the body of a here-document, or on the line that ends it."""
    COMMENT = "comment"
    """In a comment or a directive, also inside a continued instruction."""


@dataclass(frozen=True, slots=True)
class Caret:
    """An offset and what it lies in.

    ``before`` is the text of its line up to it, without a byte order mark. ``instruction`` is the
    one it lies in, or that a comment line lies in.
    """

    document: Document
    offset: int
    line: int
    before: str
    zone: Zone
    instruction: Instruction | None = None
    heredoc: Heredoc | None = None

    @classmethod
    def at(cls, document: Document, offset: int) -> Caret:
        """Locate an offset; one outside the text is drawn to its ends."""
        offset = min(max(offset, 0), len(document.text))
        line = document.lines.position(offset).line
        before = document.text[document.lines.starts[line - 1] : offset]
        before = before.removeprefix(_BOM) if line == 1 else before
        zone, instruction, heredoc = _zone(document, offset, before)
        return cls(document, offset, line, before, zone, instruction, heredoc)

    def joined(self) -> LogicalLine:
        """The instruction up to the caret on one line, as if nothing followed.

        A line of white space alone counts, since something may be typed there. Of a
        here-document it is only the line up to the caret.
        """
        start = self.offset if self.instruction is None else self.instruction.start
        if self.zone is Zone.HEREDOC:
            return LogicalLine(self.before, (0,), (self.offset - len(self.before) - start,))
        source = self.document.text[start : self.offset]
        line = LogicalLine.join(source, self.document.escape)
        if "\n" not in source or self.before.strip(SPACE):
            return line
        blank = self.before or " "
        shift = self.offset - start - len(self.before) - len(line.text)
        return LogicalLine(line.text + blank, (*line.starts, len(line.text)), (*line.shifts, shift))

    def source(self, line: LogicalLine, at: int) -> int:
        """Where a place in the joined text stands in the document."""
        if at >= len(line.text) or self.instruction is None:
            return self.offset
        return min(self.instruction.start + line.source(at), self.offset)


def _zone(
    document: Document, offset: int, before: str
) -> tuple[Zone, Instruction | None, Heredoc | None]:
    node = document.node_at(offset)
    is_comment = before.lstrip(SPACE).startswith("#")
    if not isinstance(node, Instruction):
        return (Zone.COMMENT if is_comment else Zone.START), None, None
    end = node.start + len(node.header.source)
    if offset <= end:
        inside = is_comment and "\n" in document.text[node.start : offset]
        return (Zone.COMMENT if inside else Zone.HEADER), node, None
    for heredoc in node.heredocs:
        last = heredoc.terminator or heredoc.body
        if offset <= last.end:
            return Zone.HEREDOC, node, heredoc
    if not node.heredocs and is_continued(node.header.source, node.header.escape):
        return Zone.HEADER, node, None
    return Zone.START, None, None
