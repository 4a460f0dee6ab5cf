"""What the verbs that speak to registries have in common."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from explorer.cli import jsontext, text
from explorer.cli.screen import Screen, Styled
from explorer.cli.session import Session
from explorer.errors import UsageError

if TYPE_CHECKING:
    from explorer.oci import Descriptor, Platform, Reference
    from explorer.progress import Job
    from explorer.registry import RegistryClient
    from explorer.registry.wire import Waiting
    from explorer.transfer.receipt import Receipt, Watch

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


def host_options(*, reads: bool = False) -> list[click.Option]:
    """How hosts are spoken to: whom to believe, and for what reads, whom to ask first."""
    mirror = click.Option(
        ["--mirror"],
        metavar="HOST=MIRROR",
        multiple=True,
        help="Ask MIRROR first for images of HOST. Also: LAYERSCOPE_MIRRORS, registries.conf.",
    )
    authority = click.Option(
        ["--ca"],
        metavar="FILE",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        help="Believe this certificate authority (PEM), too. Also: certs.d/HOST/ca.crt.",
    )
    return [insecure_option(), authority, *([mirror] if reads else [])]


HOSTS_HELP = """Hosts are set up with these flags, or for good in registries.conf, in the form of
    containers-registries.conf(5): mirrors, insecure and blocked hosts. It is looked for in
    layerscope's own configuration (or LAYERSCOPE_REGISTRIES_CONF), then where Podman has it; of
    Docker's daemon.json mirrors and insecure hosts are heard. Authorities and certificates to
    identify with are those of Docker's and Podman's certs.d/HOST. HTTPS_PROXY, HTTP_PROXY and
    NO_PROXY name proxies."""
"""What the help of a verb says of all hosts."""


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
    work: Callable[[RegistryClient], Awaitable[T]],
    hosts: Iterable[str],
    *,
    insecure: bool,
    ca: Sequence[str] = (),
    mirror: Sequence[str] = (),
    notice: Callable[[Waiting | None], object] | None = None,
) -> T:
    """Do some work with a client; ``insecure`` is for these hosts alone.

    ``ca`` and ``mirror`` are as :func:`host_options` reads them; ``notice`` is told of waits.
    """
    from explorer.registry import Options, RegistryClient, Wire

    options = Options.from_environment(
        frozenset(hosts) if insecure else frozenset(),
        mirrors=mirror,
        authorities=tuple(Path(file) for file in ca),
    )

    async def run() -> T:
        async with Wire(options) as wire:
            wire.notice = notice or wire.notice
            return await work(RegistryClient(wire))

    return asyncio.run(run())


def moved(
    session: Session,
    what: str,
    work: Callable[[RegistryClient, Job, Watch], Awaitable[T]],
    hosts: Iterable[str],
    **how: Any,
) -> T:
    """Move images, with a line for each blob on its way; ``how`` is as for :func:`asked`."""
    from explorer.cli.transferring import Transferring

    live = sys.stderr.isatty()
    with Transferring(what, live=live, colour=not session.settings.no_color) as shown:
        return asked(
            lambda client: work(client, shown.job, shown.watch), hosts, notice=shown.notice, **how
        )


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
            {**descriptor_document(blob.descriptor), "fate": blob.fate, "resumed": blob.resumed}
            for blob in receipt.blobs
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
