"""Formatting changes layout and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import applied, format_edits, format_text
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.sexpression import dump
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.meaning import meaning
from explorer.dockerfile.stages.program import understand
from tests.dockerfile.conformance import dockerfiles, needs_conformance
from tests.dockerfile.generated import COUNT, MANY, texts
from tests.dockerfile.reading import LINUX

INPUTS = Inputs(platform=LINUX, build_platform=LINUX)


def verdict(text: str) -> list[tuple[str, str]]:
    """All problems but empty continuations, which formatting mends."""
    problems = check(Document.parse(text), INPUTS).problems
    return sorted((p.rule, p.message) for p in problems if p.rule != "NoEmptyContinuation")


def plan(text: str) -> Any:
    """All that a build is made of: stages, steps, values, needs, problems."""
    return meaning(understand(Document.parse(text), INPUTS))


def holds(text: str) -> None:
    """Everything that holds for every text."""
    formatted = format_text(text)
    assert format_text(formatted) == formatted
    assert plan(formatted) == plan(text)
    assert verdict(formatted) == verdict(text)
    before, after = Document.parse(text), Document.parse(formatted)
    if not before.problems:
        assert dump(after) == dump(before)
    contents = [
        [heredoc.content(d.text) for i in d.instructions for heredoc in i.heredocs]
        for d in (before, after)
    ]
    assert contents[0] == contents[1]


def test_generated_texts_keep_their_meaning() -> None:
    for text in texts(COUNT // 4):
        holds(text)


@pytest.mark.fuzz
def test_many_more_generated_texts_keep_their_meaning() -> None:
    for text in texts(MANY, first=COUNT):
        holds(text)


@needs_conformance
def test_every_public_dockerfile_keeps_its_meaning() -> None:
    for path in dockerfiles():
        holds(decode(path.read_bytes()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM   a\tAS  b", "FROM a AS b\n"),
        ("  FROM a", "FROM a\n"),
        ("\n\nFROM a\n\n\n\nUSER b \n\n", "FROM a\n\nUSER b\n"),
        ("ENV A=1   \\\n\t B='x  y'  C=3", "ENV A=1 \\\n    B='x  y' C=3\n"),
        ("ENV A=1 \\\n # why\n\n  # two \nB=2", "ENV A=1 \\\n    # why\n    # two\n    B=2\n"),
        ("ENV A=1\\\n\nB=2  C=3", "ENV A=1\\\nB=2 C=3\n"),
        ("ENV  key   the  value ", "ENV key the  value\n"),
        ("COPY  --from=a   --link  b\\\n   c", "COPY --from=a --link b \\\n    c\n"),
        ('CMD [ "a","b\\"" ]', 'CMD ["a", "b\\""]\n'),
        ('CMD ["a",\\\n "b"]', 'CMD ["a", \\\n    "b"]\n'),
        ("RUN   a  &&   b", "RUN a  &&   b\n"),
        ("RUN a \\  \n\n   b \\\n  # c  \n  d", "RUN a \\\n   b \\\n  # c\n  d\n"),
        ("ONBUILD   COPY   a   b", "ONBUILD COPY   a   b\n"),
        ("ONBUILD   NOPE  a <<'b c'", "ONBUILD NOPE  a <<'b c'\n"),
        ("HEALTHCHECK   --retries=1  CMD   a  b", "HEALTHCHECK --retries=1 CMD a  b\n"),
        ('HEALTHCHECK CMD   [ "a"]', 'HEALTHCHECK CMD ["a"]\n'),
        ("#  a  \n   #b", "#  a\n#b\n"),
        ("#syntax = x  \nFROM a", "# syntax=x\nFROM a\n"),
        ("FROM a\r\n\r\n\r\nUSER  b", "FROM a\r\n\r\nUSER b\r\n"),
        ("FROM a\r\nUSER  b\n", "FROM a\nUSER b\n"),
        ("# escape=`\nENV  A=1`\n B=2", "# escape=`\nENV A=1 `\n    B=2\n"),
    ],
)
def test_layout(text: str, expected: str) -> None:
    assert format_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RUN <<E\n  a  \n\n\n\tb\nE\n",
        "COPY <<-E /a\n\t\tx   \nE\n",
        "NOPE   a   b\n",
        "ENV   A\n",
        "RUN --mount=type=ssh --   x\n",
        "RUN <<E\n unfinished  ",
        "ONBUILD NOPE a \\   \\\n\t\n",
        "ONBUILD RUN a\\\n\u2028\\\n",
        "\n# escape=`\nFROM a\n",
        "FROM a\n  # check=skip=all\nMAINTAINER b\n",
        "from a\nrun b\n",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert format_text(text) == text


def test_edits_touch_only_what_changes() -> None:
    text = "FROM a\nUSER   b\nRUN c\n"
    edits = format_edits(Document.parse(text))
    assert [(edit.span.of(text), edit.text) for edit in edits] == [("USER   b\n", "USER b\n")]
    assert applied(text, edits) == format_text(text)
