"""Where in the text a build failed, as long as that instruction stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.build.events import Failed
from explorer.build.runs import BuildLog
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.ui.build.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed build, told at its instruction; ``text`` is that of the instruction then."""

    message: str
    hint: str
    line: int
    column: int
    text: str

    @classmethod
    def of(cls, log: BuildLog) -> Failure | None:
        """What a build failed for, if that is known."""
        end = log.end
        if not isinstance(end, Failed):
            return None
        step = log.failed_step
        words = step.info.text if step is not None else ""
        line = end.line or (step.info.line if step is not None else 0)
        return cls(f"The build failed: {end.message}", end.hint, line, end.column, words)

    def found_in(self, reading: Reading) -> Diagnostic | None:
        """The place in a text; None once the instruction is another one, or is gone."""
        instruction = self._instruction(reading)
        if instruction is None:
            return None
        return Diagnostic(
            rule="",
            severity=Level.ERROR,
            message=self.message,
            span=instruction.span if instruction.end else Span(0, 0),
            line=instruction.line,
            source=Source.LAYERSCOPE,
            explanation=self.hint,
        )

    def _instruction(self, reading: Reading) -> Instruction | None:
        """The instruction with the same text that is nearest to where it was."""
        if not self.line:
            return None
        found = reading.document.instructions
        if self.text:
            found = tuple(each for each in found if _words(each.text) == _words(self.text))
        else:
            found = tuple(each for each in found if each.line <= self.line <= each.last_line)
        return min(found, key=lambda each: abs(each.line - self.line), default=None)


def _words(text: str) -> str:
    return " ".join(text.split())
