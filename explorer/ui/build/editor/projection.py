"""Between the text that the editor was given and what it shows of it.

Nearly always they are the same. A line of megabytes would hold up every keystroke for seconds, so
a text with overlong lines is shown with those cut, and cannot be changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from explorer.dockerfile.source import Lines
from explorer.ui.build.editor.mirror import Mirror
from explorer.ui.text import count

LONGEST_LINE: Final = 65_535
"""Characters of a line that can be edited: BuildKit reads no longer ones, and longer ones take
longer to lay out than a keystroke may."""
_SHOWN: Final = 2_000


class Projection(Protocol):
    """Between offsets of the whole text and positions in Qt's document."""

    def position(self, offset: int) -> int:
        """Where an offset is shown."""
        ...

    def offset(self, position: int) -> int:
        """What is shown at a position."""
        ...


@dataclass(frozen=True, slots=True)
class Direct:
    """All of the text is shown."""

    mirror: Mirror

    def position(self, offset: int) -> int:
        """Where an offset is shown."""
        length = len(self.mirror.text)
        return self.mirror.units.units(min(max(offset, 0), length))

    def offset(self, position: int) -> int:
        """What is shown at a position."""
        return self.mirror.units.characters(position)


@dataclass(frozen=True, slots=True)
class Clipped:
    """Lines that are too long are shown by their beginning."""

    whole: Lines
    shown: Lines
    mirror: Mirror

    def position(self, offset: int) -> int:
        """Where an offset is shown; in what is cut off, the cut."""
        place = self.whole.position(offset)
        return self.mirror.units.units(self.shown.offset(place))

    def offset(self, position: int) -> int:
        """What is shown at a position."""
        return self.whole.offset(self.shown.position(self.mirror.units.characters(position)))


def is_too_long(text: str, limit: int = LONGEST_LINE) -> bool:
    """Whether a text has a line of more than ``limit`` characters."""
    if len(text) <= limit:
        return False
    start = 0
    while len(text) - start > limit:
        end = text.rfind("\n", start, start + limit + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def clipped(text: str) -> str:
    """The text with its overlong lines cut."""
    return "\n".join(_clip(line) for line in text.split("\n"))


def _clip(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    return f"{line[:_SHOWN]} … {count(len(line) - _SHOWN)} more characters"
