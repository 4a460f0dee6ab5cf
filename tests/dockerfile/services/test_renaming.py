"""Another name changes nothing but the name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import DockerfileError
from explorer.dockerfile.services.edits import apply
from explorer.dockerfile.services.navigation import references, rename, renameable
from explorer.dockerfile.sexpression import dump
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from tests.dockerfile.services.programs import program_text
from tests.dockerfile.services.reading import INPUTS, LINUX, at


def renamed(marked: str, new: str, inputs: Inputs = INPUTS) -> str:
    """The text after the name at the mark was changed."""
    here = at(marked, inputs)
    return apply(here.document.text, rename(here.document, here.program, here.offset, new))


def refusal(marked: str, new: str, inputs: Inputs = INPUTS) -> str:
    """Why the name at the mark cannot be changed."""
    here = at(marked, inputs)
    with pytest.raises(DockerfileError) as raised:
        rename(here.document, here.program, here.offset, new)
    assert raised.value.what == "this cannot be renamed"
    span = raised.value.problem.span
    assert 0 <= span.start <= span.end <= len(here.document.text)
    return raised.value.why


@pytest.mark.parametrize(
    ("text", "new", "result"),
    [
        ("FROM a AS bu|ild\nFROM build\n", "made", "FROM a AS made\nFROM made\n"),
        (
            "FROM a AS B\nFROM b\nCOPY --from=B| x y\nCOPY --from=0 x y\n",
            "made",
            "FROM a AS made\nFROM made\nCOPY --from=made x y\nCOPY --from=0 x y\n",
        ),
        (
            "FROM a AS b|\nFROM c\nRUN --mount=type=bind,from=b,target=/b x\n",
            "made",
            "FROM a AS made\nFROM c\nRUN --mount=type=bind,from=made,target=/b x\n",
        ),
        (
            "FROM a\nENV A|A=1\nENV B=$AA C=${AA:-AA}\nRUN echo $AA AA\n",
            "NEW",
            "FROM a\nENV NEW=1\nENV B=$NEW C=${NEW:-AA}\nRUN echo $NEW AA\n",
        ),
        (
            "ARG V=1\nFROM a:$V\nARG V\nRUN echo $V|\nFROM b\nARG V=2\nRUN echo $V\n",
            "TAG",
            "ARG TAG=1\nFROM a:$TAG\nARG TAG\nRUN echo $TAG\nFROM b\nARG V=2\nRUN echo $V\n",
        ),
        (
            "FROM a AS b\nENV V=1\nFROM b\nRUN echo $V|\nFROM c\nENV V=1\n",
            "W",
            "FROM a AS b\nENV W=1\nFROM b\nRUN echo $W\nFROM c\nENV V=1\n",
        ),
        (
            "FROM a\nARG D|=1\nRUN <<E\nls $D\nE\nCOPY <<E /$D\n$D D\nE\n",
            "P",
            "FROM a\nARG P=1\nRUN <<E\nls $P\nE\nCOPY <<E /$P\n$P D\nE\n",
        ),
        (
            "FROM a\nENV D|=1\nCMD [\"sh\", \"-c\", \"ls $D\"]\n",
            "P",
            "FROM a\nENV P=1\nCMD [\"sh\", \"-c\", \"ls $P\"]\n",
        ),
        (
            "FROM a\nENV D|=1\nCMD [\"ls\", \"$D\"]\n",
            "P",
            "FROM a\nENV P=1\nCMD [\"ls\", \"$D\"]\n",
        ),
        (
            "FROM a\nENV D|=1\nRUN cat <<E\n$D '$D'\nE\nRUN cat <<'E'\n$D\nE\n",
            "P",
            "FROM a\nENV P=1\nRUN cat <<E\n$P '$P'\nE\nRUN cat <<'E'\n$D\nE\n",
        ),
        ("FROM a\nENV A|=1\n", "A", "FROM a\nENV A=1\n"),
    ],
)  # fmt: skip
def test_every_place_of_a_name_changes_and_no_other(text: str, new: str, result: str) -> None:
    assert renamed(text, new) == result


@pytest.mark.parametrize(
    ("text", "new", "why"),
    [
        ("FRO|M a", "x", "no name"),
        ("FROM a\nCOPY --from=n|ginx x y", "x", "no name"),
        ("FROM a AS b|", "B", "small letter"),
        ("FROM a AS b|", "1b", "small letter"),
        ("FROM a AS b|", "scratch", "a meaning of its own"),
        ("FROM a AS b|\nFROM a AS c", "c", "stage 1 is called c already"),
        ("FROM a AS b|\nFROM c", "c", "line 2 takes something else by the name c"),
        ("ARG X=b\nFROM a AS b|\nFROM $X", "c", "line 3 does not write the name as it is"),
        ("FROM a\nENV A|=1", "1A", "begins with no digit"),
        ("FROM a\nENV A|=1 B=2", "B", "line 2 speaks of B already"),
        ("FROM a\nENV A|=1\nRUN echo $B", "B", "line 3 speaks of B already"),
        ("FROM a\nENV PAT|H=/x", "P", "PATH comes from the base image"),
        ("FROM a\nENV A|=1", "PATH", "PATH comes from the base image"),
        ("FROM a\nARG TARGETARC|H", "X", "means something to the builder"),
        ("FROM a\nARG X|", "HTTP_PROXY", "means something to the builder"),
        ("FROM a\nRUN echo $A|\nENV A=1", "B", "line 2 uses A before it is set"),
        ("FROM a\nENV A|=1\nRUN A=2 && echo $A", "B", "the script in line 3 sets A"),
        ("FROM a\nENV A|=1\nRUN export X A", "B", "the script in line 3 sets A"),
        ("FROM a\nENV A|=1\nRUN printenv A", "B", "the script in line 3 sets A"),
        ("FROM a\nENV A|=1\nRUN for A in 1 2; do echo $A; done", "B", "the script in line 3"),
        ("FROM a\nENV A|=1\nRUN sh -c 'echo $A'", "B", "the script in line 3 sets A or asks"),
        ("FROM a\nENV A|=1\nRUN B=2 true", "B", "the script in line 3 sets B"),
        ("FROM a\nENV FO\\\nO|=1", "B", "no name"),
        ("FROM a\nRUN echo $A|", "B", "nothing in this file sets A"),
        ("FROM a AS b\nONBUILD USER $A|\nFROM b\nARG A=1", "B", "nothing in this file sets A"),
    ],
)
def test_why_a_name_stays(text: str, new: str, why: str) -> None:
    assert why in refusal(text, new)


def test_names_that_the_build_is_given_from_outside_stay() -> None:
    given = Inputs(platform=LINUX, build_platform=LINUX, arguments={"A": "2"}, target="b")
    assert "given a value for A" in refusal("FROM a AS b\nARG A|=1", "B", given)
    assert "its target is b" in refusal("FROM a AS b|\nARG A=1", "c", given)


def test_a_misspelt_name_in_another_text_is_left_alone() -> None:
    assert renamed("FROM a\nENV A|=1\nRUN npm --A && ls A.txt\n", "B") == (
        "FROM a\nENV B=1\nRUN npm --A && ls A.txt\n"
    )


def test_a_program_stays_the_same_but_for_the_name() -> None:
    for number in range(25):
        check(number)


@pytest.mark.slow
@pytest.mark.fuzz
def test_many_more_programs_stay_the_same_but_for_the_name() -> None:
    for number in range(25, 2000):
        check(number)


def check(number: int) -> None:
    """Rename everything that can be renamed, and rename it back."""
    text = program_text(number)
    document = Document.parse(text)
    before = understand(document, INPUTS)
    tried: set[tuple[int, int]] = set()
    for offset in range(len(text)):
        place = renameable(document, before, offset)
        if place is None or (place.start, place.end) in tried:
            continue
        tried.add((place.start, place.end))
        old = place.of(text)
        new = "zz-9" if old.islower() else "ZZ_9"
        try:
            edits = rename(document, before, offset, new)
        except DockerfileError:
            continue
        changed = apply(text, edits)
        after = understand(Document.parse(changed), INPUTS)
        assert meaning(after, new, old) == meaning(before, old, old)
        known = {span.start for span in references(document, before, offset)}
        assert {edit.start for edit in edits} <= known
        assert apply(changed, rename(Document.parse(changed), after, edits[0].start, old)) == text


def test_renaming_is_tried_often_enough() -> None:
    done = refused = 0
    for number in range(12):
        document = Document.parse(program_text(number))
        program = understand(document, INPUTS)
        for offset in range(0, len(document.text), 3):
            try:
                done += bool(rename(document, program, offset, "zz9"))
            except DockerfileError:
                refused += 1
    assert done > 30
    assert refused > 50


def meaning(program: Program, name: str, other: str) -> list[Any]:
    """What is built, with a name read as another one."""

    def read(text: str) -> str:
        return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", other, text)

    def read_all(values: Any) -> dict[str, str]:
        return {read(key): value for key, value in values.items()}

    stages = [
        (
            read(stage.name),
            stage.origin.kind,
            stage.origin.stage,
            read_all(stage.variables),
            read_all(stage.environment_at(len(stage.steps))),
            [(need.kind, need.origin.kind, need.origin.stage) for need in stage.needs],
            [(step.settings_after.workdir, step.settings_after.user) for step in stage.steps],
            [[read(u.name) for u in step.undefined] for step in stage.steps],
        )
        for stage in program.stages
    ]
    problems = [read(problem.message) for problem in program.problems]
    return [stages, problems, read(dump(program.document)), read_all(program.arguments)]
