"""Short ways from a text to the advice on it."""

from __future__ import annotations

from typing import Any

from explorer.dockerfile.advice.advise import advise
from explorer.dockerfile.advice.facts import ContextFacts, Facts
from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.advice.model import Diagnostic, Fix
from explorer.dockerfile.services.edits import apply
from tests.dockerfile.reading import checked, program

BASE = "FROM debian:12\n"
"""A base that has only one thing against it: no digest."""


def advice(text: str, facts: Facts | None = None, **inputs: Any) -> tuple[Diagnostic, ...]:
    """Our advice on a text, the lack of a digest apart."""
    understood = program(text, **inputs)
    found = advise(understood.document, understood, facts)
    return tuple(one for one in found if one.rule != "BaseWithoutDigest")


def found(text: str, rule: str, facts: Facts | None = None, **inputs: Any) -> list[str]:
    """The places, as they are written, that a rule complains about."""
    return [one.span.of(text) for one in advice(text, facts, **inputs) if one.rule == rule]


def told(text: str, **inputs: Any) -> list[tuple[str, str]]:
    """All diagnostics, BuildKit's included: rule and place."""
    diagnostics = diagnose(checked(text, **inputs))
    return [(one.rule, one.span.of(text)) for one in diagnostics if one.rule != "BaseWithoutDigest"]


def fixes(text: str, rule: str, facts: Facts | None = None, **inputs: Any) -> list[Fix]:
    """The quick fixes for the first complaint of a rule, BuildKit's or ours."""
    diagnostics = diagnose(checked(text, **inputs), facts)
    return [*next(one for one in diagnostics if one.rule == rule).fixes]


def fixed(text: str, rule: str, facts: Facts | None = None, **inputs: Any) -> str:
    """The text after the first quick fix for a rule."""
    return apply(text, fixes(text, rule, facts, **inputs)[0].edits)


def context(*paths: str, sizes: dict[str, int] | None = None) -> Facts:
    """A build context with some files; a path that ends in a slash is an empty folder."""
    entries: dict[str, int | None] = {}
    for path in paths:
        parts = path.rstrip("/").split("/")
        for depth in range(1, len(parts)):
            entries["/".join(parts[:depth])] = None
        entries[path.rstrip("/")] = None if path.endswith("/") else (sizes or {}).get(path, 1)
    return Facts(ContextFacts.of(entries.items(), ".dockerignore"))
