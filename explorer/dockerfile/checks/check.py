"""Checking a Dockerfile: ``docker build --check``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.dockerfile.checks import files, froms, instructions, steps
from explorer.dockerfile.checks.finding import Finding
from explorer.dockerfile.checks.options import (
    ARGUMENT,
    CheckOptions,
    OptionsError,
    check_directive,
)
from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import Phase, Problem, Severity
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a Dockerfile.

    ``errors`` come in the order BuildKit would meet them, it stops at the first; ``warnings`` by
    line. ``program`` is what the Dockerfile means.
    """

    program: Program = field(repr=False)
    options: CheckOptions
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors and warnings in the order of the text."""
        return tuple(sorted((*self.errors, *self.warnings), key=lambda problem: problem.span))

    @property
    def build_error(self) -> Problem | None:
        """What a build stops with; where warnings count as errors, that there are some."""
        if self.errors:
            return self.errors[0]
        if not self.options.as_error or not self.warnings:
            return None
        names = ", ".join(sorted({warning.rule for warning in self.warnings}))
        first = self.warnings[0]
        message = f"lint violation found for rules: {names}"
        return Problem(message, first.span, first.line, Severity.ERROR, phase=Phase.CHECKS)


def check(
    document: Document, inputs: Inputs | None = None, *, every_stage: bool | None = None
) -> Checked:
    """Apply BuildKit's rules to a document.

    All stages are looked at where no target is given, as ``docker build --check`` does;
    ``every_stage`` decides it otherwise. Errors of stages that are left out are kept.
    """
    program = understand(document, inputs)
    if every_stage is None:
        every_stage = not program.inputs.target
    errors = [*document.problems, *program.problems]
    options = CheckOptions()
    try:
        options = CheckOptions.parse(_options_text(program))
    except OptionsError as error:
        errors.insert(0, _options_problem(document, error))
    warnings = [
        finding.as_problem()
        for finding in _findings(program, every_stage)
        if _speaks(finding, options)
    ]
    warnings.sort(key=lambda problem: (problem.line, problem.message))
    return Checked(program, options, tuple(errors), tuple(warnings))


def _findings(program: Program, every_stage: bool) -> Iterator[Finding]:
    for instruction in program.document.instructions:
        yield from instructions.findings(instruction)
    yield from files.findings(program)
    yield from froms.findings(program)
    for stage in program.stages:
        if every_stage or stage.index in program.reachable:
            yield from steps.findings(stage, program.inputs.ignore)


def _speaks(finding: Finding, options: CheckOptions) -> bool:
    if finding.rule.commented:
        options = options.with_comments(finding.comments)
    return options.lets_through(finding.rule)


def _options_text(program: Program) -> str:
    given = program.inputs.arguments.get(ARGUMENT)
    return check_directive(program.document) if given is None else given


def _options_problem(document: Document, error: OptionsError) -> Problem:
    directives = [d for d in document.directives if d.name == "check"]
    span = directives[0].value_span if directives else Span(0, 0)
    line = directives[0].line if directives else 1
    return Problem(f"failed to parse check options: {error}", span, line)
