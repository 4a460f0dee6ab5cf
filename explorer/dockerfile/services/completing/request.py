"""What is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.logical import LogicalLine
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.caret import Caret
from explorer.dockerfile.services.completing.items import Token
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.stages.model import Program, Stage

_SPACE: Final = " \t\r\n\v\f"


@dataclass(frozen=True, slots=True)
class Request:
    """A caret in a program. ``line`` is the instruction up to the caret, on one line."""

    caret: Caret
    program: Program
    place: Place
    outside: Surroundings
    line: LogicalLine

    @classmethod
    def at(
        cls, document: Document, program: Program, offset: int, outside: Surroundings
    ) -> Request:
        """The request for an offset."""
        caret = Caret.at(document, offset)
        # An instruction knows what holds on its first line.
        number = caret.line if caret.instruction is None else caret.instruction.line
        return cls(caret, program, Place.at(program, number), outside, caret.joined())

    @property
    def document(self) -> Document:
        """The document."""
        return self.caret.document

    @property
    def text(self) -> str:
        """The instruction up to the caret, on one line."""
        return self.line.text

    @property
    def escape(self) -> str:
        """The document's escape character."""
        return self.document.escape

    @property
    def stage(self) -> Stage | None:
        """The stage of the line."""
        return self.place.stage

    @property
    def lower(self) -> bool:
        """Whether the other instructions of the file are written in lower case."""
        words = [i.statement.keyword.value for i in self.document.instructions if self._tells(i)]
        return 2 * sum(word.islower() for word in words) > len(words)

    def keyword(self, word: str) -> str:
        """A keyword in the case of the file."""
        return word.lower() if self.lower else word

    def token(self, at: int, ends: str = "") -> Token:
        """What is typed from a place in the joined text on.

        In the document it goes on behind the caret up to white space or one of ``ends``.
        """
        start = self.caret.source(self.line, at)
        return Token(start, self._end(ends), self.text[at:])

    def typed(self, text: str, ends: str = "") -> Token:
        """As :meth:`token`, for a text that ends at the caret and is on its line."""
        return Token(self.caret.offset - len(text), self._end(ends), text)

    def follows(self, text: str, end: int) -> bool:
        """Whether a text stands behind a place in the document."""
        return self.document.text.startswith(text, end)

    def _end(self, ends: str) -> int:
        text, at = self.document.text, self.caret.offset
        found = re.compile(f"[^{re.escape(_SPACE + ends)}]*").match(text, at)
        end = found.end() if found else at
        if end > at and text[end - 1] == self.escape and not text[end : end + 2].strip(_SPACE):
            return end - 1  # it continues the line
        return end

    def _tells(self, instruction: Instruction) -> bool:
        return instruction is not self.caret.instruction and instruction.statement.is_known
