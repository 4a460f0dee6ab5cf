"""Any text at all: each service answers, and its answer lies in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import DockerfileError
from explorer.dockerfile.services.comments import toggle
from explorer.dockerfile.services.completion import complete
from explorer.dockerfile.services.edits import TextEdit, apply
from explorer.dockerfile.services.folding import folds
from explorer.dockerfile.services.hover import hover
from explorer.dockerfile.services.indent import enter
from explorer.dockerfile.services.navigation import definition, references, rename, renameable
from explorer.dockerfile.services.outline import outline
from explorer.dockerfile.services.pairs import PAIRS, closing, matching, types_over
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from tests.dockerfile.generated import MANY, texts
from tests.dockerfile.services.reading import INPUTS, Around


def ask_all(text: str, offsets: Iterable[int]) -> None:
    """Ask every service at some places."""
    document = Document.parse(text)
    program = understand(document, INPUTS)
    whole(document, program)
    for offset in offsets:
        ask(document, program, offset)


def whole(document: Document, program: Program) -> None:
    length, lines = len(document.text), len(document.lines.starts)
    for fold in folds(document):
        assert 1 <= fold.first_line < fold.last_line <= lines
    at = 0
    for item in outline(document, program):
        assert at <= item.start <= item.end <= length
        at = item.start


def ask(document: Document, program: Program, offset: int) -> None:
    text = document.text
    answer = complete(document, program, offset, Around())
    assert 0 <= answer.start <= min(max(offset, 0), len(text)) <= answer.end <= len(text)
    assert "\n" not in text[answer.start : answer.end]
    found = hover(document, program, offset, Around())
    assert found is None or (found.title and 0 <= found.start <= found.end <= len(text))
    place = definition(document, program, offset)
    assert place is None or 0 <= place.start <= place.end <= len(text)
    for span in references(document, program, offset):
        assert 0 <= span.start <= span.end <= len(text)
    name = renameable(document, program, offset)
    try:
        edits = rename(document, program, offset, "other")
        assert name is not None
    except DockerfileError as error:
        edits = ()
        assert error.why
    fit(text, edits)
    line = document.lines.position(offset).line
    fit(text, toggle(document, line, line + 2))
    inserted = enter(document, offset)
    assert "\n" in inserted.text
    assert 0 < inserted.caret <= len(inserted.text)
    matching(document, offset)
    for char in PAIRS:
        closing(document, offset, char)
        types_over(document, offset, PAIRS[char])


def fit(text: str, edits: tuple[TextEdit, ...]) -> None:
    """Edits lie in the text and do not overlap."""
    apply(text, edits)


def some(text: str, count: int = 4) -> list[int]:
    """Some places in a text, its ends included."""
    random = Random(len(text))
    return [0, len(text), *(random.randint(0, len(text)) for _ in range(count))]


def test_every_service_answers_on_generated_texts() -> None:
    for text in texts(150):
        ask_all(text, some(text))


@pytest.mark.fuzz
@pytest.mark.slow
def test_every_service_answers_on_many_generated_texts() -> None:
    for text in texts(MANY // 20, first=150):
        ask_all(text, some(text))


@pytest.mark.parametrize("offset", [-5, 10_000])
def test_places_outside_the_text_are_its_ends(offset: int) -> None:
    ask_all("FROM a\nRUN b", [offset])


def _binary(size: int) -> str:
    return "".join(map(chr, Random(1).choices(range(256), k=size)))


def _variables(size: int) -> str:
    return "FROM a\n" + "".join(f"ENV A{i}=$A{i - 1}\n" for i in range(size // 30))


def _stages(size: int) -> str:
    return "".join(f"FROM a AS s{i}\n" for i in range(min(size // 12, 1000)))


def _tower(size: int) -> str:
    upper = (f"FROM s{i} AS s{i + 1}\n" for i in range(min(size // 15, 1000)))
    return "FROM a AS s0\nENV A=1\n" + "".join(upper)


HOSTILE: dict[str, Callable[[int], str]] = {
    "empty": lambda n: "",
    "binary": _binary,
    "no utf-8": lambda n: "FROM a\nRUN \udcff\udc80" * 3,
    "one long word": lambda n: "a" * n,
    "one long RUN": lambda n: "FROM a\nRUN " + "$A" * (n // 2),
    "one long COPY": lambda n: "FROM a\nCOPY " + "x " * (n // 2),
    "one long mount": lambda n: "FROM a\nRUN --mount=" + "id=x," * (n // 5),
    "one long comment": lambda n: "#" * n,
    "many lines": lambda n: "FROM a\n" + "RUN b\n" * (n // 6),
    "many continuations": lambda n: "FROM a\nRUN b" + " \\\n  c" * (n // 6),
    "many variables": _variables,
    "many stages": _stages,
    "a tower of stages": _tower,
    "a circle of stages": lambda n: (
        "FROM x AS a\nCOPY --from=b . .\nFROM y AS b\nCOPY --from=a . ."
    ),
    "a stage upon itself": lambda n: "FROM a AS a\nFROM a AS a\nCOPY --from=a x y",
    "deep ONBUILD": lambda n: "FROM a\n" + "ONBUILD " * (n // 8) + "RUN x",
    "deep braces": lambda n: "FROM a\nENV A=" + "${A:-" * (n // 5),
    "deep brackets": lambda n: "CMD " + "[" * n,
    "many heredocs": lambda n: "RUN " + "<<E " * (n // 4) + "\n" + "x\nE\n" * 10,
    "an open heredoc": lambda n: "FROM a\nRUN <<E\n" + "x $A\n" * (n // 5),
    "many quotes": lambda n: "FROM a\nRUN " + "'\"" * (n // 2),
    "many names": lambda n: "FROM a\nENV A=1\n" + "RUN echo $A\n" * (n // 12),
    "only continuations": lambda n: "\\\n" * (n // 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_answered(name: str) -> None:
    text = HOSTILE[name](3000)
    ask_all(text, some(text, 2))


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_of_every_size_are_answered(name: str) -> None:
    text = HOSTILE[name](600_000)
    ask_all(text, some(text, 1))
