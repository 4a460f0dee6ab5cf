"""``layerscope index``: one image for several platforms, made of several images."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Column, Screen, Styled
from explorer.cli.session import Session
from explorer.cli.storing import parse_reference, user_store

if TYPE_CHECKING:
    from explorer.progress import Job
    from explorer.registry import RegistryClient
    from explorer.transfer.index import MadeIndex
    from explorer.transfer.receipt import Watch


def _index(reference: str, images: tuple[str, ...], annotation: tuple[str, ...], **how: Any) -> int:
    from explorer.transfer.index import make_index

    session = Session.current()
    name = parse_reference(reference)
    annotations = dict(map(_pair, annotation))
    remote = [image for image in images if image.startswith(registries.DOCKER)]
    hosts = [registries.reference_of(image).host for image in remote]

    async def make(client: RegistryClient, job: Job, watch: Watch) -> MadeIndex:
        return await make_index(
            client, name, images, user_store(), annotations=annotations, job=job, watch=watch
        )

    made = registries.moved(session, "gathering", make, hosts, **how)
    if session.json:
        jsontext.write(_document(made), sys.stdout)
    else:
        _page(session.screen(), made)
    return 0


def _pair(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not (key and equals):
        raise click.BadParameter(f"{given!r} is not KEY=VALUE", param_hint="--annotation")
    return key, value


def _document(made: MadeIndex) -> dict[str, Any]:
    return {
        "schema": 1,
        "references": [str(made.reference)],
        "digest": str(made.descriptor.digest),
        "media_type": made.descriptor.media_type,
        "platforms": [str(platform) for platform in made.platforms],
        "manifests": [
            {
                **registries.descriptor_document(entry),
                "platform": str(entry.platform) if entry.platform is not None else None,
                "attestation": entry.is_attestation,
            }
            for entry in made.manifests
        ],
        "bytes": sum(b.descriptor.size for b in made.blobs if b.fate == "moved"),
        "spared": sum(b.descriptor.size for b in made.blobs if b.fate != "moved"),
    }


def _page(screen: Screen, made: MadeIndex) -> None:
    screen.line(Styled(made.reference.familiar, "bold"), f"  {made.descriptor.digest}")
    screen.table(
        [Column("platform"), Column("manifest", flexible=True)],
        [
            (
                "attestation" if entry.is_attestation else str(entry.platform or ""),
                str(entry.digest),
            )
            for entry in made.manifests
        ],
    )
    images = sum(not entry.is_attestation for entry in made.manifests)
    screen.line(f"{text.plural(images, 'platform')}; push it with: "
                f"layerscope push {made.reference.familiar}")  # fmt: skip


index = Verb(
    "index",
    params=[
        click.Argument(["reference"], metavar="REF"),
        click.Argument(["images"], metavar="IMAGE...", nargs=-1, required=True),
        click.Option(
            ["--annotation"], multiple=True, metavar="K=V", help="An annotation of the index."
        ),
        *registries.host_options(reads=True),
    ],
    callback=_index,
    help="""Make one image for several platforms (an image index) of several images, in the local
    store under REF. IMAGE is of the store, an archive, a layout, an engine, or docker://REF; what
    has several platforms itself brings all of them. Their manifests stay as they are.

    A push of it pushes all platforms. What docker buildx calls imagetools create, and podman
    manifest create.""",
    examples=[
        ("layerscope index team/app:1 app:amd64 app:arm64", "of two images of the store"),
        (
            "layerscope index ghcr.io/team/app:1 app.tar docker://ghcr.io/team/app:1-arm64",
            "of an archive and an image in a registry",
        ),
    ],
)
