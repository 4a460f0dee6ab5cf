"""``layerscope rmi``: take names or images out of the local store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from explorer.cli import jsontext
from explorer.cli.arguments import image_argument
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import said, user_store
from explorer.oci.annotations import REF_NAME

if TYPE_CHECKING:
    from explorer.store.images import ImageStore


def _rmi(images: tuple[str, ...], no_prune: bool) -> int:
    session = Session.current()
    store = user_store()
    gone = [name for image in images for name in _remove(store, image.removeprefix("store:"))]
    with session.job("removing") as job:
        pruned = None if no_prune else store.prune(job, unnamed=False)
    if session.json:
        document = {
            "schema": 1,
            "removed": gone,
            "blobs": pruned.blobs if pruned is not None else 0,
            "bytes": pruned.bytes if pruned is not None else 0,
        }
        jsontext.write(document, sys.stdout)
        return 0
    screen = session.screen()
    for name in gone:
        screen.line(f"removed {name}")
    if pruned is not None:
        screen.line(f"freed {said(pruned.blobs, pruned.bytes)}")
    return 0


def _remove(store: ImageStore, name: str) -> list[str]:
    """A name is taken away; a digest or an image ID takes the image with all its names."""
    from explorer.errors import NotFound
    from explorer.oci import Reference

    reference = Reference.parse_or_none(name)
    if reference is not None and reference.digest is None:
        try:
            store.unname(reference)
        except NotFound:
            pass  # it may be a digest, or the beginning of one
        else:
            return [reference.familiar]
    found = store.find(name)
    return [str(held.annotations.get(REF_NAME, held.digest)) for held in store.remove(found.digest)]


rmi = Verb(
    "rmi",
    params=[
        image_argument("images", nargs=-1, required=True),
        click.Option(["--no-prune"], is_flag=True, help="Leave blobs that nothing needs now."),
    ],
    callback=_rmi,
    help="""Take images out of the local store. A name is taken away, and the image with its last
    one; a digest or image ID takes the image under all its names. Blobs that no other image
    needs go at once.""",
    examples=[
        ("layerscope rmi app:1.3", "one name less"),
        ("layerscope rmi 3f9c1a2b7d10", "the image, whatever its names"),
    ],
)
