"""Changes of a text."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import format_edits, format_text
from explorer.dockerfile.services.edits import TextEdit, apply, moved


def test_edits_count_in_the_text_before_whatever_their_order() -> None:
    edits = [TextEdit(4, 5, "E"), TextEdit(0, 1, "AA"), TextEdit(2, 2, "+")]
    assert apply("abcde", edits) == "AAb+cdE"


@pytest.mark.parametrize(
    "edits",
    [
        [TextEdit(0, 3, ""), TextEdit(2, 4, "")],
        [TextEdit(4, 6, "")],
        [TextEdit(3, 2, "")],
        [TextEdit(-1, 0, "")],
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[TextEdit]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apply("abcde", edits)


@pytest.mark.parametrize(("offset", "after"), [(0, 0), (2, 4), (3, 5), (4, 6), (5, 7), (6, 7)])
def test_a_caret_moves_with_the_text_around_it(offset: int, after: int) -> None:
    edits = [TextEdit(1, 1, "+"), TextEdit(2, 2, "+"), TextEdit(5, 6, "")]
    assert moved(offset, edits) == after


def test_the_formatter_speaks_in_edits_too() -> None:
    text = "FROM   a\nUSER  b\n"
    edits = [TextEdit.of(edit) for edit in format_edits(Document.parse(text))]
    assert apply(text, edits) == format_text(text)
