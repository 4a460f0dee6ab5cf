"""Every character belongs to a token that says what it is."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.tokenkind import TokenKind

LAYOUT = {TokenKind.SPACE, TokenKind.NEWLINE}


def tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of all tokens but white space."""
    found = Document.parse(text).tokens()
    return [(t.kind.value, t.of(text)) for t in found if t.kind not in LAYOUT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "FROM --platform=$P alpine:${V} AS b",
            [
                ("keyword", "FROM"),
                ("flag", "--platform"),
                ("operator", "="),
                ("variable", "$P"),
                ("argument", "alpine:"),
                ("variable", "${V}"),
                ("keyword", "AS"),
                ("stage", "b"),
            ],
        ),
        (
            "ENV A=\"$B\" C='$D'",
            [
                ("keyword", "ENV"),
                ("key", "A"),
                ("operator", "="),
                ("value", '"'),
                ("variable", "$B"),
                ("value", '"'),
                ("key", "C"),
                ("operator", "="),
                ("value", "'$D'"),
            ],
        ),
        ("LABEL a b c", [("keyword", "LABEL"), ("key", "a"), ("value", "b c")]),
        (
            "ARG A B=$C",
            [("keyword", "ARG"), ("key", "A"), ("key", "B"), ("operator", "="), ("variable", "$C")],
        ),
        (
            'CMD ["a", "b"]',
            [
                ("keyword", "CMD"),
                ("punctuation", "["),
                ("string", '"a"'),
                ("punctuation", ","),
                ("string", '"b"'),
                ("punctuation", "]"),
            ],
        ),
        (
            "ONBUILD HEALTHCHECK CMD $x",
            [
                ("keyword", "ONBUILD"),
                ("keyword", "HEALTHCHECK"),
                ("keyword", "CMD"),
                ("shell", "$x"),
            ],
        ),
        ("RUN echo $x", [("keyword", "RUN"), ("shell", "echo $x")]),
        ("NOPE x", [("unknown keyword", "NOPE"), ("text", "x")]),
        ("ENV A", [("keyword", "ENV"), ("text", "A")]),
        (
            "# check=skip=all",
            [
                ("punctuation", "#"),
                ("directive", "check"),
                ("operator", "="),
                ("directive value", "skip=all"),
            ],
        ),
        ("#a ", [("comment", "#a ")]),
        ("\ufeff#a", [("byte order mark", "\ufeff"), ("comment", "#a")]),
        (
            "USER a\\\n # c\n\nb",
            [
                ("keyword", "USER"),
                ("argument", "a"),
                ("continuation", "\\"),
                ("comment", "# c"),
                ("argument", "b"),
            ],
        ),
        (
            "COPY <<E <<'F' /\na ${b}\nE\n$c\nF\n",
            [
                ("keyword", "COPY"),
                ("heredoc marker", "<<E"),
                ("heredoc marker", "<<'F'"),
                ("argument", "/"),
                ("heredoc body", "a "),
                ("variable", "${b}"),
                ("heredoc body", "\n"),
                ("heredoc end", "E"),
                ("heredoc body", "$c\n"),
                ("heredoc end", "F"),
            ],
        ),
    ],
)
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert tokens(text) == expected


def test_line_ends_keep_their_carriage_return() -> None:
    text = "FROM a\r\n# b\r\nRUN c \\\r\n d\r\n"
    kinds = [t.of(text) for t in Document.parse(text).tokens() if t.kind is TokenKind.COMMENT]
    assert kinds == ["# b"]


def test_equal_instructions_at_different_places_have_their_own_tokens() -> None:
    text = "RUN a\nRUN a\n"
    starts = [t.start for t in Document.parse(text).tokens() if t.kind is TokenKind.KEYWORD]
    assert starts == [0, 6]


def test_tokens_of_some_nodes_only() -> None:
    document = Document.parse("FROM a\nRUN b\n")
    found = list(document.tokens(document.nodes[1:]))
    assert found[0].start == 7
    assert found[-1].end == 13
