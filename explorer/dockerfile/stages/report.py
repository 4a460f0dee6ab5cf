"""Gathering problems while a Dockerfile is evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.dockerfile.problem import Phase, Problem
from explorer.dockerfile.source import Span


@dataclass(slots=True)
class Report:
    """Problems, in the order they are met."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, phase: Phase, message: str, span: Span, line: int) -> None:
        """Note one."""
        self.problems.append(Problem(message, span, line, phase=phase))

    def in_order(self) -> tuple[Problem, ...]:
        """The problems in the order BuildKit would meet them."""
        return tuple(sorted(self.problems, key=lambda problem: problem.phase))
