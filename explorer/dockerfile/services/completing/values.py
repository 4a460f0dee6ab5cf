"""Stages, images, users and platforms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from explorer.dockerfile.services.accounts import added_accounts
from explorer.dockerfile.services.completing import variables
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.surroundings import Account
from explorer.dockerfile.stages.model import OriginKind, Stage
from explorer.oci.reference import Reference

_PLATFORMS: Final = (
    ("$BUILDPLATFORM", "where the build runs"),
    ("$TARGETPLATFORM", "what is built for, the default"),
    ("linux/amd64", "64-bit x86"),
    ("linux/arm64", "64-bit Arm"),
    ("linux/arm/v7", "32-bit Arm"),
    ("linux/arm/v6", "32-bit Arm, older"),
    ("linux/386", "32-bit x86"),
    ("linux/ppc64le", "POWER, little-endian"),
    ("linux/riscv64", "64-bit RISC-V"),
    ("linux/s390x", "IBM Z"),
    ("windows/amd64", "Windows"),
)
_OFFICIAL: Final = (
    ("alpine", "a small Linux with musl"),
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("busybox", "a shell and little else"),
    ("python", "Python"),
    ("node", "Node.js"),
    ("golang", "the tools of Go"),
    ("rust", "the tools of Rust"),
    ("eclipse-temurin", "Java"),
    ("maven", "Java with Maven"),
    ("gradle", "Java with Gradle"),
    ("ruby", "Ruby"),
    ("php", "PHP"),
    ("nginx", "the web server nginx"),
    ("postgres", "PostgreSQL"),
    ("redis", "Redis"),
    ("gcr.io/distroless/static", "certificates and time zones, no shell"),
    ("gcr.io/distroless/base", "with the C library, no shell"),
)
"""Names that images often build upon, without a tag."""


def platforms() -> Iterator[Completion]:
    """What ``--platform`` takes."""
    for value, meaning in _PLATFORMS:
        yield Completion(value, value, CompletionKind.VALUE, meaning)


def bases(request: Request) -> Iterator[Completion]:
    """What a FROM may build upon: earlier stages, contexts, images that are known, nothing."""
    yield from _stages(_before(request))
    yield from _contexts(request)
    yield from _images(request)
    yield Completion("scratch", "scratch", CompletionKind.IMAGE, "nothing at all")
    for name, what in _OFFICIAL:
        yield Completion(name, name, CompletionKind.IMAGE, what)


def sources(request: Request) -> Iterator[Completion]:
    """What ``--from`` takes: earlier stages by name and number, contexts, images."""
    stages = _before(request)
    yield from _stages(stages)
    yield from _contexts(request)
    yield from _images(request)
    for stage in stages:
        if not stage.name:
            number = str(stage.index)
            yield Completion(number, number, CompletionKind.STAGE, _upon(stage))


def complete_owner(request: Request, at: int) -> Completions:
    """``user[:group]``."""
    answer = variables.complete_variable(request, at)
    if answer is not None:
        return answer
    stage = request.stage
    colon = request.text.find(":", at)
    if stage is None:
        return request.token(at).answer(())
    if colon >= 0:
        groups = _accounts(request.outside.groups(stage.index), "group")
        return request.token(colon + 1).answer((*_added(request, stage, True), *groups))
    users = _accounts(request.outside.users(stage.index), "user")
    return request.token(at, ends=":").answer((*_added(request, stage, False), *users))


def _added(request: Request, stage: Stage, is_group: bool) -> Iterator[Completion]:
    """The accounts that steps above add."""
    for added in added_accounts(request.program, stage, request.place.line):
        if added.is_group == is_group:
            what = f"added in line {added.line}"
            yield Completion(added.name, added.name, CompletionKind.USER, what)


def _accounts(accounts: Iterable[Account], what: str) -> Iterator[Completion]:
    for account in sorted(accounts, key=_order):
        detail = f"{what} {account.id}"
        yield Completion(account.name, account.name, CompletionKind.USER, detail)


def _order(account: Account) -> tuple[bool, int, str]:
    """Root and people's accounts before those of the system."""
    return (0 < account.id < 1000 or account.id >= 60000, account.id, account.name)


def _before(request: Request) -> list[Stage]:
    """The stages that may be used here, the nearest first."""
    return list(reversed(request.place.earlier))


def _stages(stages: Iterable[Stage]) -> Iterator[Completion]:
    for stage in stages:
        if stage.name:
            yield Completion(stage.name, stage.name, CompletionKind.STAGE, _upon(stage))


def _upon(stage: Stage) -> str:
    name = stage.origin.name or "nothing known"
    return f"stage {stage.index}, from {name}"


def _contexts(request: Request) -> Iterator[Completion]:
    for name in request.program.inputs.contexts:
        yield Completion(name, name, CompletionKind.STAGE, "named build context")


def _images(request: Request) -> Iterator[Completion]:
    """Images that are here, then those that the file names elsewhere."""
    program = request.program
    for name in program.inputs.images:
        reference = Reference.parse_or_none(name)
        shown = reference.familiar if reference else name
        yield Completion(shown, shown, CompletionKind.IMAGE, "known here")
    for stage in program.stages:
        for need in stage.needs:
            if need.origin.kind is OriginKind.IMAGE and need.line != request.place.line:
                name = need.origin.name
                yield Completion(name, name, CompletionKind.IMAGE, f"line {need.line}")
