"""What takes a while, for a thread: an image written to disk, or given to an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from explorer.progress import Job
from explorer.ui.saving.choice import SaveChoice, Subject

if TYPE_CHECKING:
    from explorer.sources.image import Image
    from explorer.transfer.save import Saved

EngineName = Literal["docker", "podman"]
"""The engines that keep images of their own."""
TITLES: Final[dict[EngineName, str]] = {"docker": "Docker", "podman": "Podman"}
_TRANSPORTS: Final[dict[EngineName, str]] = {"docker": "docker-daemon", "podman": "podman"}


def write(subject: Subject, choice: SaveChoice, job: Job) -> Saved:
    """Save an image as chosen; raises as :func:`explorer.transfer.save.save`."""
    from explorer.transfer.save import save

    image = _loaded(subject, job)
    target = Path(choice.path)
    return save([(image, choice.names)], target, choice.form, packing=choice.packing, job=job)


def give(engine: EngineName, subject: Subject, job: Job) -> str:
    """Stream an image into an engine, but for the layers it has; what it is called there.

    Raises as :meth:`explorer.transfer.engines.Engine.load`.
    """
    from explorer.transfer.copy import scratch
    from explorer.transfer.engines import engine as engine_of
    from explorer.transfer.engines import names_for
    from explorer.transfer.packing import packing_in
    from explorer.transfer.writing import Told

    image = _loaded(subject, job)
    names = tuple(dict.fromkeys(n for name in subject.names for n in names_for(name)))
    with (
        scratch() as folder,
        packing_in(folder, "none", job) as packer,
        engine_of(_TRANSPORTS[engine]) as taking,
    ):
        parcel = packer.image(image, names)
        held = taking.layers_held(image.config.rootfs_diff_ids)
        without = {layer.digest for layer in parcel.layers[:held]}
        taking.load(parcel, job, Told(), without)
    return names[0].familiar if names else image.image_id.short


def _loaded(subject: Subject, job: Job) -> Image:
    from explorer.analysis.opened import load_image

    return load_image(subject.location, subject.platform, job=job)
