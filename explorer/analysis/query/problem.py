"""What is wrong with a query, and where."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import UsageError


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """``position`` counts characters from 0, ``length`` how many are meant.

    ``message`` says why, ``hint`` what to write instead; both without a final stop.
    """

    position: int
    message: str
    length: int = 1
    hint: str = ""


class QueryError(UsageError):
    """A query that cannot be read; ``problem`` says where."""

    def __init__(self, problem: QueryProblem) -> None:
        super().__init__(
            f"The query cannot be read at character {problem.position + 1}",
            why=problem.message,
            hint=problem.hint,
        )
        self.problem = problem

    @property
    def position(self) -> int:
        """Where the trouble begins, in characters from 0."""
        return self.problem.position


def fail(position: int, message: str, length: int = 1, *, hint: str = "") -> QueryError:
    """The error for a problem."""
    return QueryError(QueryProblem(position, message, length, hint))
