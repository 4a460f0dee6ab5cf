"""What control sequences do to a screen; and that nothing a program prints does harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ui.terminal.parser import Parser
from explorer.ui.terminal.screen import HISTORY, MOST_COLUMNS, Screen
from explorer.ui.terminal.selection import Selection, word_at

ESC = "\x1b"


class Terminal:
    """A small screen, and what it answered."""

    def __init__(self, rows: int = 4, columns: int = 10) -> None:
        self.answers = b""
        self.screen = Screen(rows, columns, self._take)
        self.parser = Parser(self.screen)

    def _take(self, data: bytes) -> None:
        self.answers += data

    def feed(self, text: str) -> Terminal:
        self.parser.feed(text.encode())
        return self

    @property
    def lines(self) -> list[str]:
        return [line.text().rstrip() for line in self.screen.lines]

    @property
    def place(self) -> tuple[int, int]:
        return self.screen.cursor.y, self.screen.cursor.x


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\r\ntwo", ["one", "two", "", ""]),
        ("0123456789ab", ["0123456789", "ab", "", ""]),
        ("0123456789\r\nab", ["0123456789", "ab", "", ""]),
        ("a\tb", ["a       b", "", "", ""]),
        ("abc\b\bX", ["aXc", "", "", ""]),
        ("abc\rX", ["Xbc", "", "", ""]),
        ("1\r\n2\r\n3\r\n4\r\n5", ["2", "3", "4", "5"]),
        (f"abc{ESC}[2DX", ["aXc", "", "", ""]),
        (f"{ESC}[3;4HX", ["", "", "   X", ""]),
        (f"abc\r\ndef{ESC}[AX", ["abcX", "def", "", ""]),
        (f"abcdef\r{ESC}[3C{ESC}[K", ["abc", "", "", ""]),
        (f"abcdef{ESC}[3D{ESC}[1K", ["    ef", "", "", ""]),
        (f"a\r\nb\r\nc{ESC}[2J", ["", "", "", ""]),
        (f"a\r\nb\r\nc\r\x1b[A{ESC}[J", ["a", "", "", ""]),
        (f"abcdef\r{ESC}[2P", ["cdef", "", "", ""]),
        (f"abc\r{ESC}[2@X", ["X abc", "", "", ""]),
        (f"abc\r{ESC}[4hX{ESC}[4lY", ["XYbc", "", "", ""]),
        (f"abcdef\r{ESC}[3X", ["   def", "", "", ""]),
        (f"a\r\nb\r\nc\r\x1b[2A{ESC}[L", ["", "a", "b", "c"]),
        (f"a\r\nb\r\nc\r\x1b[2A{ESC}[M", ["b", "c", "", ""]),
        (f"1\r\n2\r\n3\r\n4{ESC}[2;3r{ESC}[3;1H\nX", ["1", "3", "X", "4"]),
        (f"1\r\n2\r\n3\r\n4{ESC}[H{ESC}M0", ["0", "1", "2", "3"]),
        (f"a{ESC}[5b", ["aaaaaa", "", "", ""]),
        (f"{ESC}(0qx{ESC}(Bqx", ["─│qx", "", "", ""]),
        (f"{ESC}]0;title\x07ok", ["ok", "", "", ""]),
        (f"{ESC}Pgarbage{ESC}\\ok", ["ok", "", "", ""]),
        (f"{ESC}[?25l{ESC}[>4;2m{ESC}[!pok", ["ok", "", "", ""]),
        (f"main{ESC}[?1049h{ESC}[Hother", ["other", "", "", ""]),
        (f"main{ESC}[?1049h{ESC}[Hother{ESC}[?1049l!", ["main!", "", "", ""]),
        (f"{ESC}[?7l0123456789ab", ["012345678b", "", "", ""]),
        ("漢字", ["漢字", "", "", ""]),
        ("e\u0301!", ["e\u0301!", "", "", ""]),
        ("0\x1b7\r\n1\x1b8X", ["0X", "1", "", ""]),
    ],
)
def test_sequences_do_as_in_xterm(text: str, lines: list[str]) -> None:
    terminal = Terminal().feed(text)
    assert terminal.lines == lines
    again = Terminal()
    for byte in text.encode():
        again.parser.feed(bytes([byte]))
    assert again.lines == lines, "wherever it is cut"


def test_wide_characters_take_two_cells() -> None:
    terminal = Terminal().feed("012345678漢")
    assert terminal.lines[:2] == ["012345678", "漢"]
    assert Terminal().feed("漢\r X").lines[0] == " X", "half of one is none"


def test_what_leaves_the_screen_is_kept_above_it() -> None:
    terminal = Terminal(rows=2).feed("1\r\n2\r\n3\r\n4")
    screen = terminal.screen
    assert [screen.line(n).text() for n in range(screen.first, screen.scrolled)] == ["1", "2"]
    terminal.feed(f"{ESC}[?1049h" + "x\r\n" * 9)
    assert len(screen.history) == 2, "another screen leaves nothing"


def test_it_answers_what_programs_ask() -> None:
    terminal = Terminal().feed(f"ab{ESC}[6n{ESC}[c{ESC}[5n")
    assert terminal.answers == b"\x1b[1;3R\x1b[?6c\x1b[0n"


def test_colours_stay_until_they_change() -> None:
    terminal = Terminal().feed(f"{ESC}[1;31mred{ESC}[0m{ESC}[48;5;20mblue")
    red, blue = (style for _, _, style in terminal.screen.lines[0].runs())
    assert (red.ink, red.bold, red.ground) == (1, True, None)
    assert (blue.ink, blue.bold, blue.ground) == (None, False, 20)


def test_another_size_keeps_the_text() -> None:
    terminal = Terminal(rows=4).feed("1\r\n2\r\n3\r\n4")
    screen = terminal.screen
    screen.resize(2, 10)
    assert terminal.lines == ["3", "4"]
    assert terminal.place == (1, 1)
    screen.resize(4, 10)
    assert terminal.lines == ["1", "2", "3", "4"]
    assert terminal.place == (3, 1)
    screen.resize(6, 3)
    terminal.feed("56")
    assert terminal.lines == ["1", "2", "3", "456", "", ""]


def test_what_is_selected_is_copied_as_it_was_written() -> None:
    terminal = Terminal().feed("0123456789abc   \r\nnext")
    screen = terminal.screen
    assert Selection((0, 2), (2, 4)).text(screen) == "23456789abc\nnext"
    assert Selection((2, 4), (0, 2)).text(screen) == "23456789abc\nnext"
    terminal.feed("\r\n cat /a/b")
    assert word_at(screen, (3, 7)).text(screen) == "/a/b"


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]0;" + "x" * 100_000,
        "\x1bP" + "x" * 100_000,
        "\x1b[" + "1;" * 50_000,
        "\x1b[" + "9" * 50_000 + "m",
        "\x1b[38;2;999999999;1;1m\x1b[38m\x1b[²m\x1b[1:2:3:4m",
        "a" + "\u0301" * 50_000,
        "\x1b[9999;9999H\x1b[9999b\x1b[9999L\x1b[9999M\x1b[9999@\x1b[9999P\x1b[9999S\x1b[9999T",
        "\x1b[0;0r\x1b[5;2r\x1b[9999;1r\x1b[?6h\x1b[99A\x1b[99B",
        "\x1b[?3h\x1b[8;9999;9999t",
        "\x1b7" * 1000 + "\x1b8" * 1000,
        "\x1bH" * 1000 + "\x1b[3g\t\t\x1b[9999I\x1b[9999Z",
        "\n" * (HISTORY * 2),
    ],
)
def test_nothing_grows_without_bound(hostile: str) -> None:
    terminal = Terminal()
    for at in range(0, len(hostile), 997):
        terminal.feed(hostile[at : at + 997])
    screen = terminal.screen
    assert (screen.rows, screen.columns) == (4, 10)
    assert len(screen.history) <= HISTORY
    assert len(screen.title) <= 200
    assert all(len(line.chars) <= MOST_COLUMNS for line in screen.lines)
    assert all(len(char) <= 6 for line in screen.lines for char in line.chars)
    assert len(terminal.parser._rest) <= 1024
    terminal.feed("\x18\x1b\\\x1bcok")
    assert terminal.lines[0] == "ok", "it goes on"


_TEXTS = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"\x1b[", b"\x1b]", b"\x1b", b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[2;3r", b"\x1bM",
             b"\x1b[L", b"\x1b[3M", b"\r\n", "漢".encode(), b"\x1b[9C", b"\x1b[@", b"\x1b[P",
             b"\x1b[44m\x1b[J", b"\x1b[?6h", b"\x1b8", b"\x1b7"]
        ),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_TEXTS, st.integers(1, 8), st.integers(1, 12))
def test_any_bytes_leave_a_screen_that_is_one(data: list[bytes], rows: int, columns: int) -> None:
    terminal = Terminal()
    screen = terminal.screen
    for number, piece in enumerate(data):
        terminal.parser.feed(piece)
        if number == len(data) // 2:
            screen.resize(rows, columns)
        assert len(screen.lines) == screen.rows
        assert 0 <= screen.cursor.x < screen.columns
        assert 0 <= screen.cursor.y < screen.rows
        assert 0 <= screen.top <= screen.bottom < screen.rows
        assert all(len(line.chars) == len(line.styles) for line in screen.lines)


def test_as_pyte_where_both_know_what_to_do() -> None:
    pyte = pytest.importorskip("pyte")
    text = "one\r\ntwo\x1b[1;31m red\x1b[0m\x1b[2;2HX\x1b[K\r\n\x1b[3;1Hlast\x1b[1P\x1b[2@\r\n" * 3
    theirs = pyte.Screen(40, 6)
    pyte.Stream(theirs).feed(text)
    ours = Terminal(rows=6, columns=40).feed(text)
    assert ours.lines == [line.rstrip() for line in theirs.display]
