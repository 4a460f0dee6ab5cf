"""A screen: what control sequences do to lines and cursor (ECMA-48; xterm's ctlseqs). No Qt here.

Everything that a program can make it hold is bounded: it may print anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from explorer.build.runs.sgr import PLAIN, Style
from explorer.ui.terminal.line import Line, width_of

HISTORY: Final = 10_000
"""Lines above the screen that are kept."""
MOST_ROWS, MOST_COLUMNS = 300, 600
_LONGEST_TITLE: Final = 200
_DRAWN: Final = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
"""DEC Special Graphics, of which programs make frames."""


@dataclass(slots=True)
class Cursor:
    """Where the next character goes; ``pends``: to the next line, once there is one."""

    x: int = 0
    y: int = 0
    style: Style = PLAIN
    pends: bool = False

    def copy(self) -> Cursor:
        """Another one at the same place."""
        return Cursor(self.x, self.y, self.style, self.pends)


class Screen:
    """Lines, a cursor, modes; ``reply`` takes what the program is answered."""

    def __init__(
        self, rows: int = 24, columns: int = 80, reply: Callable[[bytes], object] | None = None
    ) -> None:
        self.rows, self.columns = rows, columns
        self.reply = reply or (lambda _data: None)
        self.history: deque[Line] = deque(maxlen=HISTORY)
        self.scrolled = 0
        """How many lines ever went above the screen."""
        self.title = ""
        self._hard_reset()

    def _hard_reset(self) -> None:
        self.lines = [Line() for _ in range(self.rows)]
        self.other: list[Line] | None = None
        """The lines of the main screen, while a program shows another one."""
        self.cursor = Cursor()
        self._saved = Cursor()
        self._main_saved = Cursor()
        self.top, self.bottom = 0, self.rows - 1
        self.wraps, self.inserts, self.is_relative = True, False, False
        self.shows_cursor = True
        self.has_application_keys = False
        self.brackets_paste = False
        self._draws = [False, False]
        self._set = 0
        self._tabs: set[int] | None = None
        self._last = " "

    @property
    def is_alternate(self) -> bool:
        """Whether a program shows a screen of its own, which has nothing above it."""
        return self.other is not None

    @property
    def first(self) -> int:
        """The number of the first line that is kept; those of the screen come last."""
        return self.scrolled - len(self.history)

    def line(self, number: int) -> Line:
        """A line by its number since the beginning; blank where there is none."""
        at = number - self.scrolled
        if 0 <= at < self.rows:
            return self.lines[at]
        if self.first <= number < self.scrolled:
            return self.history[number - self.first]
        return Line()

    # -- text ---------------------------------------------------------------------------------

    def draw(self, text: str) -> None:
        """Write text at the cursor."""
        if self._draws[self._set]:
            text = text.translate(_DRAWN)
        if not text.isascii():
            self._draw_any(text)
            return
        cursor, at, end = self.cursor, 0, len(text)
        while at < end:
            if cursor.pends:
                self._wrap()
            part = text[at : at + self.columns - cursor.x]
            line = self.lines[cursor.y]
            if self.inserts:
                line.insert(cursor.x, len(part), self.columns, cursor.style)
            line.put(cursor.x, part, cursor.style)
            at += len(part)
            self._advance(len(part))
            if not self.wraps and at < end:
                at = max(at, end - 1)  # the last column is written over and over
        self._last = text[-1:]

    def _draw_any(self, text: str) -> None:
        cursor = self.cursor
        for char in text:
            width = width_of(char)
            if width == 0:
                at = cursor.x if cursor.pends else cursor.x - 1
                if at >= 0:
                    self.lines[cursor.y].mark(at, char)
                continue
            if cursor.pends or (width == 2 and cursor.x + 2 > self.columns and self.wraps):
                self._wrap()
            line = self.lines[cursor.y]
            if self.inserts:
                line.insert(cursor.x, width, self.columns, cursor.style)
            if width == 2 and cursor.x + 2 <= self.columns:
                line.put_wide(cursor.x, char, cursor.style)
            else:
                line.put(cursor.x, char, cursor.style)
            self._last = char
            self._advance(width)

    def _advance(self, count: int) -> None:
        cursor = self.cursor
        cursor.x += count
        if cursor.x >= self.columns:
            cursor.x = self.columns - 1
            cursor.pends = self.wraps

    def _wrap(self) -> None:
        self.lines[self.cursor.y].wraps = True
        self.carriage_return()
        self.line_feed()

    def repeat(self, count: int) -> None:
        """Write the last character again."""
        self.draw(self._last * min(count, self.columns))

    # -- moving -------------------------------------------------------------------------------

    def carriage_return(self) -> None:
        """To the first column."""
        self.cursor.x, self.cursor.pends = 0, False

    def backspace(self) -> None:
        """One to the left."""
        self.cursor.x, self.cursor.pends = max(0, self.cursor.x - 1), False

    def line_feed(self) -> None:
        """Down; at the bottom, everything goes up."""
        cursor = self.cursor
        cursor.pends = False
        if cursor.y == self.bottom:
            self.scroll_up(1)
        elif cursor.y < self.rows - 1:
            cursor.y += 1

    def reverse_feed(self) -> None:
        """Up; at the top, everything goes down."""
        self.cursor.pends = False
        if self.cursor.y == self.top:
            self.scroll_down(1)
        elif self.cursor.y > 0:
            self.cursor.y -= 1

    def move(self, down: int = 0, right: int = 0) -> None:
        """From where the cursor is, within the margins if it is between them."""
        cursor = self.cursor
        low = self.top if cursor.y >= self.top else 0
        high = self.bottom if cursor.y <= self.bottom else self.rows - 1
        cursor.y = min(max(cursor.y + down, low), high)
        cursor.x = min(max(cursor.x + right, 0), self.columns - 1)
        cursor.pends = False

    def start_of_line(self, down: int) -> None:
        """To the first column of another line."""
        self.move(down=down)
        self.carriage_return()

    def place(self, row: int | None, column: int | None) -> None:
        """To a row and a column, counted from 0; None leaves one as it is."""
        cursor = self.cursor
        if row is not None:
            low, high = (self.top, self.bottom) if self.is_relative else (0, self.rows - 1)
            cursor.y = min(low + row, high)
        if column is not None:
            cursor.x = min(column, self.columns - 1)
        cursor.pends = False

    def tab(self, count: int = 1) -> None:
        """To the next tab stop; to one before with a negative count."""
        cursor = self.cursor
        for _ in range(min(abs(count), self.columns)):
            stops = self._stops()
            if count > 0:
                ahead = (x for x in range(cursor.x + 1, self.columns) if x in stops)
                cursor.x = next(ahead, self.columns - 1)
            else:
                cursor.x = next((x for x in range(cursor.x - 1, 0, -1) if x in stops), 0)
        cursor.pends = False

    def _stops(self) -> set[int] | range:
        return range(0, self.columns, 8) if self._tabs is None else self._tabs

    def set_tab(self) -> None:
        """Make a tab stop here."""
        self._tabs = {*self._stops(), self.cursor.x}

    def clear_tabs(self, *, all_of_them: bool) -> None:
        """Take the tab stop here away, or all."""
        self._tabs = set() if all_of_them else {*self._stops()} - {self.cursor.x}

    def save_cursor(self) -> None:
        """Remember where the cursor is."""
        self._saved = self.cursor.copy()

    def restore_cursor(self) -> None:
        """Go back there."""
        self.cursor = self._saved.copy()
        self._hold()

    def _hold(self) -> None:
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        self.cursor.y = min(self.cursor.y, self.rows - 1)

    # -- erasing and scrolling ----------------------------------------------------------------

    def erase_line(self, how: int) -> None:
        """0: from the cursor on, 1: up to it, 2: all."""
        start = self.cursor.x if how == 0 else 0
        end = self.cursor.x + 1 if how == 1 else self.columns
        line = self.lines[self.cursor.y]
        line.erase(start, end, self.cursor.style)
        if how != 1:
            line.wraps = False

    def erase(self, how: int) -> None:
        """As :meth:`erase_line`, of the screen; 3: what is above it."""
        if how == 3:
            self.history.clear()
            return
        if how in (0, 1):
            self.erase_line(how)
        y = self.cursor.y
        rows = {0: range(y + 1, self.rows), 1: range(y), 2: range(self.rows)}.get(how, range(0))
        for row in rows:
            self.lines[row] = self._blank()

    def erase_cells(self, count: int) -> None:
        """Blank some cells from the cursor on."""
        x = self.cursor.x
        self.lines[self.cursor.y].erase(x, min(x + count, self.columns), self.cursor.style)

    def insert_cells(self, count: int) -> None:
        """Make room at the cursor."""
        count = min(count, self.columns - self.cursor.x)
        line = self.lines[self.cursor.y]
        line.insert(self.cursor.x, count, self.columns, self.cursor.style)

    def delete_cells(self, count: int) -> None:
        """Take cells away at the cursor."""
        self.lines[self.cursor.y].delete(self.cursor.x, min(count, self.columns))

    def insert_lines(self, count: int) -> None:
        """Make room above the line of the cursor."""
        if self.top <= self.cursor.y <= self.bottom:
            self._shift(self.cursor.y, -min(count, self.rows))
            self.carriage_return()

    def delete_lines(self, count: int) -> None:
        """Take the line of the cursor away, and those below it."""
        if self.top <= self.cursor.y <= self.bottom:
            self._shift(self.cursor.y, min(count, self.rows))
            self.carriage_return()

    def scroll_up(self, count: int) -> None:
        """Everything goes up; what leaves the top of the main screen is kept above it."""
        count = min(count, self.bottom - self.top + 1)
        if self.top == 0 and not self.is_alternate:
            self.history.extend(self.lines[:count])
            self.scrolled += count
        self._shift(self.top, count)

    def scroll_down(self, count: int) -> None:
        """Everything goes down."""
        self._shift(self.top, -min(count, self.rows))

    def _shift(self, top: int, count: int) -> None:
        """Between a line and the bottom margin, up or, with a negative count, down."""
        room = self.bottom - top + 1
        count = max(-room, min(count, room))
        blank = [self._blank() for _ in range(abs(count))]
        if count > 0:
            self.lines[top : self.bottom + 1] = [
                *self.lines[top + count : self.bottom + 1], *blank
            ]  # fmt: skip
        elif count < 0:
            self.lines[top : self.bottom + 1] = [
                *blank, *self.lines[top : self.bottom + 1 + count]
            ]  # fmt: skip

    def _blank(self) -> Line:
        line = Line()
        if self.cursor.style.ground is not None:
            line.erase(0, self.columns, self.cursor.style)
        return line

    # -- modes --------------------------------------------------------------------------------

    def set_margins(self, top: int, bottom: int) -> None:
        """Scroll between these rows only, counted from 0."""
        if 0 <= top < bottom < self.rows:
            self.top, self.bottom = top, bottom
            self.place(0, 0)

    def choose_set(self, place: int, name: str) -> None:
        """What a set of characters is: ``0`` draws lines."""
        self._draws[place] = name == "0"

    def shift(self, place: int) -> None:
        """Write in one of the two sets."""
        self._set = place

    def show_alternate(self, on: bool, *, with_cursor: bool) -> None:
        """Show a blank screen besides the main one, or the main one again."""
        if on == self.is_alternate:
            return
        if self.other is None:
            self.other, self.lines = self.lines, [Line() for _ in range(self.rows)]
            self._main_saved = self.cursor.copy()
        else:
            self.lines, self.other = self.other, None
            if with_cursor:
                self.cursor = self._main_saved.copy()
                self._hold()
        self.top, self.bottom = 0, self.rows - 1

    def name(self, title: str) -> None:
        """The program names its window."""
        self.title = "".join(c for c in title[:_LONGEST_TITLE] if c.isprintable())

    def reset(self) -> None:
        """As it began; what is above is kept."""
        self._hard_reset()

    def resize(self, rows: int, columns: int) -> None:
        """Have another size. Lines that are too long now are cut when they are painted."""
        rows = max(2, min(rows, MOST_ROWS))
        columns = max(2, min(columns, MOST_COLUMNS))
        if (rows, columns) == (self.rows, self.columns):
            return
        main = self.lines if self.other is None else self.other
        cursor = self.cursor if self.other is None else self._main_saved
        self._fit(main, rows, cursor)
        if self.other is not None:
            del self.lines[rows:]
            self.lines += [Line() for _ in range(rows - len(self.lines))]
        self.rows, self.columns = rows, columns
        self.top, self.bottom = 0, rows - 1
        self.cursor.pends = False
        self._hold()

    def _fit(self, lines: list[Line], rows: int, cursor: Cursor) -> None:
        """Blank lines go first, then those at the top go up; where there is room they come back."""
        while len(lines) > rows and len(lines) - 1 > cursor.y and not lines[-1].chars:
            lines.pop()
        above = max(0, len(lines) - rows)
        self.history.extend(lines[:above])
        del lines[:above]
        back = min(rows - len(lines), len(self.history))
        returned = [self.history.pop() for _ in range(back)][::-1]
        lines[:0] = returned
        lines += [Line() for _ in range(rows - len(lines))]
        self.scrolled += above - back
        cursor.y = max(0, cursor.y + back - above)
