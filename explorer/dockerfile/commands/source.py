"""What the readers of commands read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.commands.model import CommandLine, InlineFile
from explorer.dockerfile.header import Header
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.words import Word

_KEYWORD: Final = re.compile(r"\s*ONBUILD\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """An instruction without its place, its here-documents, and the text these lie in."""

    header: Header
    heredocs: tuple[Heredoc, ...] = ()
    text: str = ""

    @property
    def statement(self) -> Statement:
        """The keyword and its arguments."""
        return self.header.statement

    @property
    def arguments(self) -> Word:
        """Where the arguments stand; the keyword where there are none."""
        return self.statement.rest if self.statement.rest.value else self.statement.keyword

    @property
    def command_line(self) -> CommandLine:
        """The words to execute, or the script for the shell."""
        words = tuple(word.value for word in self.statement.words)
        return CommandLine(words, not self.statement.is_json)

    @property
    def files(self) -> dict[str, InlineFile]:
        """The here-documents by name; of several with one name BuildKit uses the last."""
        return {heredoc.marker.name: self._file(heredoc) for heredoc in self.heredocs}

    @property
    def trigger_text(self) -> str:
        """The instruction after ONBUILD, with its here-documents."""
        return self.with_heredocs(_KEYWORD.sub("", self.header.line.text, count=1))

    def with_heredocs(self, line: str) -> str:
        """A line with the instruction's here-documents after it."""
        bodies = [h.body.of(self.text) + h.marker.name for h in self.heredocs]
        return "\n".join([line, *bodies])

    def _file(self, heredoc: Heredoc) -> InlineFile:
        return InlineFile(heredoc.marker.name, heredoc.content(self.text), heredoc)
