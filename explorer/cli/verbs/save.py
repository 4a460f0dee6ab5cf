"""``layerscope save``: an image as an archive or a layout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import jsontext, text
from explorer.cli.arguments import image_argument
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.transfer.layers import Packing
    from explorer.transfer.picking import Picked
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
    from explorer.transfer.save import save as write

    session = Session.current()
    one = form == "docker-archive"
    picked = [_picked(session, name, platform, one=one) for name in images]
    if tag and len(picked) > 1:
        raise click.UsageError("--tag names one image; several are to be saved")
    names = [parse_reference(name) for name in tag]
    parts = [(image, names or image.names) for image in picked]
    with session.job("saving") as job:
        saved = write(parts, Path(output), form, packing=compress, job=job)
    if session.json:
        digests = [str(descriptor.digest) for descriptor in saved.descriptors]
        document = {
            "schema": 1,
            "digest": digests[0],
            "digests": digests,
            "platforms": [[str(one) for one in image.platforms] for image in picked],
            "bytes": saved.bytes,
        }
        jsontext.write(document, sys.stdout)
    else:
        for image, root in zip(picked, saved.descriptors, strict=True):
            several = f"  {', '.join(map(str, image.platforms))}" if image.is_index else ""
            session.screen().line(f"{output}  {text.size(saved.bytes)}  {root.digest}{several}")
    return 0


def _picked(session: Session, name: str, platform: str | None, *, one: bool) -> Picked:
    from explorer.oci import Platform
    from explorer.transfer.picking import pick_named

    wanted = Platform.parse(platform) if platform is not None else None
    with session.job("reading") as job:
        return pick_named(name, wanted, one=one, job=job)


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
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="Save one platform of several. By default oci and oci-archive take all of them; "
            "a docker-archive takes this machine's.",
        ),
    ],
    callback=_save,
    help="""Save images to an archive that Docker, Podman, skopeo and buildah read, or to an OCI
    layout. IMAGE can be of the store, or any archive: so this converts, too.

    An image for several platforms goes as a whole, index and all, into an OCI layout or archive;
    its digest stays. --compress makes another one. Of docker://REF one platform is saved:
    layerscope copy --all-platforms takes all of them.

    The same images give the same bytes. SOURCE_DATE_EPOCH is the time of all members.""",
    examples=[
        ("layerscope save app:1.4 -o app.tar", "for docker load"),
        ("layerscope save app.tar -o app.oci.tar --format oci-archive --compress zstd", "convert"),
        ("layerscope save app:1.4 -o app.tar --platform linux/arm64", "one platform of several"),
    ],
)
