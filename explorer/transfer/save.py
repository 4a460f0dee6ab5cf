"""Images into archives and layouts that every engine reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from explorer.errors import UsageError
from explorer.oci import Descriptor, Reference
from explorer.progress import Job
from explorer.sources.image import Image
from explorer.transfer.layers import Packing
from explorer.transfer.packing import Packer, packing_in
from explorer.transfer.parcels import Parcel
from explorer.transfer.picking import Picked
from explorer.transfer.receipt import Moved, Watch
from explorer.transfer.writing import Told, to_file, to_layout

Format = Literal["docker-archive", "oci-archive", "oci"]
"""As containers-transports(5) calls them; ``oci`` is a folder."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: the roots (manifests or indexes) in the order they were given, all bytes
    of it, and what became of each blob."""

    descriptors: tuple[Descriptor, ...]
    bytes: int
    blobs: tuple[Moved, ...] = ()


def save(
    images: Sequence[tuple[Image | Picked, Sequence[Reference]]],
    target: Path,
    form: Format,
    *,
    packing: Packing | None = None,
    job: Job | None = None,
    watch: Watch | None = None,
) -> Saved:
    """Write images, each under its names, to one archive or into one layout.

    ``packing`` compresses the layers; None leaves them as they are (plain in a docker-archive,
    which older engines expect). A layout that is there already gains the images; a file is
    replaced when the new one is whole. The same images give the same bytes, with
    ``SOURCE_DATE_EPOCH`` as the time of all members.

    What was picked as a whole goes with all its platforms, but into a docker-archive, which takes
    single images. Raises :class:`explorer.errors.NotFound` for an image that lacks a layer, and
    what reading its layers and writing raise.
    """
    docker = form == "docker-archive"
    if packing is None and docker:
        packing = "none"
    job = job or Job()
    told = Told(watch)
    with packing_in(target.parent, packing, job) as packer:
        parcels = [_parcel(packer, image, tuple(names)) for image, names in images]
        if docker and any(parcel.config is None for parcel in parcels):
            raise UsageError(
                "A docker-archive takes one platform of an image",
                hint="Name it with --platform, or use --format oci-archive",
            )
        if form == "oci":
            written = to_layout(parcels, target, job, told)
        else:
            written = to_file(parcels, target, source_date_epoch(), job, told, docker=docker)
    return Saved(tuple(parcel.root for parcel in parcels), written, tuple(told.moved))


def _parcel(packer: Packer, image: Image | Picked, names: tuple[Reference, ...]) -> Parcel:
    if isinstance(image, Picked):
        return image.parcel(packer, names)
    return packer.image(image, names)


def source_date_epoch() -> int:
    """The time that reproducible outputs carry: ``SOURCE_DATE_EPOCH`` in seconds, or 0.

    Raises :class:`UsageError` where it is no number (reproducible-builds.org, "specification").
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise UsageError(
            "SOURCE_DATE_EPOCH is not a time", why=f"{text[:40]!r} is no number of seconds"
        )
    return int(text)
