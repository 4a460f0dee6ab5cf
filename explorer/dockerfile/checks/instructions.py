"""Rules that look at one instruction by itself, as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.checks import rules
from explorer.dockerfile.checks.finding import Finding
from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.words import Flag, Word, split_pair


def findings(instruction: Instruction) -> Iterator[Finding]:
    """What the rules find in an instruction."""
    statement = instruction.statement
    match statement.name:
        case "MAINTAINER":
            message = "Maintainer instruction is deprecated in favor of using label"
            yield _finding(rules.MAINTAINER_DEPRECATED, message, instruction, statement.keyword)
        case "FROM":
            yield from _from(instruction)
        case "ARG":
            names = [(split_pair(w) or _Bare(w)).key.value for w in statement.words]
            yield from _description(instruction, "ARG", names)


class _Bare:
    """A declaration without a value."""

    def __init__(self, key: Word) -> None:
        self.key = key


def _from(instruction: Instruction) -> Iterator[Finding]:
    words = instruction.statement.words
    if len(words) == 3 and words[2].value != words[2].value.lower():
        message = f"Stage name '{words[2].value}' should be lowercase"
        yield _finding(rules.STAGE_NAME_CASING, message, instruction, words[2])
    if len(words) >= 3 and not _same_case(instruction.statement.keyword.value, words[1].value):
        keyword = instruction.statement.keyword.value
        message = f"'{words[1].value}' and '{keyword}' keywords' casing do not match"
        yield _finding(rules.FROM_AS_CASING, message, instruction, words[1])
    if len(words) == 3 and words[1].value.lower() == "as":
        yield from _description(instruction, "FROM", [words[2].value.lower()])


def _same_case(keyword: str, word: str) -> bool:
    if keyword == keyword.lower():
        return word == word.lower()
    # A keyword of mixed case is the business of another rule.
    return keyword != keyword.upper() or word == word.upper()


def _description(instruction: Instruction, keyword: str, names: list[str]) -> Iterator[Finding]:
    if not instruction.comments or not names:
        return
    if instruction.comments[-1].split(" ", 1)[0] in names:
        return
    example = names[0] if len(names) == 1 else "<arg_key>"
    message = f"Comment for {keyword} should follow the format: `# {example} <description>`"
    where = instruction.statement.keyword
    yield _finding(rules.INVALID_DEFINITION_DESCRIPTION, message, instruction, where)


def _finding(rule: Rule, message: str, instruction: Instruction, part: Word | Flag) -> Finding:
    span = instruction.span_of(part)
    return Finding(rule, message, span, instruction.line, instruction.comments)
