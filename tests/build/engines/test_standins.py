"""The store's image for a name, where an engine has another one of that name."""

from __future__ import annotations

from explorer.build.engines.standins import HOST, renamed, stand_in
from explorer.build.engines.supply import outside
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.oci import Digest, Reference

TEXT = """\
ARG B=base
FROM --platform=linux/amd64 ${B}:1 AS x
COPY --chown=1 --from=team/other /a /b
RUN --mount=type=bind,target=/x,from=third:2 --mount="type=bind,from=base:1,target=/y" true
COPY --link --from="docker.io/library/base:1" \\
  a b
FROM x
COPY --from=x /a /
"""


def program(text: str = TEXT) -> Program:
    return understand(Document.parse(text), Inputs())


def other(name: str) -> Reference:
    return Reference.parse(f"{HOST}/{name}")


def test_a_name_is_replaced_wherever_it_is_written() -> None:
    names = {Reference.parse("base:1"): other("b:1"), Reference.parse("third:2"): other("t:2")}
    sent = renamed(program(), names).document.text
    assert sent == (
        TEXT.replace("${B}:1", f"{HOST}/b:1")
        .replace("from=third:2", f"from={HOST}/t:2")
        .replace("from=base:1", f"from={HOST}/b:1")
        .replace('"docker.io/library/base:1"', f"{HOST}/b:1")
    )


def test_what_is_sent_means_the_same_with_the_other_names() -> None:
    names = {image.reference: other(f"n{i}:1") for i, image in enumerate(outside(program()))}
    assert len(names) == 3
    sent = program(renamed(program(), names).document.text)
    assert {image.reference for image in outside(sent)} == set(names.values())
    assert [stage.title for stage in sent.stages] == [stage.title for stage in program().stages]


def test_lines_stay_where_they_are() -> None:
    names = {Reference.parse("base:1"): other("b:1")}
    sent = program(renamed(program(), names).document.text)
    assert [step.line for stage in sent.stages for step in stage.steps] == [
        step.line for stage in program().stages for step in stage.steps
    ]


def test_without_names_nothing_changes() -> None:
    assert renamed(program(), {}).document.text == TEXT


def test_the_other_name_tells_the_image_by_its_digest() -> None:
    image = outside(program("FROM host.example:5000/team/app:1@sha256:" + "0" * 64 + "\n"))[0]
    name = stand_in(image, Digest.parse("sha256:" + "ab" * 32))
    assert str(name) == f"{HOST}/team/app:abababababababab"
    assert Reference.parse(str(name)) == name
