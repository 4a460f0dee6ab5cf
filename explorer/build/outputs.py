"""Where the result of a build goes besides the store: buildx's ``--output``.

Most builds have none: what writes them is imported by those that do.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.build.request import Output, OutputType
from explorer.errors import UsageError
from explorer.oci import Platform, Reference
from explorer.progress import Job

if TYPE_CHECKING:
    from explorer.transfer.save import Format

_FORMS: dict[OutputType, Format] = {"docker": "docker-archive", "oci": "oci-archive"}
_TYPES = ("docker", "oci", "tar", "local")


def parse_output(text: str) -> Output:
    """Read ``type=docker|oci|tar|local,dest=PATH``, or a path alone, which means local.

    ``type=engine`` leaves the result with the engine that built it.

    Raises :class:`UsageError`.
    """
    if "=" not in text:
        return Output("tar" if text == "-" else "local", text)
    fields = dict(part.partition("=")[::2] for part in text.split(","))
    kind, dest = fields.pop("type", ""), fields.pop("dest", "")
    if fields:
        raise UsageError(f"--output {text}: {', '.join(fields)} is not known")
    if kind == "engine" and not dest:
        return Output("engine")
    if kind not in _TYPES:
        raise UsageError(f"--output {text}: the type is none of {', '.join(_TYPES)}")
    if not dest or (dest == "-" and kind == "local"):
        raise UsageError(f"--output {text}: it needs a dest=PATH")
    return Output(kind, dest)  # type: ignore[arg-type]  # it is one of them


def must_fit(outputs: Sequence[Output], platforms: Sequence[Platform]) -> None:
    """Raise :class:`UsageError` for an output that cannot hold an image for several platforms."""
    for output in outputs:
        if len(platforms) > 1 and output.type in ("docker", "tar"):
            raise UsageError(
                f"An output of type {output.type} holds one platform",
                why=f"{len(platforms)} are built",
                hint="Build them one by one, or take type=oci, which holds them all",
            )


def write_output(
    output: Output,
    digest: str,
    references: tuple[Reference, ...],
    job: Job,
    platforms: Sequence[Platform] = (),
) -> None:
    """Write an image of the local store where an output says.

    Of several ``platforms`` each gets a folder of its own, named ``linux_arm64``, as from buildx;
    an OCI archive holds all of them, an archive for Docker the one of this machine.
    Raises what reading and writing raise: :class:`explorer.errors.ExplorerError`.
    """
    name = f"store:{digest}"
    match output.type:
        case "docker" | "oci":
            from explorer.transfer.picking import pick_named
            from explorer.transfer.save import save

            image = pick_named(name, one=output.type == "docker", job=job)
            save([(image, references)], Path(output.destination), _FORMS[output.type], job=job)
        case "tar":
            _tar(name, output.destination, job)
        case "local":
            several = [each for each in platforms if len(platforms) > 1]
            for platform in several:
                folder = Path(output.destination, str(platform).replace("/", "_"))
                _local(name, folder, job, platform)
            if not several:
                _local(name, Path(output.destination), job)
        case _:
            return


def _tar(name: str, destination: str, job: Job) -> None:
    from explorer.analysis.opened import open_image
    from explorer.mutate.squash import layer_tar
    from explorer.transfer.archive import whole_file

    image = open_image(name, job=job)
    if destination == "-":
        for chunk in layer_tar(image, 0, job):
            sys.stdout.buffer.write(chunk)
        return
    with whole_file(Path(destination)) as file:
        for chunk in layer_tar(image, 0, job):
            file.write(chunk)


def _local(name: str, destination: Path, job: Job, platform: Platform | None = None) -> None:
    from explorer.analysis.extract import Limits, extract
    from explorer.analysis.opened import open_image

    image = open_image(name, platform, job=job)
    try:
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{destination} cannot be made", why=error.strerror or "") from error
    extract(image, image.final, 0, destination, job, limits=Limits(), force=True)
