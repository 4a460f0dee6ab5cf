"""Rules about FROM lines, once their arguments are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.checks import rules
from explorer.dockerfile.checks.finding import Finding
from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.expansion import Expander, Expansion
from explorer.dockerfile.gotext import quote
from explorer.dockerfile.stages.model import OriginKind, Program, Stage
from explorer.dockerfile.stages.platforms import read_platform
from explorer.dockerfile.suggest import Suggester
from explorer.dockerfile.words import Word

_TARGET: Final = "TARGETPLATFORM"


def findings(program: Program) -> Iterator[Finding]:
    """What the rules find in the FROM lines."""
    suggester = Suggester()
    for stage in program.stages:
        command, name, platform = stage.command, stage.name_expansion, stage.platform_expansion
        if command is None:
            continue
        if name:
            yield from _undefined(program, stage, name, command.base, suggester)
        if platform and command.platform:
            yield from _undefined(program, stage, platform, command.platform, suggester)
            yield from _platform(program, stage, platform, command.platform)
        yield from _base_platform(stage, command.base)


def _undefined(
    program: Program, stage: Stage, expansion: Expansion, word: Word, suggester: Suggester
) -> Iterator[Finding]:
    known = dict.fromkeys((*program.declared, *program.arguments))
    references = Expander(program.document.escape).references(word.value)
    for name in expansion.unmatched:
        if name in known:
            continue
        match = suggester(name, known)
        hint = f" (did you mean {match}?)" if match else ""
        used = next((r for r in references if r.name == name), None)
        if used is not None:
            word = Word(word.value, word.start + used.start, word.start + used.end)
        message = f"FROM argument '{name}' is not declared{hint}"
        yield _finding(rules.UNDEFINED_ARG_IN_FROM, message, stage, word)


def _platform(
    program: Program, stage: Stage, expansion: Expansion, word: Word
) -> Iterator[Finding]:
    target = program.arguments.get(_TARGET)
    if expansion.matched == (_TARGET,) and not expansion.unmatched and expansion.text == target:
        message = (
            f"Setting platform to predefined {word.value} in FROM is redundant as this is the "
            "default behavior"
        )
        yield _finding(rules.REDUNDANT_TARGET_PLATFORM, message, stage, word)
    if expansion.matched or expansion.unmatched:
        return
    platform = read_platform(expansion.text)
    # A stage that says in its name what it is for has its reasons.
    if not isinstance(platform, str) and not (
        platform.os in stage.name or platform.architecture in stage.name
    ):
        shown = quote(expansion.text)
        message = f"FROM --platform flag should not use constant value {shown}"
        yield _finding(rules.FROM_PLATFORM_FLAG_CONST_DISALLOWED, message, stage, word)


def _base_platform(stage: Stage, word: Word) -> Iterator[Finding]:
    if stage.base is None or stage.origin.kind is not OriginKind.IMAGE:
        return
    actual, wanted = stage.base.platform, stage.platform
    if (actual.os, actual.architecture) != (wanted.os, wanted.architecture):
        message = (
            f"Base image {stage.origin.name} was pulled with platform "
            f"{quote(actual.normalized().full)}, expected {quote(wanted.normalized().full)} "
            "for current build"
        )
        yield _finding(rules.INVALID_BASE_IMAGE_PLATFORM, message, stage, word)


def _finding(rule: Rule, message: str, stage: Stage, word: Word) -> Finding:
    instruction = stage.instruction
    return Finding(rule, message, instruction.span_of(word), instruction.line, instruction.comments)
