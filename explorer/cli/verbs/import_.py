"""``layerscope import``: a root filesystem as an image."""

from __future__ import annotations

from typing import Any

import click

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


def _import(
    rootfs: str, reference: str | None, message: str, platform: str | None, **options: Any
) -> int:
    from explorer.errors import UsageError
    from explorer.mutate.rootfs import import_rootfs
    from explorer.oci import Platform

    session = Session.current()
    names = [parse_reference(reference)] if reference is not None else []
    store = user_store()
    image = session.load(rootfs)
    if image.transport != "rootfs":
        raise UsageError(
            f"{rootfs} is an image, with layers and a history of its own",
            hint=f"Use layerscope load; or, to import its archive as files, rootfs:{rootfs}",
        )
    with session.job("importing") as job, store.ingest(job) as ingest:
        made = import_rootfs(
            image.layers[0],
            ingest,
            now(),
            platform=Platform.parse(platform) if platform is not None else None,
            comment=message,
            changes=changes(options),
            job=job,
        )
        keep(store, made, names)
    return tell_made(session, made, names)


import_ = Verb(
    "import",
    params=[
        click.Argument(["rootfs"], metavar="ROOTFS.tar"),
        click.Argument(["reference"], metavar="[REF]", required=False),
        click.Option(["-m", "--message"], default="", metavar="TEXT", help="For its history."),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="What its programs run on; this machine's by default.",
        ),
        *change_options(),
    ],
    callback=_import,
    help="""Make the tar of a root filesystem the only layer of a new image in the local store,
    as docker import does. Layers and history of an image are lost that way: for an image that
    was saved, use load.""",
    examples=[
        ("layerscope import debian.tar debian:mine --cmd bash", "what mmdebstrap wrote"),
    ],
)
