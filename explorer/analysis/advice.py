"""What to do about waste: the cause of each loss, and how a Dockerfile avoids it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from explorer.analysis.opened import OpenImage
from explorer.analysis.timeline import Version, timeline
from explorer.analysis.waste import Waste, WastedPath
from explorer.filesystem.entry import Aspect, Change
from explorer.oci.base import base_boundary

_LOOKED_AT = 500  # paths, the most wasteful ones; the rest seldom changes the advice
_CACHES = re.compile(
    rb"/var/(?:lib/apt/lists|cache/(?:apt|apk|dnf|yum|debconf))/|/etc/apk/cache/"
    rb"|/\.(?:cache|npm|m2|gradle|cargo/registry|nuget)/|/go/pkg/mod/cache/"
)
_METADATA = {Aspect.MODE, Aspect.UID, Aspect.GID, Aspect.XATTRS, Aspect.CAPABILITY}


class Loss(StrEnum):
    """Why bytes of a layer are not visible any more."""

    DELETED = "deleted"
    CACHE = "cache deleted"
    METADATA = "metadata changed"
    REPLACED = "replaced"
    REPEATED = "stored again"


@dataclass(frozen=True, slots=True)
class Advice:
    """What layer ``stored_in`` holds in vain because of layer ``hidden_by``.

    ``paths`` are the most wasteful ones, ``count`` how many there are; ``text`` says what to do, in
    a sentence. ``size``, in bytes, counts only the paths that were looked at.
    """

    loss: Loss
    stored_in: int
    hidden_by: int
    size: int
    count: int
    paths: tuple[bytes, ...]
    text: str


@dataclass(slots=True)
class _Sum:
    size: int = 0
    count: int = 0
    paths: tuple[bytes, ...] = ()

    def add(self, path: bytes, size: int) -> None:
        self.size += size
        self.count += 1
        if len(self.paths) < 3:
            self.paths = (*self.paths, path)


def advise(image: OpenImage, waste: Waste, limit: int = 5) -> tuple[Advice, ...]:
    """What would save most, the largest saving first."""
    sums: dict[tuple[Loss, int, int], _Sum] = defaultdict(_Sum)
    for path in waste.paths[:_LOOKED_AT]:
        for loss, stored_in, hidden_by, size in _losses(image, path):
            sums[loss, stored_in, hidden_by].add(path.path, size)
    found = [
        Advice(*key, total.size, total.count, total.paths, _text(image, *key))
        for key, total in sums.items()
        if total.size
    ]
    return tuple(sorted(found, key=lambda advice: -advice.size)[:limit])


def _losses(image: OpenImage, path: WastedPath) -> Iterator[tuple[Loss, int, int, int]]:
    versions = timeline(image, path.node)
    for version, following in pairwise(versions):
        if version.layer in path.layers and version.cost:
            yield _loss(path.path, following), version.layer, following.layer, version.cost


def _loss(path: bytes, following: Version) -> Loss:
    if following.change is Change.REMOVED:
        return Loss.CACHE if _CACHES.search(path) else Loss.DELETED
    if following.change is Change.UNCHANGED:
        return Loss.REPEATED
    return Loss.METADATA if set(following.what) <= _METADATA else Loss.REPLACED


def _text(image: OpenImage, loss: Loss, stored_in: int, hidden_by: int) -> str:
    if _in_base(image, stored_in) and loss is not Loss.METADATA:
        return (
            "They come with the base image: choose a smaller base, or copy only what is needed "
            "into a new stage"
        )
    instruction = image.instructions.get(stored_in)
    copied = instruction is not None and instruction.keyword in ("COPY", "ADD")
    match loss:
        case Loss.CACHE:
            return (
                f"Keep the cache out of layer {stored_in}: RUN --mount=type=cache, "
                "or delete it in the same RUN"
            )
        case Loss.DELETED if copied:
            return (
                f"Do not copy them in layer {stored_in}: name them in .dockerignore, "
                "copy less, or use RUN --mount=type=bind"
            )
        case Loss.DELETED:
            return f"Delete them in the RUN that makes them, layer {stored_in}: later is too late"
        case Loss.METADATA if copied:
            return f"Use COPY --chmod and --chown in layer {stored_in}: no second copy is stored"
        case Loss.METADATA:
            return (
                f"Change mode and owner in layer {stored_in}, where the files are made: "
                "layer by layer, a new mode stores the whole file again"
            )
        case Loss.REPEATED:
            return f"Layer {hidden_by} stores them again without any difference: leave that out"
        case _:
            return (
                f"Write them once: layer {hidden_by} replaces what layer {stored_in} stores, "
                "so build them in an earlier stage and copy the result"
            )


def _in_base(image: OpenImage, layer: int) -> bool:
    boundary = base_boundary(image.steps, image.image.config.labels)
    return boundary is not None and layer <= boundary.last_layer
