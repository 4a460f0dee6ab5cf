"""Base images: named so that they stay the same."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.advise import advise
from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.model import Diagnostic, Level
from explorer.oci.reference import Reference
from tests.dockerfile.advice.advising import fixed, fixes
from tests.dockerfile.reading import program

DIGEST = "sha256:" + "a" * 64


def bases(text: str, **inputs: object) -> list[tuple[str, str]]:
    understood = program(text, **inputs)
    rules = ("BaseNotPinned", "BaseWithoutDigest")
    found: tuple[Diagnostic, ...] = advise(understood.document, understood)
    return [(one.rule, one.span.of(text)) for one in found if one.rule in rules]


@pytest.mark.parametrize("name", ["debian", "debian:latest", "ghcr.io/a/b", "localhost:5000/x"])
def test_no_tag_and_latest_are_told(name: str) -> None:
    assert bases(f"FROM {name}\n") == [("BaseNotPinned", name)]


def test_a_tag_alone_is_no_more_than_a_hint() -> None:
    assert bases("FROM debian:12\n") == [("BaseWithoutDigest", "debian:12")]
    found = advise(program("FROM debian:12\n").document, program("FROM debian:12\n"))
    assert [one.severity for one in found] == [Level.INFO]


@pytest.mark.parametrize(
    "text",
    [
        f"FROM debian@{DIGEST}\n",
        f"FROM debian:12@{DIGEST}\n",
        "FROM scratch\n",
        f"FROM debian@{DIGEST} AS a\nFROM a\nFROM A\n",
        "FROM $X\n",
    ],
)
def test_digests_stages_and_scratch_are_not_told(text: str) -> None:
    assert bases(text) == []


def test_named_contexts_are_not_told() -> None:
    assert bases("FROM debian\n", contexts={"debian": None}) == []


def test_arguments_are_replaced() -> None:
    text = "ARG V=latest\nFROM debian:$V\n"
    assert bases(text) == [("BaseNotPinned", "debian:$V")]
    assert bases(text, arguments={"V": "12"}) == [("BaseWithoutDigest", "debian:$V")]


def test_copies_and_mounts_from_images_count_and_each_image_once() -> None:
    text = (
        f"FROM debian@{DIGEST}\nCOPY --from=busybox /a /a\nCOPY --from=busybox /b /b\n"
        "RUN --mount=from=alpine,target=/x true\n"
    )
    assert bases(text) == [
        ("BaseNotPinned", "busybox"),
        ("BaseNotPinned", "from=alpine,target=/x"),
    ]


def test_an_image_that_is_here_can_be_pinned() -> None:
    facts = Facts(digests={str(Reference.parse("debian:12")): DIGEST})
    text = "FROM debian:12 AS a\n"
    assert not fixes(text, "BaseWithoutDigest", facts)[0].safe
    assert fixed(text, "BaseWithoutDigest", facts) == f"FROM debian:12@{DIGEST} AS a\n"
    assert fixes("ARG V=12\nFROM debian:$V\n", "BaseWithoutDigest", facts) == []
