"""From a name to where it is defined and used."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.navigation import definition, references, renameable
from tests.dockerfile.services.reading import at


def defined(marked: str) -> tuple[int, str] | None:
    """The line of the definition, and what is written there."""
    here = at(marked)
    span = definition(here.document, here.program, here.offset)
    if span is None:
        return None
    return here.document.lines.position(span.start).line, span.of(here.document.text)


def used(marked: str) -> list[int]:
    """The lines of all places of a name."""
    here = at(marked)
    found = references(here.document, here.program, here.offset)
    return [here.document.lines.position(span.start).line for span in found]


@pytest.mark.parametrize(
    ("text", "line", "written"),
    [
        ("FROM a AS b\nFROM b|", 1, "b"),
        ("FROM a AS |b", 1, "b"),
        ("FROM a AS b\nFROM c\nCOPY --from=B| x y", 1, "b"),
        ("FROM a AS b\nFROM c\nCOPY --from=|0 x y", 1, "b"),
        ("FROM a\nFROM c\nCOPY --from=|0 x y", 1, "FROM a"),
        ("FROM a AS b\nFROM c\nRUN --mount=target=/x,from=b| y", 1, "b"),
        ("FROM a AS b\nFROM c\nONBUILD COPY --from=b| x y", 1, "b"),
        ("ARG A=1\nFROM x:$A|", 1, "A"),
        ("ARG A=1\nARG B=$A|\nFROM x", 1, "A"),
        ("FROM a\nENV A=1\nENV A=2\nRUN $A|", 3, "A"),
        ("FROM a\nENV A=1\nENV A=$A|", 2, "A"),
        ("FROM a\nARG A=1 B=$A|", 2, "A"),
        ("ARG A=1\nFROM a\nARG A\nRUN $A|", 3, "A"),
        ("ARG A=1\nFROM a\nARG A|\nRUN $A", 1, "A"),
        ("FROM a\nENV A=1\nARG A\nRUN $A|", 2, "A"),
        ("FROM a AS b\nENV A=1\nFROM b AS c\nFROM c\nRUN $A|", 2, "A"),
        ("FROM a AS b\nONBUILD ENV A=1\nFROM b\nRUN $A|", 2, "A"),
        ("FROM a\nENV A=1\nCOPY <<E /x\n$A|\nE", 2, "A"),
        ("FROM a\nENV A=1\nRUN x \\\n # c\n  $A|", 2, "A"),
    ],
)
def test_a_name_leads_to_its_definition(text: str, line: int, written: str) -> None:
    assert defined(text) == (line, written)


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "FROM a|",
        "FROM a\nRUN $A|\nENV A=1",
        "ARG A=1\nFROM a\nRUN $A|",
        "FROM a\nRUN $PATH|",
        "FROM a\nENV A=1\nRUN '$A|'",
        "FROM a\nENV A=1\n# $A|",
        "FROM a\nCOPY --from=nginx| x y",
    ],
)
def test_other_things_lead_nowhere(text: str) -> None:
    assert defined(text) is None


def test_every_use_of_a_stage_is_found() -> None:
    text = "FROM a AS b\nFROM b|\nCOPY --from=b x y\nCOPY --from=0 x y\nRUN --mount=from=b x\n"
    assert used(text) == [1, 2, 3, 4, 5]


def test_every_use_of_a_variable_is_found_in_its_scope() -> None:
    text = (
        "ARG A=1\nFROM x:$A AS one\nARG A|\nRUN $A\nFROM one\nRUN ${A}\nFROM y\nENV A=2\nRUN $A\n"
    )
    assert used(text) == [1, 2, 3, 4, 6]


def test_only_names_as_they_are_can_be_renamed() -> None:
    here = at("FROM a AS b\nFROM c\nCOPY --from=|0 x y")
    assert renameable(here.document, here.program, here.offset) is None
    here = at("FROM a AS |b")
    span = renameable(here.document, here.program, here.offset)
    assert span is not None
    assert span.of(here.document.text) == "b"
