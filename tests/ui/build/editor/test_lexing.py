"""Colours: which part has which ink, what is remembered, what happens to them while typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.document import Document
from explorer.ui import theme
from explorer.ui.build.editor import inks
from explorer.ui.build.editor.inks import Ink
from explorer.ui.build.editor.lexing import Lexer
from explorer.ui.build.editor.mirror import Change
from explorer.ui.build.editor.shifting import shift
from explorer.ui.theme.contrast import READABLE, contrast
from explorer.ui.theme.scheme import DARK, LIGHT


def parts(text: str) -> list[tuple[str, Ink]]:
    """The coloured parts of a text, in order."""
    lines = Lexer().lines(Document.parse(text))
    found = []
    for line, spans in zip(text.split("\n"), lines, strict=False):
        data = line.encode("utf-16-le", "surrogatepass")
        found += [
            (data[start * 2 : (start + length) * 2].decode("utf-16-le", "surrogatepass"), ink)
            for start, length, ink in spans
        ]
    return found


def test_instructions_are_coloured_by_our_own_tokens() -> None:
    found = parts("# syntax=docker/dockerfile:1\nFROM --platform=$P a AS b\nENV A=b\n")
    assert ("syntax", Ink.DIRECTIVE) in found
    assert ("FROM", Ink.INSTRUCTION) in found
    assert ("--platform", Ink.FLAG) in found
    assert ("$P", Ink.VARIABLE) in found
    assert ("b", Ink.STAGE) in found
    assert ("A", Ink.KEY) in found


def test_shell_is_lexed_over_continuations_and_comments() -> None:
    found = parts('FROM a\nRUN if true; \\\n  # why\n  then echo "a \\\n  b"; fi\n')
    assert ("if", Ink.WORD) in found
    assert ("# why", Ink.COMMENT) in found
    assert ("then", Ink.WORD) in found
    assert ('  b"', Ink.STRING) in found


def test_a_word_in_a_heredoc_is_no_instruction() -> None:
    found = parts("FROM a\nRUN <<EOF\nCOPY x y # no\nEOF\nCOPY a b\n")
    assert found.count(("COPY", Ink.INSTRUCTION)) == 1
    assert ("# no", Ink.COMMENT) in found
    assert ("<<EOF", Ink.MARKER) in found
    assert ("EOF", Ink.MARKER) in found


def test_a_file_in_a_heredoc_has_the_colours_of_its_name() -> None:
    found = parts('FROM a\nCOPY <<EOF /etc/a.json\n{"port": 80}\nEOF\n')
    assert ("80", Ink.NUMBER) in found


def test_a_script_in_a_heredoc_has_the_colours_of_its_first_line() -> None:
    found = parts("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n")
    assert ("import", Ink.WORD) in found


def test_an_unknown_instruction_stands_out() -> None:
    assert ("FRO", Ink.UNKNOWN) in parts("FRO a\n")


@given(st.text(alphabet='RUNFOM <EOF\n\\"$a😀#-\t\r\ufeff=[]', max_size=120))
def test_every_line_has_its_spans_within_itself(text: str) -> None:
    lines = Lexer().lines(Document.parse(text))
    whole = text.split("\n")
    assert len(lines) in (len(whole), len(whole) - 1) or not text
    for line, spans in zip(whole, lines, strict=False):
        end = 0
        for start, length, _ in spans:
            assert start >= end
            end = start + length
        assert end <= len(line.encode("utf-16-le", "surrogatepass")) // 2


def test_lines_that_did_not_change_keep_their_very_spans() -> None:
    lexer = Lexer()
    before = lexer.lines(Document.parse("FROM a\nRUN b\nENV A=c\n"))
    after = lexer.lines(Document.parse("FROM a\nRUN if\nENV A=c\n"))
    assert after[0] is before[0]
    assert after[2] is before[2]
    assert after[1] is not before[1]


KEY = Ink.KEY


@pytest.mark.parametrize(
    ("spans", "change", "after"),
    [
        # typed behind a word: it grows
        (((0, 4, KEY),), Change(4, 0, 1, 0, 4, 0, 4, 0, 5), ((0, 5, KEY),)),
        # typed before a word: it moves
        (((2, 4, KEY),), Change(2, 0, 1, 0, 2, 0, 2, 0, 3), ((3, 4, KEY),)),
        # deleted within a word: it shrinks
        (((0, 6, KEY),), Change(2, 2, 0, 0, 2, 0, 4, 0, 2), ((0, 4, KEY),)),
        # deleted whole: it goes
        (((2, 2, KEY),), Change(2, 2, 0, 0, 2, 0, 4, 0, 2), ()),
        # deleted over its end
        (((0, 4, KEY),), Change(2, 4, 0, 0, 2, 0, 6, 0, 2), ((0, 2, KEY),)),
    ],
)
def test_colours_move_with_what_is_typed(spans: tuple, change: Change, after: tuple) -> None:
    colours = [spans]
    shift(colours, change)
    assert colours == [after]


def test_colours_are_split_by_enter_and_joined_again() -> None:
    colours = [((0, 4, KEY), (5, 3, KEY)), ((0, 1, KEY),)]
    shift(colours, Change(6, 0, 1, 0, 6, 0, 6, 1, 0))
    assert colours == [((0, 4, KEY), (5, 1, KEY)), ((0, 2, KEY),), ((0, 1, KEY),)]
    shift(colours, Change(6, 1, 0, 0, 6, 1, 0, 0, 6))
    assert colours == [((0, 4, KEY), (5, 1, KEY), (6, 2, KEY)), ((0, 1, KEY),)]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ink", list(Ink))
def test_every_ink_is_readable_on_every_ground(qtbot: object, dark: bool, ink: Ink) -> None:
    theme.switch().set_mode(theme.Mode.DARK if dark else theme.Mode.LIGHT)
    scheme = DARK if dark else LIGHT
    for ground in (scheme.base, scheme.alternate):
        assert contrast(inks.color(ink), ground) >= READABLE, ink
