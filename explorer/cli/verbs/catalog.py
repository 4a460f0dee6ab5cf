"""``layerscope catalog``: the repositories of a registry."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.oci.layout import visible

if TYPE_CHECKING:
    from explorer.registry import RegistryClient


def _catalog(host: str, **how: Any) -> int:
    session = Session.current()
    wanted = registries.host_of(host)

    async def listed(client: RegistryClient) -> list[str]:
        from explorer.transfer.listing import repositories

        return [name async for name in repositories(client, wanted)]

    names = registries.asked(listed, [wanted], **how)
    if session.json:
        jsontext.write({"schema": 1, "host": wanted, "repositories": names}, sys.stdout)
    else:
        screen = session.screen()
        for name in names:
            screen.line(visible(name))
    return 0


catalog = Verb(
    "catalog",
    params=[click.Argument(["host"], metavar="HOST"), *registries.host_options()],
    callback=_catalog,
    help="""List the repositories of a registry. Many registries, Docker Hub among them, tell
    nobody; the tags of a repository that you know are listed by: layerscope tags REPO""",
    examples=[("layerscope catalog registry.example:5000", "one repository on a line")],
)
