"""On every public Dockerfile: each service answers, and completion knows what is written there."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.commands.flags import FLAGS
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.services.completion import complete
from explorer.dockerfile.services.naming.names import setting_of, variable_at
from explorer.dockerfile.services.naming.sites import Use, sites_of
from explorer.dockerfile.services.naming.stages import stage_sites
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.dockerfile.statement import KEYWORDS
from tests.dockerfile.conformance import dockerfiles, needs_conformance
from tests.dockerfile.services.reading import INPUTS, Around
from tests.dockerfile.services.test_bad_input import ask, whole


def programs() -> Iterator[Program]:
    """What each of the files means."""
    for path in dockerfiles():
        yield understand(Document.parse(decode(path.read_bytes())), INPUTS)


def offered(program: Program, offset: int) -> set[str]:
    """What completion offers at a place."""
    answer = complete(program.document, program, offset, Around())
    return {item.label for item in answer.items}


@needs_conformance
def test_every_service_answers() -> None:
    for program in programs():
        document = program.document
        whole(document, program)
        for offset in range(0, len(document.text) + 1, len(document.text) // 3 + 1):
            ask(document, program, offset)


@needs_conformance
def test_every_keyword_is_offered_while_it_is_typed() -> None:
    count = 0
    for program in programs():
        for instruction in program.document.instructions:
            keyword = instruction.statement.keyword
            span = instruction.span_of(keyword)
            if instruction.name in KEYWORDS and span.of(program.document.text) == keyword.value:
                found = {label.upper() for label in offered(program, span.start + 2)}
                assert instruction.name in found
                count += 1
    assert count > 300


@needs_conformance
def test_every_flag_is_offered_while_it_is_typed() -> None:
    count = 0
    for program in programs():
        for instruction in program.document.instructions:
            known = {spec.name for spec in FLAGS.get(instruction.name, ())}
            for flag in instruction.statement.flags:
                span = instruction.span_of(flag)
                if flag.name in known and span.of(program.document.text).startswith("--"):
                    labels = {label.strip("-=") for label in offered(program, span.start + 3)}
                    assert flag.name in labels
                    count += 1
    assert count > 15


@needs_conformance
def test_every_variable_that_is_set_is_offered_where_it_is_used() -> None:
    count = 0
    for program in programs():
        text = program.document.text
        for instruction in program.document.instructions:
            for site in sites_of(instruction, text):
                variable = variable_at(program, site.span.start)
                if variable is None or site.use is not Use.WORD or instruction.name == "ONBUILD":
                    continue
                start = site.span.start
                if setting_of(program, variable.stage, site.name, start) and site.exact:
                    assert site.name in offered(program, start), (text[:start], site)
                    count += 1
    assert count > 15


@needs_conformance
def test_every_earlier_stage_is_offered_where_it_is_used() -> None:
    count = 0
    for program in programs():
        for site in stage_sites(program):
            place = program.stage_at(site.line)
            if site.exact and not site.defines and place and site.stage < place.index:
                assert program.stages[site.stage].name in offered(program, site.span.start)
                count += 1
    assert count > 10
