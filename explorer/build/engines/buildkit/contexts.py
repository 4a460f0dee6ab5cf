"""Bases of the local store and named contexts, as BuildKit's command lines take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.build.engines.supply import held, outside
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program
from explorer.errors import Unsupported
from explorer.oci import Reference
from explorer.store.images import ImageStore

_REMOTE: Final = ("http://", "https://", "git://", "ssh://", "git@", "docker-image://")
_LAYOUTS: Final = ("oci-layout://", "oci-layout:", "oci:")


@dataclass(frozen=True, slots=True)
class Named:
    """A named context: exactly one of a folder, an OCI layout, or something BuildKit fetches.

    ``reference`` is the image in the layout: ``@DIGEST``, ``:TAG`` or nothing.
    """

    name: str
    folder: Path | None = None
    layout: Path | None = None
    reference: str = ""
    remote: str = ""


def named(request: BuildRequest, program: Program, store: ImageStore) -> tuple[Named, ...]:
    """The contexts of a request, and the bases that the local store holds.

    The store is an OCI layout: BuildKit reads just what it needs of it. Raises
    :class:`Unsupported` for a location that BuildKit does not read.
    """
    found = {name: _of(name, place, store) for name, place in request.contexts.items()}
    if not request.pull:
        for each in _bases(program, store):
            found.setdefault(each.name, each)
    return tuple(found.values())


def _bases(program: Program, store: ImageStore) -> Iterator[Named]:
    for image, digest in held(outside(program), store):
        yield Named(_key(image.reference), layout=store.layout.root, reference=f"@{digest}")


def _key(reference: Reference) -> str:
    """What BuildKit calls an image when it looks for a named context in its place."""
    return reference.familiar.removesuffix(":latest")


def _of(name: str, place: str, store: ImageStore) -> Named:
    if place.startswith(_REMOTE):
        return Named(name, remote=place)
    if place.startswith("store:"):
        digest = store.find(place.removeprefix("store:")).digest
        return Named(name, layout=store.layout.root, reference=f"@{digest}")
    for scheme in _LAYOUTS:
        if place.startswith(scheme):
            return _layout(name, place.removeprefix(scheme))
    if Path(place, "oci-layout").is_file():
        return _layout(name, place)
    if Path(place).is_dir():
        return Named(name, folder=Path(place).resolve())
    raise Unsupported(
        f"BuildKit cannot take {place} as the context {name}",
        why="it reads folders, OCI layouts, git repositories and images of registries",
        hint="Load it into the local store first, and name it in FROM",
    )


def _layout(name: str, place: str) -> Named:
    path, at, digest = place.partition("@")
    if at:
        return Named(name, layout=Path(path).resolve(), reference=f"@{digest}")
    folder, colon, tag = path.rpartition(":")
    if colon and not Path(path).exists():
        return Named(name, layout=Path(folder).resolve(), reference=f":{tag}")
    return Named(name, layout=Path(path).resolve())
