"""``layerscope load``: images from archives and layouts into the local store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Screen, Styled
from explorer.cli.session import Session
from explorer.cli.storing import parse_reference, user_store

if TYPE_CHECKING:
    from explorer.transfer.load import Loaded


def _load(file: str, tag: tuple[str, ...]) -> int:
    from explorer.analysis.opened import source_of
    from explorer.transfer.load import load as bring

    session = Session.current()
    if file.startswith("docker://"):
        raise click.UsageError(
            f"load takes files. For an image of a registry: layerscope pull {file[9:]}"
        )
    names = [parse_reference(name) for name in tag]
    with session.job("loading") as job:
        loaded = bring(source_of(file, job), user_store(), job, names=names)
    if session.json:
        jsontext.write({"schema": 1, "images": [_item(one) for one in loaded]}, sys.stdout)
    else:
        _page(session.screen(), loaded)
    return 0


def _item(loaded: Loaded) -> dict[str, Any]:
    return {
        "references": [str(reference) for reference in loaded.references],
        "digest": str(loaded.descriptor.digest),
        "bytes": loaded.moved,
        "spared": loaded.spared,
    }


def _page(screen: Screen, loaded: tuple[Loaded, ...]) -> None:
    for one in loaded:
        names = ", ".join(reference.familiar for reference in one.references)
        spared = f", {text.size(one.spared)} were here already" if one.spared else ""
        screen.line(
            Styled(names or one.descriptor.digest.short, "bold"),
            f"  {text.size(one.moved)} written{spared}",
        )


load = Verb(
    "load",
    params=[
        click.Argument(["file"], metavar="FILE"),
        click.Option(
            ["-t", "--tag"],
            multiple=True,
            metavar="REF",
            help="Name the image so, instead of by the names it has in FILE.",
        ),
    ],
    callback=_load,
    help="""Load every image of a saved archive or an OCI layout into the local store. Every
    blob is verified; what is here already is not copied. Manifests of OCI layouts come as they
    are, so their digests stay.""",
    examples=[
        ("layerscope load app.tar", "what docker save, podman save or buildx wrote"),
        ("layerscope load layout/ -t team/app:1", "an OCI layout, under a name of your own"),
    ],
)
