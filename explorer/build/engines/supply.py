"""Base images of the local store, for engines that do not have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.analysis.opened import load_image
from explorer.dockerfile.stages.model import OriginKind, Program
from explorer.errors import NotFound
from explorer.oci import Digest, Platform, Reference
from explorer.progress import Job
from explorer.store.images import ImageStore
from explorer.transfer.save import save


@dataclass(frozen=True, slots=True)
class Outside:
    """An image that the build takes from outside of it; ``line`` is where it is named."""

    name: str
    reference: Reference
    platform: Platform
    line: int


def outside(program: Program) -> tuple[Outside, ...]:
    """The images that the target needs, each once."""
    found: dict[Reference, Outside] = {}
    for index in sorted(program.reachable):
        stage = program.stages[index]
        origins = [(stage.origin, stage.instruction.line)]
        origins += [(need.origin, need.line) for need in stage.needs]
        for origin, line in origins:
            reference = Reference.parse_or_none(origin.name)
            if origin.kind is OriginKind.IMAGE and reference is not None:
                found.setdefault(reference, Outside(origin.name, reference, stage.platform, line))
    return tuple(found.values())


def held(images: tuple[Outside, ...], store: ImageStore) -> Iterator[tuple[Outside, Digest]]:
    """Those of the images that the local store holds, and what they stand for there."""
    for image in images:
        try:
            yield image, store.find(str(image.reference)).digest
        except NotFound:
            continue


def write_archive(image: Outside, digest: Digest, name: Reference, folder: Path, job: Job) -> Path:
    """An archive that every engine loads, with the image under a name.

    Raises as :func:`explorer.transfer.save.save`.
    """
    path = folder / f"{digest.short}.tar"
    loaded = load_image(f"store:{digest}", image.platform, job=job)
    save([(loaded, [name])], path, "docker-archive", job=job)
    return path
