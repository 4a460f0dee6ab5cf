"""What ends a build: a step that fails, at its place in the Dockerfile."""

from __future__ import annotations

from explorer.dockerfile.problem import Problem
from explorer.dockerfile.stages.model import Step
from explorer.oci import Descriptor


class BuildError(Exception):
    """A build that cannot go on; ``line`` and ``column`` count from 1, 0 where there is none."""

    def __init__(
        self, message: str, *, line: int = 0, column: int = 0, hint: str = "", step: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.step = step


class StepError(BuildError):
    """A step that fails; ``code`` is the exit code of its command, if it has one, and ``left``
    the layer that the command has written until then; ``index`` is the step's in its stage.
    """

    def __init__(
        self, step: Step, message: str, *, code: int | None = None, hint: str = "", column: int = 1
    ) -> None:
        super().__init__(message, line=step.line, column=column, hint=hint)
        self.code = code
        self.index = step.index
        self.left: Descriptor | None = None

    @classmethod
    def of(cls, step: Step, problem: Problem, column: int) -> StepError:
        """A problem that was foretold."""
        return cls(step, problem.message, hint=problem.description, column=column)
