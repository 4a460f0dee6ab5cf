"""What may follow a dollar sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.services.completing.items import (
    Completion,
    CompletionKind,
    Completions,
    Token,
)
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.knowledge.variables import FORMS, PLATFORM
from explorer.dockerfile.services.naming.names import settings_at
from explorer.dockerfile.services.snippets import literal

_NAME: Final = re.compile(r"\$(\{?)(\w*)\Z")
_FORM: Final = re.compile(r"\$\{(\w+)([:#%/+?-][#%/+?-]?)\Z")
_WORD: Final = re.compile(r"\w*")
_LONGEST: Final = 80


def complete_variable(
    request: Request, at: int, *, quotes: bool = True, escape: str = ""
) -> Completions | None:
    """Variables, where a dollar sign is being typed in the text from ``at`` on; else ``None``.

    ``quotes`` tells whether single quotes protect it; ``escape`` is what escapes it, that of the
    document where nothing is given.
    """
    text = request.text
    found = _NAME.search(text, at) or _FORM.search(text, at)
    if found is None or _is_protected(text[at : found.start()], quotes, escape or request.escape):
        return None
    if found.re is _FORM:
        return _forms(request, found)
    braced = bool(found[1])
    start = found.start(2)
    token = _token(request, start)
    closed = request.follows("}", token.end) or _goes_on(request, token.end)
    items = list(_names(request, braced and not closed))
    if braced and not closed and found[2] in request.place.variables():
        items += _forms_of(found[2])
    return token.answer(items)


def _token(request: Request, start: int) -> Token:
    found = _WORD.match(request.document.text, request.caret.offset)
    end = found.end() if found else request.caret.offset
    return Token(request.caret.source(request.line, start), end, request.text[start:])


def _goes_on(request: Request, end: int) -> bool:
    """Whether an operator and a closing brace stand behind the name already."""
    text = request.document.text
    line_end = text.find("\n", end)
    rest = text[end : line_end if line_end >= 0 else len(text)]
    return rest[:1] in set(":-+?#%/") and "}" in rest


def _names(request: Request, brace: bool) -> Iterator[Completion]:
    close = "}" if brace else ""
    place, caret = request.place, request.caret
    stage = None if place.stage is None or place.on_from else place.stage.index
    settings = settings_at(request.program, stage, caret.offset)
    # The nearest first: what was set last is most likely wanted.
    known = place.variables(caret.offset)
    own = [name for name in reversed(known) if name in settings]
    for name in (*own, *(name for name in known if name not in settings)):
        value = known[name]
        detail = _short(value) or PLATFORM.get(name, "no value yet").replace("`", "")
        where = str(settings.get(name, PLATFORM.get(name, "from the base image")))
        yield Completion(name, name + close, CompletionKind.VARIABLE, detail, where)


def _forms(request: Request, found: re.Match[str]) -> Completions:
    """The operators after a name, where one is begun."""
    at = found.start(2)
    offset = request.caret.offset
    token = Token(request.caret.source(request.line, at), offset, found[2])
    name = found[1]
    closed = request.follows("}", offset)
    items = [
        Completion(
            f"{operator}{word}",
            f"{operator}${{1:{word}}}{'' if closed else literal('}')}",
            CompletionKind.VARIABLE,
            meaning,
            f"`${{{name}{operator}{word}}}`",
            snippet=True,
        )
        for operator, word, meaning in FORMS
        if operator.startswith(found[2])
    ]
    return Completions(token.start, token.end, tuple(items))


def _forms_of(name: str) -> Iterator[Completion]:
    for operator, word, meaning in FORMS:
        yield Completion(
            f"{name}{operator}{word}",
            f"{name}{operator}${{1:{word}}}{literal('}')}",
            CompletionKind.VARIABLE,
            meaning,
            snippet=True,
        )


def _is_protected(before: str, quotes: bool, escape: str) -> bool:
    """Whether a dollar sign after this text is escaped, or stands in single quotes."""
    quote = ""
    at = 0
    while at < len(before):
        char = before[at]
        if char == escape and quote != "'":
            at += 2
            continue
        if quotes and char in "'\"":
            quote = "" if char == quote else quote or char
        at += 1
    return quote == "'" or at > len(before)


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
