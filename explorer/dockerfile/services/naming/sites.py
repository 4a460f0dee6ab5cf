"""The places in one instruction where variables are defined and used."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from explorer.dockerfile.commands.running import is_marker
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.naming import shell
from explorer.dockerfile.source import Span
from explorer.dockerfile.statement import MAX_LENGTH, Statement
from explorer.dockerfile.substitution import Reference
from explorer.dockerfile.variables import header_references, heredoc_references
from explorer.dockerfile.words import Word, split_pair

_SCRIPTS: Final = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})


class Use(Enum):
    """What is done with a variable at a place."""

    ENV = "ENV"
    ARG = "ARG"
    BARE_ARG = "ARG without a value"
    WORD = "used"
    """The builder replaces it."""
    SCRIPT = "used in a script"
    """A shell replaces it."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a variable's name stands.

    ``span`` holds the name as written, in the document; ``exact`` tells that nothing but the name
    is written there.
    """

    name: str
    span: Span
    use: Use
    exact: bool = True

    @property
    def defines(self) -> bool:
        """Whether it is here that the variable gets a value or becomes known."""
        return self.use in (Use.ENV, Use.ARG, Use.BARE_ARG)


def sites_of(instruction: Instruction, text: str) -> Iterator[Site]:
    """Every place of a variable in an instruction of a document with this text, in order."""
    found = [
        *definitions_of(instruction, text),
        *_words(instruction, text),
        *_scripts(instruction, text),
    ]
    # In "${ }" there is a reference, but no name.
    return iter(sorted((site for site in found if site.name), key=lambda site: site.span))


def definitions_of(instruction: Instruction, text: str) -> Iterator[Site]:
    """The places in an ENV or an ARG, or one under ONBUILD, where variables are defined."""
    found = _definitions(instruction, instruction.statement, text)
    return (site for site in found if site.name)


def _definitions(instruction: Instruction, statement: Statement, text: str) -> Iterator[Site]:
    if statement.trigger is not None:
        yield from _definitions(instruction, statement.trigger, text)
    elif statement.name == "ENV":
        for pair in statement.pairs:
            yield _definition(instruction, pair.key, Use.ENV, text)
    elif statement.name == "ARG":
        for word in statement.words:
            cut = split_pair(word)
            key, use = (word, Use.BARE_ARG) if cut is None else (cut.key, Use.ARG)
            yield _definition(instruction, key, use, text)


def _definition(instruction: Instruction, key: Word, use: Use, text: str) -> Site:
    name = key.value.strip("\"'")
    span = instruction.span_of(key)
    return Site(name, span, use, exact=span.of(text) == name)


def _words(instruction: Instruction, text: str) -> Iterator[Site]:
    line = instruction.text
    for reference in header_references(instruction.header):
        start = reference.start + (2 if line.startswith("${", reference.start) else 1)
        span = instruction.place(start, start + len(reference.name))
        yield Site(reference.name, span, Use.WORD, span.of(text) == reference.name)
    for heredoc in instruction.heredocs:
        if len(heredoc.body) > MAX_LENGTH:
            continue
        for reference in heredoc_references(heredoc, carried_out(instruction).name, text):
            yield _in_text(reference, 0, Use.WORD, text)


def _scripts(instruction: Instruction, text: str) -> Iterator[Site]:
    statement = carried_out(instruction)
    if statement.name not in _SCRIPTS or len(instruction.text) > MAX_LENGTH:
        return
    word = script_word(statement)
    if word is not None and "$" in word.value:
        quote = 1 if statement.is_json else 0
        line = instruction.text
        for reference in shell.references(line[word.start + quote : word.end - quote]):
            start = word.start + quote + reference.end - len(reference.name)
            span = instruction.place(start, start + len(reference.name))
            yield Site(reference.name, span, Use.SCRIPT, span.of(text) == reference.name)
    for span, quotes in script_bodies(instruction, text):
        for reference in shell.references(span.of(text), quotes=quotes):
            yield _in_text(reference, span.start, Use.SCRIPT, text)


def _in_text(reference: Reference, base: int, use: Use, text: str) -> Site:
    """A reference placed in the document; ``${a:-b}`` may be longer than its name."""
    start = base + reference.start
    start += 2 if text.startswith("${", start) else 1
    while not text.startswith(reference.name, start):
        start += 1  # "${#name}" and the like
    return Site(reference.name, Span(start, start + len(reference.name)), use)


def carried_out(instruction: Instruction) -> Statement:
    """The statement itself, or what ONBUILD holds, which is carried out later."""
    statement = instruction.statement
    while statement.trigger is not None:
        statement = statement.trigger
    return statement


def script_word(statement: Statement) -> Word | None:
    """The word that a shell reads: the shell form, or what follows ``["sh", "-c",``."""
    words = statement.words[1:] if statement.name == "HEALTHCHECK" else statement.words
    if not statement.is_json:
        return words[0] if words else None
    if len(words) > 2 and words[1].value.startswith("-") and words[1].value.endswith("c"):
        return words[2] if posixpath.basename(words[0].value) in shell.SHELLS else None
    return None


def script_bodies(instruction: Instruction, text: str) -> Iterator[tuple[Span, bool]]:
    """The here-documents of a RUN that a shell reads, and whether quotes count in them.

    The body is the script itself where nothing else is run; otherwise it is the shell that
    expands it, unless the word after ``<<`` is quoted.
    """
    statement = carried_out(instruction)
    if statement.name != "RUN":
        return
    word = script_word(statement)
    is_script = word is not None and is_marker(word.value)
    for heredoc in instruction.heredocs:
        if len(heredoc.body) > MAX_LENGTH:
            continue
        if is_script:
            first = heredoc.body.of(text).split("\n", 1)[0].strip(SPACE)
            if not first.startswith("#!") or _interpreter(first) in shell.SHELLS:
                yield heredoc.body, True
        elif heredoc.marker.expands:
            yield heredoc.body, False


def _interpreter(line: str) -> str:
    """The program that a ``#!`` line names."""
    words = line[2:].split()
    if words and posixpath.basename(words[0]) == "env":
        words = [word for word in words[1:] if not word.startswith("-")]
    return posixpath.basename(words[0]) if words else ""
