"""Switching a rule off where it complains."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.advice.silencing import silence
from explorer.dockerfile.document import Document
from explorer.dockerfile.services.edits import apply
from explorer.dockerfile.source import Span
from tests.dockerfile.reading import checked

BASE = "FROM debian:12\n"


def rules(text: str) -> list[str]:
    return [one.rule for one in diagnose(checked(text))]


def silenced(text: str, rule: str) -> str:
    (one, *_) = [one for one in diagnose(checked(text)) if one.rule == rule]
    fix = silence(Document.parse(text), one)
    assert fix is not None
    assert not fix.safe
    return apply(text, fix.edits)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{BASE}RUN apk add a\n", "PackageCacheKept"),
        (f"{BASE}# why\nRUN true && \\\n  apk add a\n", "PackageCacheKept"),
        (f"{BASE}# check=skip=Other\nRUN apk add a\n", "PackageCacheKept"),
        (f"{BASE}# check=skip=Other;error=true\n# x\nRUN apk add a\n", "PackageCacheKept"),
        (BASE, "BaseWithoutDigest"),
        (f"{BASE}WORKDIR a\n", "WorkdirRelativePath"),
        (f"{BASE}MAINTAINER me\n", "MaintainerDeprecated"),
        (f"{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"# syntax=docker/dockerfile:1\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"# check=error=true\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"# check=skip=Other\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"#!/usr/bin/x\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"# why\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"\n# escape=`\n{BASE}run a\n", "ConsistentInstructionCasing"),
        (f"\ufeff{BASE}run a\n", "ConsistentInstructionCasing"),
    ],
)
def test_the_rule_says_nothing_more_and_the_others_what_they_said(text: str, rule: str) -> None:
    before, after = rules(text), rules(silenced(text, rule))
    assert rule not in after
    assert after == [one for one in before if one != rule]


def test_only_this_instruction_is_let_off() -> None:
    text = f"{BASE}RUN apk add a\nRUN apk add b\n"
    assert rules(text).count("PackageCacheKept") == 2
    assert rules(silenced(text, "PackageCacheKept")).count("PackageCacheKept") == 1


def test_linters_have_a_comment_of_their_own() -> None:
    text = f"{BASE}RUN a\n"
    one = Diagnostic("DL3004", Level.ERROR, "m", Span(15, 18), 2, Source.HADOLINT)
    other = Diagnostic("SC2086", Level.INFO, "m", Span(15, 18), 2, Source.SHELLCHECK)
    fix = silence(Document.parse(text), one)
    assert fix is not None
    text = apply(text, fix.edits)
    assert text == f"{BASE}# hadolint ignore=DL3004\nRUN a\n"
    moved = Diagnostic(other.rule, other.severity, "m", Span(0, 0), 3, other.source)
    fix = silence(Document.parse(text), moved)
    assert fix is not None
    assert apply(text, fix.edits) == f"{BASE}# hadolint ignore=DL3004,SC2086\nRUN a\n"


def test_an_error_of_the_language_cannot_be_switched_off() -> None:
    text = f"{BASE}COPY a\n"
    (error,) = [one for one in diagnose(checked(text)) if not one.rule]
    assert silence(Document.parse(text), error) is None
