"""What is wrong with a Dockerfile, where, and how badly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from explorer.dockerfile.source import Span
from explorer.errors import ExplorerError


class Severity(Enum):
    """Whether a build stops for it."""

    ERROR = "error"
    WARNING = "warning"


class Phase(IntEnum):
    """When BuildKit meets an error; it stops at the first one."""

    PARSING = 1
    READING = 2
    """Reading instructions one by one: names, counts of arguments, flags."""
    ARGUMENTS = 3
    BASES = 4
    GRAPH = 5
    RESOLVING = 6
    STEPS = 7
    CHECKS = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a place.

    ``span`` is the exact place. ``line`` is the line that BuildKit names for it, counted from 1:
    often the first line of the instruction, where the span may begin further down. ``rule``,
    ``description`` and ``url`` are set for checks, and empty for errors of the language.
    """

    message: str
    span: Span
    line: int
    severity: Severity = Severity.ERROR
    rule: str = ""
    description: str = ""
    url: str = ""
    phase: Phase = Phase.PARSING

    @property
    def build_error(self) -> str:
        """The message that BuildKit stops with."""
        prefix = f"dockerfile parse error on line {self.line}: "
        return prefix + self.message if self.phase is Phase.READING else self.message

    def __str__(self) -> str:
        rule = f"{self.rule}: " if self.rule else ""
        return f"line {self.line}: {rule}{self.message}"


class DockerfileError(ExplorerError):
    """The text is no Dockerfile that can be built; ``problem`` says where and why.

    With ``what`` it is something else that cannot be done with the text, for that reason.
    """

    exit_code = 4

    def __init__(self, problem: Problem, what: str = "") -> None:
        what = what or f"dockerfile parse error on line {problem.line}"
        super().__init__(what, why=problem.message)
        self.problem = problem
