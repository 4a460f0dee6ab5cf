"""Folds, the outline, and snippets."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.folding import FoldKind, folds
from explorer.dockerfile.services.outline import OutlineItem, OutlineKind, outline
from explorer.dockerfile.services.snippets import SNIPPETS, Snippet, SnippetText, Stop, literal
from explorer.dockerfile.stages.program import understand
from tests.dockerfile.services.reading import INPUTS

TEXT = """\
# syntax=docker/dockerfile:1
# About this.
ARG VERSION=1

FROM node:${VERSION} AS build
RUN a \\
    b
RUN <<EOF
x
EOF

FROM build
COPY <<A <<B /x
1
A
2
B
CMD ["x"]
"""


def test_stages_instructions_heredocs_and_comments_fold() -> None:
    found = [(f.first_line, f.last_line, f.kind) for f in folds(Document.parse(TEXT))]
    assert found == [
        (1, 2, FoldKind.COMMENT),
        (5, 10, FoldKind.STAGE),
        (6, 7, FoldKind.INSTRUCTION),
        (8, 10, FoldKind.HEREDOC),
        (12, 18, FoldKind.STAGE),
        (13, 17, FoldKind.INSTRUCTION),
        (13, 15, FoldKind.HEREDOC),
        (16, 17, FoldKind.HEREDOC),
    ]


@pytest.mark.parametrize("text", ["", "\n", "FROM a", "# a", "RUN <<E", "RUN <<E\n", "\ufeff"])
def test_what_has_one_line_does_not_fold(text: str) -> None:
    assert folds(Document.parse(text)) == ()


def test_comments_apart_fold_apart() -> None:
    text = "# a\n# b\n\n# c\n# d\nFROM a\n"
    assert [(f.first_line, f.last_line) for f in folds(Document.parse(text))] == [(1, 2), (4, 5)]


def items(text: str) -> tuple[OutlineItem, ...]:
    """The outline of a text."""
    document = Document.parse(text)
    return outline(document, understand(document, INPUTS))


def test_the_outline_has_stages_with_their_instructions() -> None:
    argument, build, last = items(TEXT)
    assert (argument.title, argument.detail, argument.kind) == (
        "ARG",
        "VERSION=1",
        OutlineKind.ARGUMENT,
    )
    assert (build.title, build.detail, build.stage) == ("build", "from node:1", 0)
    assert [(i.title, i.detail) for i in build.children] == [("RUN", "a b"), ("RUN", "<<EOF")]
    assert (last.title, last.detail) == ("stage-1", "from build")
    assert TEXT[last.start : last.end].startswith("FROM build")
    assert TEXT[last.start : last.end].endswith('CMD ["x"]')
    assert TEXT[build.children[1].start : build.children[1].end] == "RUN <<EOF\nx\nEOF"


def test_the_outline_of_a_broken_file_has_what_there_is() -> None:
    (loose, stage) = items("RUN x\nFROM\nNOPE\n")
    assert (loose.title, loose.stage) == ("RUN", None)
    assert (stage.kind, [child.title for child in stage.children]) == (OutlineKind.STAGE, ["NOPE"])
    assert items("") == ()


@pytest.mark.parametrize(
    ("source", "text", "stops"),
    [
        ("a ${1:b} $0 c", "a b  c", [Stop(1, 2, 3), Stop(0, 4, 4)]),
        ("$2$1", "", [Stop(1, 0, 0), Stop(2, 0, 0), Stop(0, 0, 0)]),
        ("\\$1 \\} \\\\", "$1 } \\", [Stop(0, 6, 6)]),
        ("${1:a\\}b}", "a}b", [Stop(1, 0, 3), Stop(0, 3, 3)]),
        ("${x} $x ${1", "${x} $x ${1", [Stop(0, 11, 11)]),
        ("", "", [Stop(0, 0, 0)]),
    ],
)
def test_places_to_fill_in(source: str, text: str, stops: list[Stop]) -> None:
    parsed = SnippetText.parse(source)
    assert (parsed.text, list(parsed.stops)) == (text, stops)


@pytest.mark.parametrize("text", ["$1", "${1:a}", "a\\b", "}", "\\$"])
def test_any_text_can_be_written_literally(text: str) -> None:
    assert SnippetText.parse(literal(text)).text == text


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_every_snippet_can_be_built(snippet: Snippet) -> None:
    text = SnippetText.parse(snippet.written()).text
    head = "" if snippet.keyword == "FROM" else "FROM a AS stage\nFROM b\n"
    document = Document.parse(head + text)
    assert not document.problems
    assert not understand(document, INPUTS).problems


def test_snippets_follow_the_case_and_the_escape_of_the_file() -> None:
    snippet = next(each for each in SNIPPETS if each.name == "run-cache")
    text = SnippetText.parse(snippet.written(lower=True, escape="`")).text
    assert text.startswith("run --mount=type=cache,target=/root/.cache `\n")
