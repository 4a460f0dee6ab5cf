"""What is selected of a terminal's lines, and its text. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.ui.terminal.screen import Screen

Place = tuple[int, int]
"""The number of a line, and a place between two of its cells."""


@dataclass(slots=True)
class Selection:
    """From where the button went down to where it is."""

    anchor: Place
    caret: Place

    @property
    def ends(self) -> tuple[Place, Place]:
        """Its start and its end, in the order of the text."""
        return min(self.anchor, self.caret), max(self.anchor, self.caret)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.caret

    def cells(self, number: int, columns: int) -> tuple[int, int]:
        """The selected cells of a line."""
        start, end = self.ends
        if not start[0] <= number <= end[0]:
            return 0, 0
        first = start[1] if number == start[0] else 0
        return first, end[1] if number == end[0] else columns

    def text(self, screen: Screen) -> str:
        """What is selected; a line that was only wrapped goes on."""
        start, end = self.ends
        parts: list[str] = []
        for number in range(max(start[0], screen.first), end[0] + 1):
            line = screen.line(number)
            first, last = self.cells(number, max(len(line.chars), 1))
            words = line.text(first, last)
            goes_on = line.wraps and number != end[0]
            parts.append(words if goes_on else words.rstrip(" "))
            if number != end[0] and not goes_on:
                parts.append("\n")
        return "".join(parts)


def word_at(screen: Screen, place: Place) -> Selection:
    """The word, the path or the address at a place."""
    number, at = place
    words = screen.line(number).chars

    def belongs(char: str) -> bool:
        return not char or char.isalnum() or char in "_-./:~@%+=,"

    start = end = min(at, len(words))
    while start > 0 and belongs(words[start - 1]):
        start -= 1
    while end < len(words) and belongs(words[end]):
        end += 1
    return Selection((number, start), (number, end))
