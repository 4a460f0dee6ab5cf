"""What one step prints, as lines: kept whole up to a limit, of which the last counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from explorer.build.runs.sgr import PLAIN, Run, Style, plain, plain_lines, runs, style_after

MOST_BYTES: Final = 8 << 20
"""Bytes of one step's output that are at hand; beyond, the oldest lines go."""
LONGEST_LINE: Final = 4000
"""Bytes of a line; what is longer goes on in the next one."""
MOST_LINES: Final = 300_000
"""Lines that are at hand: short ones cost far more room than their bytes."""
_SHARE: Final = 32
_SLICE: Final = 2000
_TRIMMED: Final = 64
"""Lines that go at a time."""


class Output:
    """Lines are numbered from 0, and keep their numbers when the oldest go.

    Feeding costs what was fed, whatever is there already.
    """

    __slots__ = ("_lines", "_open", "_size", "_style", "_styled", "_styles", "first", "size")

    def __init__(self) -> None:
        self.first = 0
        """The number of the oldest line that is kept."""
        self.size = 0
        """Bytes that were printed, kept or not."""
        self._lines: list[bytes] = []
        self._open = b""
        self._size = 0
        self._style = PLAIN
        self._styles: dict[int, Style] = {}
        self._styled: deque[int] = deque()
        """The keys of the styles, in order: a dictionary that loses its first ones finds the
        next only slowly."""

    @property
    def end(self) -> int:
        """The number behind the last line, one still being printed counted in."""
        return self.first + len(self._lines) + bool(self._open)

    def __len__(self) -> int:
        return self.end - self.first

    def feed(self, data: bytes) -> None:
        """Take in what was printed."""
        self.size += len(data)
        self._size += len(data)
        lines = (self._open + data).split(b"\n")
        self._open = lines.pop()
        if lines and len(max(lines, key=len)) > LONGEST_LINE:
            lines = [part for line in lines for part in _cut(line)]
        if len(self._open) > LONGEST_LINE:
            *parts, self._open = _cut(self._open)
            lines += parts
        if b"\x1b" in data or self._style is not PLAIN:
            self._note_styles(lines)
        self._lines += lines
        if self._size > MOST_BYTES or len(self._lines) > MOST_LINES:
            self.trim(MOST_BYTES - MOST_BYTES // _SHARE, MOST_LINES - MOST_LINES // _SHARE)

    def pass_over(self, data: bytes) -> None:
        """Count what was printed, and keep none of it, nor of what came before."""
        self.size += len(data)
        self.first = self.end - bool(self._open) + data.count(b"\n")
        self._open = data[data.rfind(b"\n") + 1 :][-LONGEST_LINE:]
        self._lines, self._styles, self._style = [], {}, PLAIN
        self._styled.clear()
        self._size = len(self._open)

    def trim(self, most: int, lines: int = MOST_LINES) -> None:
        """Let the oldest lines go, so that at most ``most`` bytes and ``lines`` are kept."""
        count = max(0, len(self._lines) - lines)
        self._size -= sum(map(len, self._lines[:count])) + count
        step = _TRIMMED
        while self._size > most and count < len(self._lines):
            some = self._lines[count : count + step]
            size = sum(map(len, some)) + len(some)
            if step > 1 and self._size - size < most:
                step = 1  # not one line more than need be
                continue
            self._size -= size
            count += len(some)
        del self._lines[:count]
        self.first += count
        while self._styled and self._styled[0] < self.first:
            del self._styles[self._styled.popleft()]

    @property
    def kept(self) -> int:
        """Bytes that are kept."""
        return self._size

    def raw(self, number: int) -> bytes:
        """A line as it was printed; empty for one that is not there."""
        at = number - self.first
        if 0 <= at < len(self._lines):
            return self._lines[at]
        return self._open if at == len(self._lines) else b""

    def line(self, number: int) -> tuple[Run, ...]:
        """A line in its colours."""
        return runs(self.raw(number), self._styles.get(number, PLAIN))

    def text(self, number: int) -> str:
        """A line without colours."""
        return plain(self.raw(number))

    def texts(self, first: int = 0, end: int | None = None) -> Iterator[str]:
        """Lines without colours."""
        last = self.end if end is None else min(end, self.end)
        return (self.text(number) for number in range(max(first, self.first), last))

    def joined(self, first: int, end: int) -> Iterator[str]:
        """Lines without colours, many at a time, each piece with its line feeds."""
        first, end = max(first, self.first), min(end, self.end)
        for start in range(first, end, _SLICE):
            stop = min(start + _SLICE, end)
            yield plain_lines(self._raws(start, stop)) + ("\n" if stop < end else "")

    def find(self, words: str, start: int, step: int = 1) -> int | None:
        """The next line from ``start`` on that has ``words``, or in the other direction.

        Goes around the end once. Letters count as equal in either case, if ``words`` has no
        capitals.
        """
        return next((found for found in self.seek(words, start, step) if found is not None), None)

    def seek(self, words: str, start: int, step: int = 1) -> Iterator[int | None]:
        """As :meth:`find`, with a pause, and None, after some thousand lines each."""
        if not words or not len(self):
            return
        start = min(max(start, self.first), self.end - 1)
        first, end = self.first, self.end
        pieces = (
            [(start, end), (first, start)] if step > 0 else [(first, start + 1), (start + 1, end)]
        )
        for low, high in pieces:
            starts = range(low, high, _SLICE)
            for at in starts if step > 0 else reversed(starts):
                found = self._matches(words, at, min(at + _SLICE, high))
                if found:
                    yield found[0] if step > 0 else found[-1]
                    return
                yield None

    def _matches(self, words: str, first: int, end: int) -> list[int]:
        """The lines among some that have ``words``."""
        any_case = words == words.lower()
        text = plain_lines(self._raws(first, end))
        if words not in (text.lower() if any_case else text):
            return []
        lines = text.split("\n")
        return [
            first + number
            for number, line in enumerate(lines)
            if words in (line.lower() if any_case else line)
        ]

    def _raws(self, first: int, end: int) -> list[bytes]:
        found = self._lines[max(0, first - self.first) : max(0, end - self.first)]
        if self._open and first < self.end <= end:
            found.append(self._open)
        return found

    def tail(self, most: int) -> bytes:
        """The last whole lines of at most ``most`` bytes, as they were printed."""
        found: list[bytes] = [self._open] if self._open else []
        size = len(self._open)
        for line in reversed(self._lines):
            size += len(line) + 1
            if size > most:
                break
            found.append(line)
        written = b"\n".join(reversed(found))
        return written if self._open or not found else written + b"\n"

    def _note_styles(self, lines: list[bytes]) -> None:
        """Remember how each line begins. The open one is not over: it is looked at when it is."""
        number, style = self.first + len(self._lines), self._style
        for line in lines:
            if style is not PLAIN:
                self._style_line(number, style)
            if b"\x1b" in line:
                style = style_after(line, style)
            number += 1
        self._style = PLAIN if style == PLAIN else style
        if style != PLAIN:
            self._style_line(number, style)

    def _style_line(self, number: int, style: Style) -> None:
        if number not in self._styles:
            self._styled.append(number)
        self._styles[number] = style


def _cut(line: bytes) -> Iterator[bytes]:
    """Parts of a long line, none of which ends within a character."""
    while len(line) > LONGEST_LINE:
        end = LONGEST_LINE
        while end > LONGEST_LINE - 4 and line[end] & 0xC0 == 0x80:
            end -= 1
        yield line[:end]
        line = line[end:]
    yield line
