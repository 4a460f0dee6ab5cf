"""``layerscope squash``: an image whose upper layers are one."""

from __future__ import annotations

import sys

import click

from explorer.cli import jsontext, text
from explorer.cli.arguments import image_argument, layer_option, platform_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import made_document, now, parse_reference, say_made, user_store


def _squash(image: str, reference: str, first: int | None, platform: str | None) -> int:
    from explorer.mutate.squash import squash as merge

    first = first or 0
    session = Session.current()
    name = parse_reference(reference)
    opened = session.open(image, platform)
    store = user_store()
    with session.job("squashing") as job, store.ingest(job) as ingest:
        made = merge(opened, ingest, now(), first=first, job=job)
        store.name(name, made)
    size = next(held.size for held in store.images() if held.digest == made.digest)
    if session.json:
        document = made_document(made, [name]) | {
            "layers": first + 1,
            "size": size,
            "before": opened.image.stored,
        }
        jsontext.write(document, sys.stdout)
    else:
        screen = session.screen()
        say_made(screen, made, [name])
        before = text.size(opened.image.stored)
        screen.line(f"{text.plural(first + 1, 'layer')}, {text.size(size)}; it was {before}")
    return 0


squash = Verb(
    "squash",
    params=[
        image_argument(),
        click.Argument(["reference"], metavar="REF"),
        layer_option(
            "The lowest layer to squash; 0, the default, makes the image a single layer.",
            "--from",
            "first",
        ),
        platform_option(),
    ],
    callback=_squash,
    help="""Write a new image to the local store in which the layers from N on are one: what they
    add and delete again takes no room any more. Layers below N stay as they are, and stay
    shared with other images.""",
    examples=[
        ("layerscope squash app:1 app:small --from 4", "keep the base, squash what is yours"),
    ],
)
