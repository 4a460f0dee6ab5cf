"""What keeps a COPY, an ADD or a WORKDIR from being carried out."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.dockerfile.problem import Phase, Problem, Severity
from explorer.dockerfile.stages.model import Step
from explorer.dockerfile.words import Word


@dataclass(frozen=True, slots=True)
class Mishap:
    """``message`` is in BuildKit's words where it has any; ``word`` is the argument to blame.

    ``is_error`` tells whether the build stops for it.
    """

    message: str
    word: Word | None = None
    why: str = ""
    hint: str = ""
    is_error: bool = True

    def problem(self, step: Step) -> Problem:
        """The same at a place of the Dockerfile."""
        text = f"{self.why}. {self.hint}" if self.why and self.hint else self.why or self.hint
        return Problem(
            message=self.message,
            span=step.span if self.word is None else step.span_of(self.word),
            line=step.line,
            severity=Severity.ERROR if self.is_error else Severity.WARNING,
            description=text,
            phase=Phase.STEPS,
        )
