"""Commenting lines out and in again."""

from __future__ import annotations

from random import Random

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.comments import toggle
from explorer.dockerfile.services.edits import apply
from tests.dockerfile.services.programs import program_text


def toggled(text: str, first: int, last: int | None = None) -> str:
    """The text after lines were toggled."""
    return apply(text, toggle(Document.parse(text), first, last or first))


@pytest.mark.parametrize(
    ("text", "first", "last", "result"),
    [
        ("FROM a\nUSER b\n", 2, 2, "FROM a\n# USER b\n"),
        ("FROM a\n# USER b\n", 2, 2, "FROM a\nUSER b\n"),
        ("FROM a\n#USER b\n", 2, 2, "FROM a\nUSER b\n"),
        ("FROM a\n\nUSER b\n", 1, 3, "# FROM a\n\n# USER b\n"),
        ("  FROM a\n    USER b\n", 1, 2, "  # FROM a\n  #   USER b\n"),
        ("# x\nFROM a\n", 1, 2, "# # x\n# FROM a\n"),
        ("\n\n", 1, 2, "\n\n"),
        ("FROM a", 1, 9, "# FROM a"),
        ("\ufeffFROM a\n", 1, 1, "\ufeff# FROM a\n"),
        # A part in the middle can vanish alone, the first and the last line cannot.
        ("RUN a \\\n  b \\\n  c\n", 2, 2, "RUN a \\\n  # b \\\n  c\n"),
        ("RUN a \\\n  # b \\\n  c\n", 2, 2, "RUN a \\\n  b \\\n  c\n"),
        ("RUN a \\\n  b \\\n  c\n", 3, 3, "# RUN a \\\n#   b \\\n#   c\n"),
        ("RUN a \\\n  b\nUSER x\n", 1, 1, "# RUN a \\\n#   b\nUSER x\n"),
        # It comes back as a whole, whichever line is meant.
        ("FROM x\n# RUN a \\\n#   b\nUSER x\n", 3, 3, "FROM x\nRUN a \\\n  b\nUSER x\n"),
        ("FROM x\n# text \\\n# RUN b\n", 2, 2, "FROM x\ntext \\\n# RUN b\n"),
        # In a script a comment is one for the shell; in a file it would be part of it.
        ("RUN <<E\na\nb\nE\n", 2, 2, "RUN <<E\n# a\nb\nE\n"),
        ("RUN <<E\n# a\nb\nE\n", 2, 2, "RUN <<E\na\nb\nE\n"),
        ("RUN <<E\na\nE\n", 3, 3, "# RUN <<E\n# a\n# E\n"),
        ("COPY <<E /x\na\nE\n", 2, 2, "# COPY <<E /x\n# a\n# E\n"),
        ("RUN cat <<E\na\nE\n", 2, 2, "# RUN cat <<E\n# a\n# E\n"),
        ("FROM x\n# COPY <<E /x\n# a\n# E\n", 2, 2, "FROM x\nCOPY <<E /x\na\nE\n"),
        # Directives are no comments.
        ("# syntax=a\n# x\n", 1, 2, "# syntax=a\nx\n"),
        ("# syntax=a\n", 1, 1, "# syntax=a\n"),
    ],
)
def test_lines_become_comments_and_come_back(text: str, first: int, last: int, result: str) -> None:
    assert toggled(text, first, last) == result


def test_what_is_left_means_what_it_meant() -> None:
    for number in range(150):
        text = program_text(number)
        random = Random(number)
        line = random.randint(1, text.count("\n"))
        before = Document.parse(text)
        after = Document.parse(toggled(text, line))
        kept = [i.text for i in after.instructions]
        gone = [i for i in before.instructions if i.line <= line <= i.last_line]
        rest = [i.text for i in before.instructions if i not in gone]
        assert [text for text in kept if text not in {i.text for i in gone}] == [
            text for text in rest if text not in {i.text for i in gone}
        ] or len(kept) == len(before.instructions)


def test_toggling_twice_gives_the_text_back() -> None:
    for number in range(150):
        text = program_text(number)
        line = Random(number).randint(1, text.count("\n"))
        if not text.split("\n")[line - 1].startswith("#"):
            assert toggled(toggled(text, line), line) == text
