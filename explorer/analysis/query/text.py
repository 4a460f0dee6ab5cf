"""Text as typed in a query: characters, some of them marked as standing for themselves."""

from __future__ import annotations

from dataclasses import dataclass

SPECIAL = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Text:
    """``literal`` marks characters that were quoted or escaped; empty where none was."""

    chars: str
    literal: tuple[bool, ...] = ()

    def __str__(self) -> str:
        return self.chars

    def __bool__(self) -> bool:
        return bool(self.chars)

    @property
    def is_glob(self) -> bool:
        """Whether any character stands for others."""
        return any(char in SPECIAL and not self.marked(i) for i, char in enumerate(self.chars))

    @property
    def folds(self) -> bool:
        """Smart case: without a capital letter, case does not matter."""
        return self.chars == self.chars.lower()

    @property
    def raw(self) -> bytes:
        """The bytes a name would have; surrogates stand for bytes that are not UTF-8."""
        try:
            return self.chars.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half a character, from a careless clipboard
            return self.chars.encode("utf-8", "replace")

    def marked(self, index: int) -> bool:
        """Whether a character stands for itself whatever it is."""
        return bool(self.literal) and self.literal[index]

    def split(self, separator: str) -> list[Text]:
        """The parts between a character."""
        parts: list[Text] = []
        start = 0
        for index in (*(i for i, char in enumerate(self.chars) if char == separator), None):
            stop = len(self.chars) if index is None else index
            parts.append(self[start:stop])
            start = stop + 1
        return parts

    def __getitem__(self, piece: slice) -> Text:
        return Text(self.chars[piece], self.literal[piece] if self.literal else ())


EMPTY = Text("")
