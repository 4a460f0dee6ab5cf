"""Advice about base images."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.model import Fix
from explorer.dockerfile.advice.subject import Found, Subject
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import NeedKind, OriginKind, Stage
from explorer.oci.reference import Reference


def findings(subject: Subject) -> Iterator[Found]:
    """Images without a version, or with one that can move; each is told once."""
    told: set[str] = set()
    for stage in subject.program.stages:
        for need in stage.needs:
            name = need.origin.name
            if need.origin.kind is not OriginKind.IMAGE or name in told:
                continue
            reference = Reference.parse_or_none(name)
            if reference is not None and reference.digest is None:
                told.add(name)
                step = stage.steps[need.step] if need.step is not None else None
                instruction = step.instruction if step else stage.instruction
                place = _base(stage) if need.kind is NeedKind.FROM else need.span
                yield _unpinned(
                    subject, reference, name, place, need.line, instruction.comments
                )  # fmt: skip


def _base(stage: Stage) -> Span:
    command = stage.command
    return stage.instruction.span_of(command.base) if command else stage.instruction.span


def _unpinned(
    subject: Subject,
    reference: Reference,
    name: str,
    span: Span,
    line: int,
    comments: tuple[str, ...],
) -> Found:
    shown = shorten(name)
    if "tag" in reference.defaults:
        message = f"{shown} has no tag, so it is whatever was pushed as latest: name a version"
        return Found(rules.BASE_NOT_PINNED, message, span, line, comments)
    if reference.tag == "latest":
        message = f"{shown} is whatever was pushed last: name a version"
        return Found(rules.BASE_NOT_PINNED, message, span, line, comments)
    message = f"{shown} can be moved to another image: add its digest"
    fixes = _pin(subject, reference, name, span)
    return Found(rules.BASE_WITHOUT_DIGEST, message, span, line, comments, fixes)


def _pin(subject: Subject, reference: Reference, name: str, span: Span) -> tuple[Fix, ...]:
    """Where the image is here and its name is written out, its digest can be added."""
    digest = subject.facts.digests.get(str(reference))
    if not digest or span.of(subject.text) != name:
        return ()
    edit = TextEdit(span.end, span.end, f"@{digest}")
    return (Fix("Pin to the image that is here", (edit,), safe=False),)
