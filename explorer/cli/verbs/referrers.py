"""``layerscope referrers``: what refers to an image."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Column
from explorer.cli.session import Session
from explorer.errors import NotFound
from explorer.oci.layout import visible

if TYPE_CHECKING:
    from explorer.oci import Descriptor, Digest
    from explorer.registry import RegistryClient


def _referrers(image: str, artifact_type: str, **how: Any) -> int:
    session = Session.current()
    wanted = registries.reference_of(image)

    async def listed(client: RegistryClient) -> tuple[Digest, tuple[Descriptor, ...]]:
        found = await client.resolve(wanted)
        if found is None:
            raise NotFound(f"{wanted.host} does not have {wanted.familiar}")
        return found.digest, await client.referrers(wanted, found.digest, artifact_type)

    digest, found = registries.asked(listed, [wanted.host], **how)
    if session.json:
        items = [
            {
                **registries.descriptor_document(one),
                "artifact_type": one.artifact_type,
                "annotations": dict(one.annotations),
            }
            for one in found
        ]
        document = {"schema": 1, "reference": str(wanted), "digest": str(digest)}
        jsontext.write({**document, "referrers": items}, sys.stdout)
        return 0
    columns = [Column("TYPE", flexible=True), Column("SIZE", right=True), Column("DIGEST")]
    rows = [
        (visible(one.artifact_type or one.media_type), text.size(one.size), str(one.digest))
        for one in found
    ]
    if not session.screen().table(columns, rows):
        session.screen().line(f"Nothing refers to {wanted.familiar} ({digest.short}).")
    return 0


referrers = Verb(
    "referrers",
    params=[
        click.Argument(["image"], metavar="REF"),
        click.Option(
            ["--artifact-type"], default="", metavar="TYPE", help="Only those of this type."
        ),
        *registries.host_options(),
    ],
    callback=_referrers,
    help="""List what refers to an image in a registry: signatures, provenance, SBOMs, anything
    that names it as its subject. Found by the referrers API, or by its tag where the registry has
    none.""",
    examples=[("layerscope referrers registry.example/app:1", "type, size, digest")],
)
