"""Offsets, positions and text as Go has it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.gotext import decode, encode, quote, shorten
from explorer.dockerfile.source import Lines, Position, Span


def test_lines_end_with_a_line_feed_alone() -> None:
    lines = Lines.of("a\r\nb\rc\u2028d\n")
    assert [str(lines.position(offset)) for offset in (0, 2, 3, 5, 7, 9)] == [
        "1:1",
        "1:3",
        "2:1",
        "2:3",
        "2:5",
        "3:1",
    ]


@given(st.text(alphabet="ab\n\r", max_size=30), st.integers(-3, 40))
def test_an_offset_and_its_position_are_the_same_place(text: str, offset: int) -> None:
    lines = Lines.of(text)
    position = lines.position(offset)
    assert lines.offset(position) == min(max(offset, 0), len(text))
    assert lines.position(lines.offset(position)) == position


def test_positions_outside_the_text_are_drawn_to_it() -> None:
    lines = Lines.of("ab\ncd")
    places = [Position(1, 99), Position(0, 1), Position(9, 2), Position(2, -4)]
    assert [lines.offset(place) for place in places] == [2, 0, 4, 3]


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(1, 3)
    assert (1 in span, 3 in span, len(span), span.of("abcd")) == (True, False, 2, "bc")


@given(st.binary(max_size=40))
def test_bytes_survive_decoding(data: bytes) -> None:
    assert encode(decode(data)) == data


def test_quoting_is_gos() -> None:
    text = 'a"\\\n\t\a\x00\x7fé\u00a0\u2028\udc80\ud800💡\U000e0001'
    assert quote(text) == ('"a\\"\\\\\\n\\t\\a\\x00\\x7fé\\u00a0\\u2028\\x80\\ufffd💡\\U000e0001"')


def test_only_long_texts_are_shortened() -> None:
    assert shorten("short") == "short"
    assert len(shorten("x" * 1000)) < 300
