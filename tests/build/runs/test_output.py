"""What steps print."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from explorer.build.runs import output as module
from explorer.build.runs.output import LONGEST_LINE, Output
from explorer.build.runs.sgr import PLAIN, Run, Style, plain, plain_lines, runs


def fed(*pieces: bytes) -> Output:
    output = Output()
    for piece in pieces:
        output.feed(piece)
    return output


def test_lines_come_together_from_pieces() -> None:
    output = fed(b"one\ntw", b"o\n", b"thr")
    assert list(output.texts()) == ["one", "two", "thr"]
    assert output.end == 3


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6))
def test_how_output_is_cut_into_pieces_does_not_matter(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    whole = fed(data)
    pieces = fed(*(data[a:b] for a, b in pairwise(places)))
    assert [whole.line(n) for n in range(whole.end)] == [pieces.line(n) for n in range(pieces.end)]


def test_a_line_without_end_is_cut_between_characters() -> None:
    output = fed("ä".encode() * LONGEST_LINE)
    assert len(output) > 1
    assert "".join(output.texts()) == "ä" * LONGEST_LINE


def test_the_oldest_lines_go_and_numbers_stay() -> None:
    output = Output()
    for number in range(100):
        output.feed(b"%09d\n" % number)
    output.trim(500)
    assert output.first == 50
    assert output.text(50) == "000000050"
    assert output.text(49) == ""
    assert output.size == 1000
    output.feed(b"new\n")
    assert output.text(100) == "new"


def test_it_never_keeps_more_than_its_limit() -> None:
    output = Output()
    block = b"x" * 99 + b"\n"
    for _ in range(30):
        output.feed(block * 10_000)
    assert output.kept <= module.MOST_BYTES
    assert output.size == 30_000_000
    assert output.text(output.end - 1) == "x" * 99


def test_colours_last_beyond_the_line() -> None:
    output = fed(b"\x1b[31mred\nstill\x1b[0m\nplain\n")
    red = Style(ink=1)
    assert output.line(0) == (Run("red", red),)
    assert output.line(1) == (Run("still", red),)
    assert output.line(2) == (Run("plain"),)


def test_the_styles_of_sgr() -> None:
    assert runs(b"\x1b[1;4;38;5;208;48;2;1;2;3mx") == (
        Run("x", Style(ink=208, ground=(1, 2, 3), bold=True, underline=True)),
    )
    assert runs(b"\x1b[91ma\x1b[39mb") == (Run("a", Style(ink=9)), Run("b"))
    assert runs(b"\x1b[7mi\x1b[mn") == (Run("i", Style(inverse=True)), Run("n"))


def test_other_control_sequences_are_dropped() -> None:
    assert plain(b"a\x1b[2Kb\x1b]0;title\x07c\x1b[?25ld\x08\x07e") == "abcde"
    assert plain(b"\x1b") == ""


def test_the_last_of_what_was_written_over_is_shown() -> None:
    assert plain(b"10%\r50%\r100%\r") == "100%"


def test_tabs_reach_to_the_next_stop() -> None:
    assert plain(b"a\tb") == "a       b"


@given(st.binary(max_size=200))
def test_whatever_is_printed_becomes_printable_text(line: bytes) -> None:
    text = plain(line.replace(b"\n", b""))
    assert not any(ord(c) < 32 or ord(c) == 127 for c in text)
    assert all(run.style == PLAIN or run.text for run in runs(line.replace(b"\n", b"")))


def test_finding_goes_around_in_either_direction() -> None:
    output = fed(b"Error one\nfine\n\x1b[31mer\x1b[0mror two\n")
    assert output.find("error", 0) == 0
    assert output.find("error", 1) == 2
    assert output.find("Error", 1) == 0
    assert output.find("error", 1, -1) == 0
    assert output.find("nowhere", 0) is None
    assert Output().find("x", 0) is None


_PRINTED = st.text(st.sampled_from("aä\t\r\x1b[]0;1m\x07\\ "), max_size=30).map(str.encode)


@given(st.lists(_PRINTED, max_size=8))
def test_many_lines_at_once_are_the_same_as_each_alone(lines: list[bytes]) -> None:
    assert plain_lines(lines) == "\n".join(plain(line) for line in lines)


def test_pieces_make_up_the_whole() -> None:
    output = fed(b"".join(b"%d\n" % number for number in range(5000)))
    assert "".join(output.joined(10, 4500)) == "\n".join(map(str, range(10, 4500)))
    assert output.find("4321", 0) == 4321
    assert output.find("4321", 4999, -1) == 4321
    assert output.find("12", 4400) == 4412
    assert output.find("77", 10, -1) == 4977


def test_the_tail_is_whole_lines() -> None:
    output = fed(b"one\ntwo\nthree\n")
    assert output.tail(9) == b"three\n"
    assert output.tail(100) == b"one\ntwo\nthree\n"
    assert fed(b"one\ntw").tail(100) == b"one\ntw"
