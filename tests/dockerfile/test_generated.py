"""Whatever the text, the tree holds all of it."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import DockerfileError
from explorer.dockerfile.sexpression import dump
from explorer.dockerfile.tokenkind import TokenKind
from tests.dockerfile.conformance import dockerfiles, needs_conformance
from tests.dockerfile.generated import COUNT, MANY, texts


def check(text: str) -> None:
    """Everything that holds for every text."""
    document = Document.parse(text)
    assert str(document) == text
    at = line = 0
    for node in document.nodes:
        assert node.start == at < node.end
        assert node.line > line or text[:at] == "\ufeff"
        assert node.line == document.lines.position(node.start).line
        at, line = node.end, node.line
        if isinstance(node, Instruction):
            line = node.last_line
    assert at == len(text)
    check_tokens(document)
    check_problems(document)


def check_tokens(document: Document) -> None:
    at = 0
    for token in document.tokens():
        assert token.start == at < token.end
        at = token.end
        inside = token.of(document.text)[:-1]
        assert "\n" not in inside or token.kind is TokenKind.HEREDOC_BODY
    assert at == len(document.text)


def check_problems(document: Document) -> None:
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(document.text)
        assert problem.line >= 1
    if document.problems:
        with pytest.raises(DockerfileError):
            dump(document)
    else:
        assert dump(document).count("\n") == len(document.instructions)


def test_generated_texts_are_printed_as_they_were() -> None:
    for text in texts(COUNT):
        check(text)


@pytest.mark.fuzz
def test_many_more_generated_texts_are_printed_as_they_were() -> None:
    for text in texts(MANY, first=COUNT):
        check(text)


@needs_conformance
def test_every_public_dockerfile_is_printed_as_it_was() -> None:
    for path in dockerfiles():
        check(decode(path.read_bytes()))


def test_generated_texts_reach_the_whole_language() -> None:
    seen = {token.kind for text in texts(COUNT) for token in Document.parse(text).tokens()}
    assert seen == set(TokenKind)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        "\ufeffFROM a",
        "\ufeff# escape=`\nFROM `\na",
        "\\",
        "\\\n",
        "\\\nFROM a",
        "FROM a\\",
        "FROM a\r\nRUN b \\\r\n  c\r\n",
        "RUN a\r\r\n",
        "RUN <<A <<B\nx\nA\ny\nB",
        "RUN <<A\n",
        "RUN <<A",
        "# escape= \n",
        "\x00",
        "RUN a\\\n#\r\r\rb",
    ],
)
def test_texts_at_the_edges(text: str) -> None:
    check(text)
