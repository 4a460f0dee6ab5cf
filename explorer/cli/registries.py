"""What the verbs that speak to registries have in common."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from explorer.cli import jsontext, text
from explorer.cli.screen import Screen, Styled
from explorer.cli.session import Session
from explorer.errors import UsageError

if TYPE_CHECKING:
    from explorer.oci import Descriptor, Platform, Reference
    from explorer.registry import RegistryClient
    from explorer.transfer.receipt import Receipt

T = TypeVar("T")
DOCKER = "docker://"


def insecure_option() -> click.Option:
    """Plain HTTP and unknown certificates, for the hosts that are named."""
    return click.Option(
        ["--insecure"],
        is_flag=True,
        help="Allow plain HTTP, and certificates that nobody vouches for. Loopback hosts may "
        "always speak plain HTTP.",
    )


def all_platforms_option() -> click.Option:
    """Everything below an index."""
    return click.Option(
        ["--all-platforms"], is_flag=True, help="All platforms, and the index that names them."
    )


def reference_of(name: str) -> Reference:
    """A name in a registry, with or without ``docker://``; raises :class:`UsageError`."""
    from explorer.oci import Reference

    return Reference.parse(name.removeprefix(DOCKER))


def host_of(name: str) -> str:
    """A registry's host; raises :class:`UsageError`."""
    from explorer.oci import Reference

    host = name.removeprefix(DOCKER).removeprefix("https://").rstrip("/")
    try:
        return Reference.parse(f"{host}/name/name").host
    except UsageError:
        raise UsageError(
            f"{name[:100]!r} is not the host of a registry",
            hint="Write it like docker.io, ghcr.io or registry.example:5000",
        ) from None


def asked(
    work: Callable[[RegistryClient], Awaitable[T]], hosts: Iterable[str], *, insecure: bool
) -> T:
    """Do some work with a client; ``insecure`` is for these hosts alone."""
    from explorer.registry import Options, RegistryClient, Wire

    async def run() -> T:
        options = Options.from_environment(frozenset(hosts) if insecure else frozenset())
        async with Wire(options) as wire:
            return await work(RegistryClient(wire))

    return asyncio.run(run())


def wanted_platform(name: str | None, *, all_platforms: bool) -> Platform | None:
    """The platform that was asked for; raises ``click.UsageError`` for one and all."""
    from explorer.oci import Platform

    if name is not None and all_platforms:
        raise click.UsageError("--platform names one platform, --all-platforms all of them")
    return Platform.parse(name) if name is not None else None


def answer(session: Session, receipt: Receipt) -> int:
    """The receipt, as a document or as a page."""
    if session.json:
        jsontext.write(receipt_document(receipt), sys.stdout)
    else:
        _page(session.screen(), receipt)
    return 0


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """What was done, as a document."""
    return {
        "schema": 1,
        "references": [str(name) for name in receipt.names],
        "digest": str(receipt.descriptor.digest),
        "media_type": receipt.descriptor.media_type,
        "index": str(receipt.index.digest) if receipt.index is not None else None,
        "platforms": [str(platform) for platform in receipt.platforms],
        "bytes": receipt.moved,
        "spared": receipt.spared,
        "requests": receipt.requests,
        "blobs": [
            {**descriptor_document(blob.descriptor), "fate": blob.fate} for blob in receipt.blobs
        ],
    }


def descriptor_document(descriptor: Descriptor) -> dict[str, Any]:
    """A descriptor, as a document."""
    return {
        "digest": str(descriptor.digest),
        "size": descriptor.size,
        "media_type": descriptor.media_type,
    }


def _page(screen: Screen, receipt: Receipt) -> None:
    names = ", ".join(name.familiar for name in receipt.names)
    digest = receipt.descriptor.digest
    screen.line(Styled(names or digest.short, "bold"), f"  {digest}")
    if receipt.index is not None:
        platforms = ", ".join(map(str, receipt.platforms))
        screen.line(f"{platforms} of the index {receipt.index.digest}")
    if not receipt.blobs:
        return
    moved = sum(blob.fate == "moved" for blob in receipt.blobs)
    parts = [f"{text.plural(moved, 'blob')} moved, {text.size(receipt.moved)}"]
    if receipt.spared:
        parts.append(f"{text.size(receipt.spared)} spared")
    if receipt.requests:
        parts.append(text.plural(receipt.requests, "request"))
    screen.line("; ".join(parts))
