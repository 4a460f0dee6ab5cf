"""Tables and lines: plain in a pipe, fitted and coloured on a terminal."""

from __future__ import annotations

import io
import re

from explorer.cli.screen import Column, Screen, Styled, cell_width, fit
from tests.cli.conftest import Terminal

COLUMNS = [Column("size", right=True), Column("path", flexible=True), Column("", style="dim")]
ROWS = [["1", "/a", ""], [Styled("1000", "bold"), ("/b", Styled("!", "red")), "note"]]


def test_a_pipe_gets_plain_aligned_text() -> None:
    out = io.StringIO()
    assert Screen(out).table(COLUMNS, ROWS) == 2
    assert out.getvalue() == "size  path\n   1  /a\n1000  /b!   note\n"


def test_a_table_without_rows_is_nothing() -> None:
    out = io.StringIO()
    assert Screen(out).table(COLUMNS, []) == 0
    assert out.getvalue() == ""


def test_a_table_without_titles_has_no_heading() -> None:
    out = io.StringIO()
    Screen(out).table([Column(""), Column("")], [["a", "b"]])
    assert out.getvalue() == "a  b\n"


def test_long_tables_begin_before_they_end() -> None:
    out = io.StringIO()

    def rows():  # type: ignore[no-untyped-def]
        for number in range(2500):
            if number == 1500:
                assert out.getvalue().count("\n") == 1001
            yield [str(number), "x", ""]

    assert Screen(out).table(COLUMNS, rows()) == 2500
    assert out.getvalue().count("\n") == 2501


def test_a_terminal_gets_colours(terminal: Terminal) -> None:
    Screen(terminal).table(COLUMNS, ROWS)
    assert "\x1b[1m1000" in terminal.getvalue()


def test_colours_can_be_left_out(terminal: Terminal) -> None:
    screen = Screen(terminal, colour=False)
    screen.line(Styled("x", "red"))
    screen.table(COLUMNS, [["1", Styled("/a", "green"), ""]])
    assert not re.search(r"\x1b\[[0-9;]*3\dm", terminal.getvalue())


def test_flexible_columns_are_cut_to_the_terminal(terminal: Terminal) -> None:
    Screen(terminal, colour=False).table(COLUMNS, [["1", "/very/long/path/that/goes/on", "end"]])
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert max(map(len, lines)) <= 30
    assert lines[1].split() == ["1", "/very/long/path/th…", "end"]


def test_markup_in_text_is_just_text(terminal: Terminal) -> None:
    Screen(terminal).line("[bold]x[/bold] :smile:")
    assert terminal.getvalue() == "[bold]x[/bold] :smile:\n"


def test_widths_give_way_from_the_right_and_never_below_what_is_legible() -> None:
    assert fit([10, 40, 40], [False, True, True], None) == [10, 40, 40]
    assert fit([10, 40, 40], [False, True, True], 80) == [10, 40, 26]
    assert fit([10, 40, 40], [False, True, True], 20) == [10, 16, 16]
    assert fit([10, 40, 40], [False, False, False], 20) == [10, 40, 40]


def test_wide_and_combining_characters_take_their_room() -> None:
    assert [cell_width(text) for text in ("abc", "日本", "e\u0301", "")] == [3, 4, 1, 0]


def test_facts_without_value_are_left_out() -> None:
    out = io.StringIO()
    Screen(out).facts([("A", "1"), ("Long", Styled("2", "bold")), ("Empty", "")])
    assert out.getvalue() == "A     1\nLong  2\n"


def test_a_heading_keeps_its_distance_but_not_from_nothing() -> None:
    out = io.StringIO()
    screen = Screen(out)
    screen.heading("One")
    screen.heading("Two")
    assert out.getvalue() == "One\n\nTwo\n"
