"""What Enter inserts."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.indent import enter
from tests.dockerfile.services.reading import at


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("FROM a|", "FROM a\n|"),
        ("|FROM a", "\n|FROM a"),
        ("FROM a\n|", "FROM a\n\n|"),
        ("RUN a \\|", "RUN a \\\n    |"),
        ("RUN a \\\n  b \\|", "RUN a \\\n  b \\\n  |"),
        ("RUN a \\\n  b|", "RUN a \\\n  b\n|"),
        ("RUN a \\\n  b\nRUN c \\|", "RUN a \\\n  b\nRUN c \\\n  |"),
        ("# escape=`\nRUN a `|", "# escape=`\nRUN a `\n    |"),
        ("RUN a \\\\|", "RUN a \\\\\n|"),
        # Inside an instruction its line is continued.
        ("RUN a |b", "RUN a \\\n    |b"),
        ("RUN a| b", "RUN a \\\n    | b"),
        ("RUN a| \\\n  b", "RUN a \\\n  | \\\n  b"),
        ("RUN a|b", "RUN a\n|b"),
        ("RU|N a", "RU\n|N a"),
        ("NOPE a |b", "NOPE a \n|b"),
        # A here-document is closed, and not twice.
        ("RUN <<EOF|", "RUN <<EOF\n|\nEOF"),
        ("RUN <<EOF|\nUSER a\n", "RUN <<EOF\n|\nEOF\nUSER a\n"),
        ("RUN <<E|\nUSER a\nRUN <<E\nx\nE\n", "RUN <<E\n|\nE\nUSER a\nRUN <<E\nx\nE\n"),
        ("COPY <<A <<B /x|", "COPY <<A <<B /x\n|\nA\nB"),
        ("RUN <<EOF|\nx\nEOF\n", "RUN <<EOF\n|\nx\nEOF\n"),
        ("RUN <<EOF\n  x|\nEOF\n", "RUN <<EOF\n  x\n  |\nEOF\n"),
        ("RUN <<EOF\n  x\nEOF|\n", "RUN <<EOF\n  x\nEOF\n|\n"),
        # A comment goes on where it is cut.
        ("# a |b", "# a \n# |b"),
        ("  # a|", "  # a\n  |"),
        ("|# a", "\n|# a"),
        ("FROM a\r\nUSER b|\r\n", "FROM a\r\nUSER b\r\n|\r\n"),
    ],
)  # fmt: skip
def test_enter(text: str, result: str) -> None:
    here = at(text)
    inserted = enter(here.document, here.offset)
    before, after = here.document.text[: here.offset], here.document.text[here.offset :]
    left, right = inserted.text[: inserted.caret], inserted.text[inserted.caret :]
    assert f"{before}{left}|{right}{after}" == result
