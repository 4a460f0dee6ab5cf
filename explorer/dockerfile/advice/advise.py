"""Our own checks."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.advice import (
    bases,
    caches,
    context,
    final,
    order,
    running,
    secrets,
    storage,
)
from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.model import Diagnostic, Source
from explorer.dockerfile.advice.subject import Found, Subject
from explorer.dockerfile.advice.suppression import Suppressions
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.model import Program


def advise(
    document: Document, program: Program, facts: Facts | None = None
) -> tuple[Diagnostic, ...]:
    """What could be better in a Dockerfile, by our own rules, in the order of the text.

    ``# check=skip=RULE`` switches a rule off as it does BuildKit's, for the file or for one
    instruction; ``# hadolint ignore=DL…`` does so for the rules that complain about the same.
    """
    subject = Subject(program, facts or Facts())
    suppressions = Suppressions(document, program)
    found = {_key(one): one for one in _findings(subject) if suppressions.lets_through(one)}
    return tuple(sorted(map(_diagnostic, found.values()), key=lambda one: one.order))


def _findings(subject: Subject) -> Iterator[Found]:
    for rules in (bases, order, caches, secrets, storage, running, final, context):
        yield from rules.findings(subject)


def _key(found: Found) -> tuple[str, int, int, str]:
    return found.rule.name, found.span.start, found.span.end, found.message


def _diagnostic(found: Found) -> Diagnostic:
    rule = found.rule
    return Diagnostic(
        rule=rule.name,
        severity=found.level or rule.level,
        message=found.message,
        span=found.span,
        line=found.line,
        source=Source.LAYERSCOPE,
        explanation=rule.explanation,
        url=rule.url,
        fixes=found.fixes,
    )
