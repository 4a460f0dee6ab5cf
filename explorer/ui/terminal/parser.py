"""What a program prints, told apart: text, control characters, control sequences. No Qt here.

After ECMA-48 and xterm's ctlseqs. No sequence is kept beyond a bound, however long it goes on.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

from explorer.build.runs.sgr import changed
from explorer.ui.terminal.screen import Screen

_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
_SEQUENCE: Final = re.compile(r"\x1b\[([0-?]*)([ -/]*)([@-~])")
_ESCAPE: Final = re.compile(r"\x1b([ -/]*)([0-~])")
_BEGUN: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]*)\Z")
_STRING_ENDS: Final = re.compile(r"[\x07\x18\x1a\x1b\x9c]")
_LONGEST_SEQUENCE: Final = 256
_LONGEST_STRING: Final = 1024
_MOST: Final = 9999


class Parser:
    """Feeds a screen. Whatever it is fed, it goes on; nothing is raised."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._string: str | None = None
        """A string that goes on, such as a title; None outside of one."""
        self._controls: dict[str, Callable[[], object]] = {
            "\b": screen.backspace, "\t": screen.tab, "\n": screen.line_feed,
            "\v": screen.line_feed, "\f": screen.line_feed, "\r": screen.carriage_return,
            "\x0e": lambda: screen.shift(1), "\x0f": lambda: screen.shift(0),
        }  # fmt: skip
        self._escapes: dict[str, Callable[[], object]] = {
            "7": screen.save_cursor, "8": screen.restore_cursor, "D": screen.line_feed,
            "E": self._next_line, "H": screen.set_tab, "M": screen.reverse_feed,
            "c": screen.reset,
        }  # fmt: skip
        self._sequences = self._table()

    def feed(self, data: bytes) -> None:
        """Take what was printed."""
        text, self._rest = self._rest + self._decoder.decode(data), ""
        at, end = 0, len(text)
        while at < end:
            if self._string is not None:
                at = self._go_on(text, at)
                continue
            found = _TEXT.match(text, at)
            if found is not None:
                self._screen.draw(found[0])
                at = found.end()
            elif text[at] == "\x1b":
                at = self._escape(text, at)
            else:
                control = self._controls.get(text[at])
                if control is not None:
                    control()
                at += 1

    # -- escape sequences ---------------------------------------------------------------------

    def _escape(self, text: str, at: int) -> int:
        """What begins with ESC; where it ends."""
        following = text[at + 1 : at + 2]
        if following in ("]", "P", "X", "^", "_") and following:
            self._string = following
            return at + 2
        found = (_SEQUENCE if following == "[" else _ESCAPE).match(text, at)
        if found is not None:
            if following == "[":
                self._sequence(found[1], found[2], found[3])
            else:
                self._simple(found[1], found[2])
            return found.end()
        if _BEGUN.match(text, at) and len(text) - at < _LONGEST_SEQUENCE:
            self._rest = text[at:]
            return len(text)
        return at + 1  # it is none: what follows is text

    def _simple(self, between: str, final: str) -> None:
        if between in ("(", ")"):
            self._screen.choose_set("()".index(between), final)
        elif not between and final in self._escapes:
            self._escapes[final]()

    def _go_on(self, text: str, at: int) -> int:
        """More of a string, up to its end."""
        assert self._string is not None
        found = _STRING_ENDS.search(text, at)
        end = found.start() if found is not None else len(text)
        room = _LONGEST_STRING - len(self._string)
        self._string += text[at : min(end, at + max(0, room))]
        if found is None:
            return end
        string, self._string = self._string, None
        if string[:3] in ("]0;", "]2;") and found[0] != "\x18":
            self._screen.name(string[3:])
        return end if found[0] == "\x1b" else end + 1  # ESC \\ is a sequence of its own

    def _sequence(self, parameters: str, between: str, final: str) -> None:
        if final == "m" and not between and parameters[:1] not in ("<", "=", ">", "?"):
            cursor = self._screen.cursor
            cursor.style = changed(cursor.style, parameters.encode()[:_LONGEST_SEQUENCE])
            return
        private = parameters[:1] if parameters[:1] in ("<", "=", ">", "?") else ""
        numbers = [_number(part) for part in parameters[len(private) :].split(";", 32)[:32]]
        if private == "?" and final in "hl" and not between:
            for number in numbers:
                self._set_private(number, on=final == "h")
        elif private == ">" and final == "c":
            self._screen.reply(b"\x1b[>0;0;0c")
        elif not private and not between and final in self._sequences:
            self._sequences[final](numbers)

    def _next_line(self) -> None:
        self._screen.carriage_return()
        self._screen.line_feed()

    def _set_private(self, mode: int, *, on: bool) -> None:
        screen = self._screen
        match mode:
            case 1:
                screen.has_application_keys = on
            case 6:
                screen.is_relative = on
                screen.place(0, 0)
            case 7:
                screen.wraps = on
            case 25:
                screen.shows_cursor = on
            case 47 | 1047:
                screen.show_alternate(on, with_cursor=False)
            case 1048:
                (screen.save_cursor if on else screen.restore_cursor)()
            case 1049:
                screen.show_alternate(on, with_cursor=True)
            case 2004:
                screen.brackets_paste = on

    def _report(self, what: int) -> None:
        cursor = self._screen.cursor
        if what == 5:
            self._screen.reply(b"\x1b[0n")
        elif what == 6:
            self._screen.reply(b"\x1b[%d;%dR" % (cursor.y + 1, cursor.x + 1))

    def _margins(self, numbers: list[int]) -> None:
        bottom = numbers[1] if len(numbers) > 1 and numbers[1] else self._screen.rows
        self._screen.set_margins(max(0, numbers[0] - 1), min(bottom, self._screen.rows) - 1)

    def _table(self) -> dict[str, Callable[[list[int]], object]]:
        s = self._screen

        def one(n: list[int]) -> int:
            return n[0] or 1

        def second(n: list[int]) -> int:
            return (n[1] if len(n) > 1 else 0) or 1

        def insert_mode(n: list[int], *, on: bool) -> None:
            if 4 in n:
                s.inserts = on

        return {
            "@": lambda n: s.insert_cells(one(n)),
            "A": lambda n: s.move(down=-one(n)),
            "B": lambda n: s.move(down=one(n)),
            "C": lambda n: s.move(right=one(n)),
            "D": lambda n: s.move(right=-one(n)),
            "E": lambda n: s.start_of_line(one(n)),
            "F": lambda n: s.start_of_line(-one(n)),
            "G": lambda n: s.place(None, one(n) - 1),
            "H": lambda n: s.place(one(n) - 1, second(n) - 1),
            "I": lambda n: s.tab(one(n)),
            "J": lambda n: s.erase(n[0]),
            "K": lambda n: s.erase_line(n[0]),
            "L": lambda n: s.insert_lines(one(n)),
            "M": lambda n: s.delete_lines(one(n)),
            "P": lambda n: s.delete_cells(one(n)),
            "S": lambda n: s.scroll_up(one(n)),
            "T": lambda n: s.scroll_down(one(n)),
            "X": lambda n: s.erase_cells(one(n)),
            "Z": lambda n: s.tab(-one(n)),
            "`": lambda n: s.place(None, one(n) - 1),
            "a": lambda n: s.move(right=one(n)),
            "b": lambda n: s.repeat(one(n)),
            "c": lambda n: s.reply(b"\x1b[?6c"),
            "d": lambda n: s.place(one(n) - 1, None),
            "e": lambda n: s.move(down=one(n)),
            "f": lambda n: s.place(one(n) - 1, second(n) - 1),
            "g": lambda n: s.clear_tabs(all_of_them=n[0] == 3),
            "h": lambda n: insert_mode(n, on=True),
            "l": lambda n: insert_mode(n, on=False),
            "n": lambda n: self._report(n[0]),
            "r": self._margins,
            "s": lambda n: s.save_cursor(),
            "u": lambda n: s.restore_cursor(),
        }


def _number(text: str) -> int:
    digits = text.partition(":")[0][:5]
    return min(int(digits), _MOST) if digits.isascii() and digits.isdigit() else 0
