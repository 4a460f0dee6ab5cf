"""Rules that look at the file as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from explorer.dockerfile.checks import rules
from explorer.dockerfile.checks.finding import Finding
from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.gotext import SPACE, quote
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.arguments import GlobalArguments
from explorer.dockerfile.stages.model import Program, Stage
from explorer.dockerfile.stages.report import Report
from explorer.oci.reference import Reference

_RESERVED: Final = frozenset({"context", "scratch"})


def findings(program: Program) -> Iterator[Finding]:
    """What the rules find in a Dockerfile."""
    yield from _empty_continuations(program.document.instructions)
    yield from _stage_names(program.stages)
    yield from _casing(program)
    yield from _default_bases(program)


def _empty_continuations(instructions: Iterable[Instruction]) -> Iterator[Finding]:
    for instruction in instructions:
        if instruction.header.line.has_empty_continuation:
            source = instruction.header.source
            last_line = instruction.line + source.count("\n")
            span = _first_empty_line(source, instruction.start)
            yield Finding(rules.NO_EMPTY_CONTINUATION, "Empty continuation line", span, last_line)


def _first_empty_line(source: str, start: int) -> Span:
    at = 0
    for line in source.split("\n"):
        if at and not line.strip(SPACE):
            return Span(start + at, start + at + len(line))
        at += len(line) + 1
    return Span(start, start + len(source))


def _stage_names(stages: Iterable[Stage]) -> Iterator[Finding]:
    seen: set[str] = set()
    for stage in stages:
        name = stage.name
        if name in _RESERVED:
            message = f"Stage name should not use the same name as reserved stage {quote(name)}"
            yield _at_name(rules.RESERVED_STAGE_NAME, message, stage)
        if name in seen:
            message = f"Duplicate stage name {quote(name)}, stage names should be unique"
            yield _at_name(rules.DUPLICATE_STAGE_NAME, message, stage)
        if name:
            seen.add(name)


def _at_name(rule: Rule, message: str, stage: Stage) -> Finding:
    alias = stage.command.alias if stage.command else None
    span = stage.instruction.span_of(alias) if alias else stage.instruction.span
    return Finding(rule, message, span, stage.instruction.line)


def _casing(program: Program) -> Iterator[Finding]:
    """All instructions from the first FROM on have the case that most of them have."""
    first = program.stages[0].instruction.start if program.stages else 0
    staged = [i for i in program.document.instructions if program.stages and i.start >= first]
    staged = [i for i in staged if i.statement.is_known]
    keywords = [i.statement.keyword.value for i in staged]
    lower = sum(word == word.lower() for word in keywords)
    upper = sum(word != word.lower() and word == word.upper() for word in keywords)
    wanted = "lowercase" if lower > upper else "uppercase"
    for instruction in staged:
        word = instruction.statement.keyword
        if word.value != (word.value.lower() if lower > upper else word.value.upper()):
            message = f"Command '{word.value}' should match the case of the command majority"
            yield Finding(
                rules.CONSISTENT_INSTRUCTION_CASING,
                f"{message} ({wanted})",
                instruction.span_of(word),
                instruction.line,
            )


def _default_bases(program: Program) -> Iterator[Finding]:
    """Every base is a valid name even if no build argument is given."""
    escape, report = program.document.escape, Report()
    defaults = GlobalArguments(
        program.preamble, program.inputs, escape, report, overridden=False
    ).values
    if report.problems:
        return
    expander = Expander(escape)
    for stage in program.stages:
        if stage.command is None:
            continue
        base = stage.command.base
        try:
            name = expander.expand(base.value, defaults).text
        except ExpansionError:
            return
        if Reference.parse_or_none(name) is None:
            yield Finding(
                rules.INVALID_DEFAULT_ARG_IN_FROM,
                f"Default value for ARG {base.value} results in empty or invalid base image name",
                stage.instruction.span_of(base),
                stage.instruction.line,
            )
