"""An explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REFERENCE: Final = "https://docs.docker.com/reference/dockerfile/"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a thing is called, what it does, and the part of the reference about it.

    ``summary`` is one sentence; ``more`` is small Markdown, ``""`` where one sentence does.
    """

    title: str
    summary: str
    anchor: str
    more: str = ""

    @property
    def url(self) -> str:
        """The page in the Dockerfile reference."""
        return f"{REFERENCE}#{self.anchor}"

    @property
    def body(self) -> str:
        """All of it."""
        return f"{self.summary}\n\n{self.more}" if self.more else self.summary
