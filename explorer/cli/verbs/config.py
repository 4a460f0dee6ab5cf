"""``layerscope config``: an image with another configuration, its layers untouched."""

from __future__ import annotations

from typing import Any

import click

from explorer.cli.arguments import image_argument, platform_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import (
    change_options,
    changes,
    keep,
    now,
    parse_reference,
    tell_made,
    user_store,
)


def _config(image: str, reference: str | None, platform: str | None, **options: Any) -> int:
    from explorer.mutate.config import with_config

    session = Session.current()
    names = [parse_reference(reference)] if reference is not None else []
    wanted = changes(options)
    loaded = session.load(image, platform)
    store = user_store()
    with session.job("writing") as job, store.ingest(job) as ingest:
        made = with_config(loaded, wanted, ingest, now(), job)
        keep(store, made, names)
    return tell_made(session, made, names)


config = Verb(
    "config",
    params=[
        image_argument(),
        click.Argument(["reference"], metavar="[REF]", required=False),
        *change_options(),
        platform_option(),
    ],
    callback=_config,
    help="""Write a new image to the local store: the layers of IMAGE, its configuration changed.
    Each change is a step of its history. Without REF the new image has no name, only its
    digest.""",
    examples=[
        ("layerscope config app:1 app:debug --env LOG=debug --cmd 'serve --trace'", "a variant"),
        ("layerscope config app.tar app:1 --label maintainer- --user 1000", "tidied up"),
    ],
)
