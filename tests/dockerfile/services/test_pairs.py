"""Brackets and quotes."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.pairs import closing, matching, types_over
from tests.dockerfile.services.reading import at


@pytest.mark.parametrize(
    ("text", "char", "added"),
    [
        ("CMD |", "[", "]"),
        ("CMD [|]", '"', '"'),
        ("CMD [\"a\", |]", '"', '"'),
        ("RUN echo |", "'", "'"),
        ("RUN echo $|", "{", "}"),
        ("RUN echo a=$|/b", "{", "}"),
        ("RUN a \\\n  |", "(", ")"),
        ("RUN <<E\n|\nE", "{", "}"),
        ("RUN echo |word", "(", ""),
        ("RUN don|", "'", ""),
        ("RUN echo \\|", '"', ""),
        ("RUN echo 'a |", '"', ""),
        ("RUN echo \"a|", '"', ""),
        ("# it |", "'", ""),
        ("FROM a\nRUN x \\\n# it |\n y", "(", ""),
        ("RUN |", "<", ""),
        ('RUN ""|', '"', ""),
    ],
)  # fmt: skip
def test_what_is_closed_at_once(text: str, char: str, added: str) -> None:
    here = at(text)
    assert closing(here.document, here.offset, char) == added


@pytest.mark.parametrize(
    ("text", "char", "over"),
    [
        ("CMD [|]", "]", True),
        ('CMD ["a|"]', '"', True),
        ("RUN echo 'it|'", "'", True),
        ("RUN (a \\\n  b|)", ")", True),
        ("RUN echo |]", "]", False),
        ("RUN echo |'a'", "'", False),
        ("# (a|)", ")", False),
        ("RUN a|", ")", False),
        ("RUN a|b", "b", False),
    ],
)
def test_where_typing_only_moves_on(text: str, char: str, over: bool) -> None:
    here = at(text)
    assert types_over(here.document, here.offset, char) == over


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("CMD |[1]", (4, 6)),
        ("CMD [1]|", (6, 4)),
        ("CMD [1|]", (6, 4)),
        ("RUN (a (b) c|)", (12, 4)),
        ("RUN |(a \\\n# )\n b)", (4, 15)),
        ("RUN |( ')' )", (4, 10)),
        ("RUN '|(' ')'", None),
        ("RUN |(\nRUN )", None),
        ("RUN <<E\n|{\n}\nE", (8, 10)),
        ("RUN |{)}", (4, 6)),
        ("RUN a|b", None),
        ("|", None),
    ],
)
def test_which_brackets_belong_together(text: str, pair: tuple[int, int] | None) -> None:
    here = at(text)
    found = matching(here.document, here.offset)
    assert (found and (found[0].start, found[1].start)) == pair
