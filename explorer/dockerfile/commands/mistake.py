"""How the readers of this package say that something is wrong."""

from __future__ import annotations

from explorer.dockerfile.statement import Fault
from explorer.dockerfile.words import Flag, Word


class Mistake(Exception):
    """A fault in an instruction; raised and caught inside this package only."""

    def __init__(self, message: str, at: Word | Flag) -> None:
        super().__init__(message)
        self.fault = Fault(message, at.start, at.end)
