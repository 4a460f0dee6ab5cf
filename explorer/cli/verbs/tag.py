"""``layerscope tag``: one more name for an image of the local store."""

from __future__ import annotations

import click

from explorer.cli.arguments import image_argument
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import parse_reference, tell_made, user_store


def _tag(image: str, reference: str) -> int:
    session = Session.current()
    store = user_store()
    name = parse_reference(reference)
    found = store.find(image.removeprefix("store:"))
    store.name(name, found)
    return tell_made(session, found, [name])


tag = Verb(
    "tag",
    params=[image_argument(), click.Argument(["reference"], metavar="REF")],
    callback=_tag,
    help="""Give an image of the local store one more name. A name that another image had moves
    to this one; the other stays, without it.

    A name is [HOST[:PORT]/]PATH[:TAG]; without a host it is one of Docker Hub, without a tag
    it is latest.""",
    examples=[("layerscope tag app:1.4 registry.example/team/app:latest", "a name to push to")],
)
