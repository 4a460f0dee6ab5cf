"""What a rule found, before it is known whether the rule may speak."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.problem import Phase, Problem, Severity
from explorer.dockerfile.source import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule, what it says here, and where; ``comments`` are those that may switch it off."""

    rule: Rule
    message: str
    span: Span
    line: int
    comments: tuple[str, ...] = ()

    def as_problem(self) -> Problem:
        """The finding as a warning."""
        return Problem(
            message=self.message,
            span=self.span,
            line=self.line,
            severity=Severity.WARNING,
            rule=self.rule.name,
            description=self.rule.description,
            url=self.rule.url,
            phase=Phase.CHECKS,
        )
