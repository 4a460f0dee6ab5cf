"""Here-documents are found where BuildKit finds them."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.expansion import ExpansionError
from explorer.dockerfile.heredoc import Heredoc, parse_marker


def heredocs(text: str) -> tuple[Heredoc, ...]:
    return Document.parse(text).validated().instructions[0].heredocs


def contents(text: str) -> list[tuple[str, str]]:
    return [(h.marker.name, h.content(text)) for h in heredocs(text)]


def test_several_on_one_line_follow_each_other() -> None:
    text = "COPY <<ONE <<'TWO' /dest/\n1 $a\nONE\nONE\nTWO\nRUN x\n"
    assert contents(text) == [("ONE", "1 $a\n"), ("TWO", "ONE\n")]
    assert [h.marker.expands for h in heredocs(text)] == [True, False]
    assert [i.line for i in Document.parse(text).instructions] == [1, 6]


def test_leading_tabs_are_stripped_where_asked() -> None:
    text = "RUN <<-E\n\t\ta\n\tb\n \tc\n\tE\n"
    assert contents(text) == [("E", "a\nb\n \tc\n")]


def test_the_end_is_a_whole_line() -> None:
    assert contents("RUN <<E\n E\nE \nE\r\n") == [("E", " E\nE \n")]


def test_comments_directives_and_continuations_inside_are_content() -> None:
    text = "RUN <<E\n# a\n\nb \\\n# escape=`\nE\n"
    assert contents(text) == [("E", "# a\n\nb \\\n# escape=`\n")]


@pytest.mark.parametrize("line", ["ONBUILD RUN <<E", "ADD <<E /a", "RUN --mount=type=ssh <<E"])
def test_instructions_that_can_have_them(line: str) -> None:
    assert contents(f"{line}\nx\nE\n") == [("E", "x\n")]


@pytest.mark.parametrize(
    "line",
    [
        "USER <<E",
        'RUN ["<<E"]',
        "RUN '<<E'",
        'RUN "<<E"',
        "RUN a <<<E",
        "RUN <<",
        "RUN it's <<E",
        "RUN ${} <<E",
        "ONBUILD ONBUILD RUN <<E",
    ],
)
def test_lines_without_any(line: str) -> None:
    document = Document.parse(f"{line}\nUSER x\n")
    assert [len(i.heredocs) for i in document.instructions] == [0, 0]


@pytest.mark.parametrize(
    ("word", "name", "expands", "tabs", "descriptor"),
    [
        ("<<EOF", "EOF", True, False, 0),
        ("<<- EOF", "EOF", True, True, 0),
        ("3<<EOF", "EOF", True, False, 3),
        ("<<eo'f'", "eof", False, False, 0),
        ("<<eo\\'f", "eo'f", True, False, 0),
        ("<<'e'o\\'f", "eo'f", False, False, 0),
        ("<<'one two'", "one two", False, False, 0),
        ("<<$EOF", "$EOF", True, False, 0),
        ("<<file.txt", "file.txt", True, False, 0),
    ],
)
def test_markers(word: str, name: str, expands: bool, tabs: bool, descriptor: int) -> None:
    marker = parse_marker(word)
    assert marker is not None
    found = (marker.name, marker.expands, marker.strips_tabs, marker.descriptor)
    assert found == (name, expands, tabs, descriptor)


@pytest.mark.parametrize("word", ["", "EOF", "<<", "<<-", "<EOF", "<<<EOF", "<<EOF sh", '<<""'])
def test_words_that_are_no_markers(word: str) -> None:
    assert parse_marker(word) is None


def test_a_marker_with_unbalanced_quotes_is_a_mistake() -> None:
    with pytest.raises(ExpansionError):
        parse_marker("<<'EOF")


def test_body_and_end_are_placed() -> None:
    text = "FROM a\nRUN <<E\nx\nE\nUSER b\n"
    (heredoc,) = Document.parse(text).instructions[1].heredocs
    assert heredoc.body.of(text) == "x\n"
    assert heredoc.terminator is not None
    assert heredoc.terminator.of(text) == "E"


def test_an_unfinished_one_reaches_to_the_end() -> None:
    document = Document.parse("RUN <<E\nx\nUSER b\n")
    assert document.instructions[0].unclosed is not None
    assert len(document.instructions) == 1
