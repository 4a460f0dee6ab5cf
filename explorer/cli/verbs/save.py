"""``layerscope save``: an image as an archive or a layout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import jsontext, text
from explorer.cli.arguments import image_argument, platform_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.transfer.layers import Packing
    from explorer.transfer.save import Format


def _save(
    images: tuple[str, ...],
    output: str,
    form: Format,
    compress: Packing | None,
    tag: tuple[str, ...],
    platform: str | None,
) -> int:
    from explorer.cli.storing import parse_reference
    from explorer.transfer.naming import references
    from explorer.transfer.save import save as write

    session = Session.current()
    loaded = [session.load(name, platform) for name in images]
    if tag and len(loaded) > 1:
        raise click.UsageError("--tag names one image; several are to be saved")
    names = [parse_reference(name) for name in tag]
    parts = [(image, names or references(image.names)) for image in loaded]
    with session.job("saving") as job:
        saved = write(parts, Path(output), form, packing=compress, job=job)
    digests = [str(descriptor.digest) for descriptor in saved.descriptors]
    if session.json:
        document = {"schema": 1, "digest": digests[0], "digests": digests, "bytes": saved.bytes}
        jsontext.write(document, sys.stdout)
    else:
        session.screen().line(f"{output}  {text.size(saved.bytes)}  {', '.join(digests)}")
    return 0


save = Verb(
    "save",
    params=[
        image_argument("images", nargs=-1, required=True),
        click.Option(["-o", "--output"], required=True, metavar="FILE", help="Where to."),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["docker-archive", "oci-archive", "oci"]),
            default="docker-archive",
            show_default=True,
            help="oci is a folder; a docker-archive is an OCI archive, too.",
        ),
        click.Option(
            ["--compress"],
            type=click.Choice(["gzip", "zstd", "none"]),
            help="How layers are stored; by default plain in a docker-archive, else as they are.",
        ),
        click.Option(["-t", "--tag"], multiple=True, metavar="REF", help="Names in the archive."),
        platform_option(),
    ],
    callback=_save,
    help="""Save images to an archive that Docker, Podman, skopeo and buildah read, or to an OCI
    layout. IMAGE can be of the store, or any archive: so this converts, too.

    The same images give the same bytes. SOURCE_DATE_EPOCH is the time of all members.""",
    examples=[
        ("layerscope save app:1.4 -o app.tar", "for docker load"),
        ("layerscope save app.tar -o app.oci.tar --format oci-archive --compress zstd", "convert"),
    ],
)
