"""``layerscope tags``: the tags of a repository."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from explorer.cli import jsontext, registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.oci.layout import visible

if TYPE_CHECKING:
    from explorer.registry import RegistryClient


def _tags(repository: str, insecure: bool) -> int:
    session = Session.current()
    wanted = registries.reference_of(repository)

    async def listed(client: RegistryClient) -> list[str]:
        return [name async for name in client.tags(wanted)]

    names = registries.asked(listed, [wanted.host], insecure=insecure)
    if session.json:
        document = {"schema": 1, "repository": wanted.repository, "tags": names}
        jsontext.write(document, sys.stdout)
    else:
        screen = session.screen()
        for name in names:
            screen.line(visible(name))
    return 0


tags = Verb(
    "tags",
    params=[click.Argument(["repository"], metavar="REPO"), registries.insecure_option()],
    callback=_tags,
    help="""List the tags of a repository, in the registry's order.""",
    examples=[("layerscope tags registry.example/team/app", "one tag on a line")],
)
