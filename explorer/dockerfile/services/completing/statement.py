"""The instruction at the caret, as far as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.services.completing import arguments, flags
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.knowledge.instructions import INSTRUCTIONS
from explorer.dockerfile.services.snippets import SNIPPETS
from explorer.dockerfile.statement import MAX_TRIGGERS
from explorer.dockerfile.words import BLANK, take_flags

_KEYWORD: Final = re.compile(f"([{SPACE}]*)([^{BLANK}]*)([{BLANK}]+)?")
_NO_TRIGGERS: Final = frozenset({"FROM", "MAINTAINER", "ONBUILD"})
_FIRST: Final = ("FROM", "ARG")
# What is written most often comes first where nothing is typed yet.
_ORDER: Final[tuple[str, ...]] = (
    *("RUN", "COPY", "FROM", "WORKDIR", "ENV", "ARG", "CMD", "ENTRYPOINT", "EXPOSE", "USER"),
    *("LABEL", "ADD", "VOLUME", "HEALTHCHECK", "SHELL", "STOPSIGNAL", "ONBUILD", "MAINTAINER"),
)


def complete_statement(request: Request) -> Completions:
    """What could stand at a caret in an instruction, or where one begins."""
    at, trigger = 0, False
    for _ in range(MAX_TRIGGERS):
        found = _KEYWORD.match(request.text, at)
        if found is None or not found[3]:
            break
        if found[2].upper() != "ONBUILD":
            return _after_keyword(request, found[2].upper(), found.end())
        at, trigger = found.end(), True
    start = at + len(request.text[at:]) - len(request.text[at:].lstrip(SPACE))
    return complete_keyword(request, start, trigger=trigger)


def complete_keyword(request: Request, at: int, *, trigger: bool = False) -> Completions:
    """Instructions, and snippets where a whole one may stand."""
    token = request.token(at)
    if "\n" in request.document.text[token.start : token.end]:
        return Completions(token.start, token.end)
    gap = "" if request.follows(" ", token.end) else " "
    items = list(_keywords(request, gap, trigger=trigger))
    if not trigger:
        items += _snippets(request)
        if not token.typed and request.caret.line == 1:
            items.append(_syntax())
    return token.answer(items)


def _keywords(request: Request, gap: str, *, trigger: bool) -> Iterator[Completion]:
    order = _ORDER
    if request.stage is None:
        order = (*_FIRST, *(name for name in _ORDER if name not in _FIRST))
    lower = request.lower
    for name in order:
        if trigger and name in _NO_TRIGGERS:
            continue
        topic, word = INSTRUCTIONS[name], name.lower() if lower else name
        yield Completion(word, word + gap, CompletionKind.INSTRUCTION, topic.title, topic.body)


def _snippets(request: Request) -> Iterator[Completion]:
    lower = request.lower
    for snippet in SNIPPETS:
        body = snippet.written(lower=lower, escape=request.escape)
        yield Completion(
            snippet.name, body, CompletionKind.SNIPPET, snippet.description, snippet=True
        )


def _syntax() -> Completion:
    line = "# syntax=docker/dockerfile:1"
    return Completion(line, f"{line}\n", CompletionKind.DIRECTIVE, "The current language")


def _after_keyword(request: Request, name: str, after: int) -> Completions:
    text = request.text
    if name == "HEALTHCHECK" and text[after:].upper().startswith("NONE"):
        return request.token(len(text)).answer(())
    found, taken = take_flags(text[after:], after, request.escape)
    rest = after + taken
    if found and found[-1].end == len(text):
        return flags.complete_flag(request, name, found)
    if rest == len(text) and text.endswith(" --"):
        return flags.complete_name(request, name, len(text) - 2, found)
    if text[rest:] == "-":
        return flags.complete_name(request, name, rest, found)
    return arguments.complete_arguments(request, name, rest, found)
