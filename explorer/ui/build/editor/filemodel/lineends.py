"""How the lines of a file end. The editor sees line feeds; the file keeps what it had."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Self

_MOST: Final = 4_000
"""Changed lines that are matched one by one."""


@dataclass(frozen=True, slots=True)
class LineEnds:
    """The ends of the lines of one text.

    ``usual`` is what most lines end with, and what new ones get. ``lines`` and ``ends`` are only
    set where ends are mixed: the text's lines, and the end of each but the last.
    """

    usual: str = "\n"
    lines: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @classmethod
    def split(cls, raw: str) -> tuple[str, Self]:
        """The text with line feeds alone, and what its lines ended with."""
        returned, all_of_them = raw.count("\r\n"), raw.count("\n")
        if not returned:
            return raw, cls()
        text = raw.replace("\r\n", "\n")
        if returned == all_of_them:
            return text, cls("\r\n")
        parts = raw.split("\n")
        ends = tuple("\r\n" if part.endswith("\r") else "\n" for part in parts[:-1])
        return text, cls(Counter(ends).most_common(1)[0][0], tuple(text.split("\n")), ends)

    @property
    def is_mixed(self) -> bool:
        """Whether not all lines end alike."""
        return bool(self.ends)

    def join(self, text: str) -> str:
        """A text, perhaps changed since, with ends: lines that are still there keep theirs."""
        if not self.is_mixed:
            return text if self.usual == "\n" else text.replace("\n", self.usual)
        lines = text.split("\n")
        ends = self._matched(lines)
        return "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))

    def _matched(self, lines: list[str]) -> list[str]:
        old, count = self.lines, len(lines) - 1
        start = _common(old, lines)
        most = min(len(old), len(lines)) - start
        end = _common(old[::-1], lines[::-1][:most])
        ends = [self.usual] * count
        for index in range(min(start, count, len(self.ends))):
            ends[index] = self.ends[index]
        middle_old, middle_new = old[start : len(old) - end], lines[start : len(lines) - end]
        if len(middle_old) + len(middle_new) <= _MOST:
            matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
            for before, after, size in matcher.get_matching_blocks():
                for step in range(size):
                    self._keep(ends, start + after + step, start + before + step)
        for step in range(1, end + 1):
            self._keep(ends, len(lines) - step, len(old) - step)
        return ends

    def _keep(self, ends: list[str], new: int, old: int) -> None:
        if new < len(ends) and old < len(self.ends):
            ends[new] = self.ends[old]


def _common(one: tuple[str, ...], other: list[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
