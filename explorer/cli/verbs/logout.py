"""``layerscope logout``: forget who you are, for a registry."""

from __future__ import annotations

import sys

import click

from explorer.cli import jsontext, registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.errors import NotFound


def _logout(host: str) -> int:
    from explorer.registry.logins import forget

    session = Session.current()
    wanted = registries.host_of(host)
    places = forget(wanted)
    if not places:
        raise NotFound(f"Nothing is kept for {wanted}", hint="layerscope login takes it")
    if session.json:
        document = {"schema": 1, "host": wanted, "removed_from": list(places)}
        jsontext.write(document, sys.stdout)
    else:
        session.screen().line(f"Logged out of {wanted}; removed from {', '.join(places)}")
    return 0


logout = Verb(
    "logout",
    params=[click.Argument(["host"], metavar="HOST")],
    callback=_logout,
    help="""Log out of a registry: what is kept for it is removed from the keyring, and from the
    files and helpers of Docker and Podman.""",
    examples=[("layerscope logout ghcr.io", "says from where it was removed")],
)
