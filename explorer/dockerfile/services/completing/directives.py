"""Parser directives, and ``# check=`` above an instruction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.nodes import Comment, Directive
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.knowledge.instructions import DIRECTIVES

_LINE: Final = re.compile(r"\s*#\s*(?:(\w*)|(\w+)\s*=\s*(.*))\Z")
_SYNTAXES: Final = (
    ("docker/dockerfile:1", "the newest release of the language"),
    ("docker/dockerfile:1-labs", "with what is still being tried"),
)
_ESCAPES: Final = (("\\", "backslash, the default"), ("`", "backtick, for Windows"))
_OPTIONS: Final = (
    ("skip=", "rules that are left out"),
    ("error=true", "a warning stops the build"),
    ("experimental=", "rules that must be asked for"),
)


def complete_comment(request: Request) -> Completions:
    """What could stand in a comment line."""
    found = _LINE.match(request.caret.before)
    if found is None:
        return _nothing(request)
    if found[2] is None:
        return _names(request, found[1])
    name, value = found[2].lower(), found[3]
    if name == "check":
        return _check(request, value)
    if not _is_head(request):
        return _nothing(request)
    known = {"syntax": _SYNTAXES, "escape": _ESCAPES}.get(name, ())
    return _answer(request, value, known, CompletionKind.VALUE)


def _names(request: Request, typed: str) -> Completions:
    """Names of directives; where none counts any more, ``check`` alone, once it is begun."""
    if _is_head(request):
        given = {directive.name for directive in _before(request)}
        names = [name for name in ("syntax", "escape", "check") if name not in given]
    else:
        names = ["check"] if typed else []
    items = [
        Completion(
            f"{name}=",
            f"{name}=",
            CompletionKind.DIRECTIVE,
            DIRECTIVES[name].title,
            DIRECTIVES[name].body,
        )
        for name in names
    ]
    return request.typed(typed, ends="=;").answer(items)


def _check(request: Request, value: str) -> Completions:
    part = value.rpartition(";")[2]
    key, equals, listed = part.partition("=")
    if not equals:
        return _answer(request, part, _OPTIONS, CompletionKind.OPTION)
    if key.strip() == "error":
        return _answer(request, listed, (("true", ""), ("false", "")), CompletionKind.VALUE)
    *given, typed = listed.split(",")
    experimental = key.strip() == "experimental"
    items = _rules(frozenset(name.strip() for name in given), experimental)
    return request.typed(typed.lstrip(), ends=",;").answer(items)


def _rules(given: frozenset[str], experimental: bool) -> Iterator[Completion]:
    for rule in RULES:
        if rule.name not in given and rule.experimental == experimental:
            documentation = f"{rule.description}\n\n[{rule.name}]({rule.url})"
            documentation = documentation if rule.url else rule.description
            yield Completion(
                rule.name, rule.name, CompletionKind.RULE, rule.description, documentation
            )
    if not given:
        yield Completion("all", "all", CompletionKind.RULE, "every rule")


def _answer(
    request: Request, typed: str, known: tuple[tuple[str, str], ...], kind: CompletionKind
) -> Completions:
    items = [Completion(value, value, kind, meaning) for value, meaning in known]
    return request.typed(typed, ends="=;").answer(items)


def _nothing(request: Request) -> Completions:
    return request.typed("").answer(())


def _before(request: Request) -> list[Directive]:
    return [node for node in request.document.directives if node.line < request.caret.line]


def _is_head(request: Request) -> bool:
    """Whether nothing but directives, and perhaps ``#!``, stands above the line."""
    for node in request.document.nodes:
        if node.line >= request.caret.line:
            return True
        is_shebang = isinstance(node, Comment) and node.line == 1 and node.text.startswith("#!")
        if not isinstance(node, Directive) and not is_shebang and node.end > 1:
            return False
    return True
