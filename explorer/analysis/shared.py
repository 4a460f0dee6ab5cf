"""Which layers several images share, and the bytes that sharing saves.

Only the documents of the images are needed: no layer is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.oci import Digest
from explorer.sources.image import Image, Layer


@dataclass(frozen=True, slots=True)
class SharedLayer:
    """One distinct layer, with the numbers of the images that have it (rising).

    ``digest`` names the blob, or the plain tar where the blob's digest is unknown; ``size`` is the
    bytes of the blob, where images store it differently those of the smallest.
    """

    digest: Digest | None
    diff_id: Digest | None
    size: int
    images: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Layers in order of their first appearance, lowest first.

    ``stored`` is the bytes of every distinct layer once, ``unshared`` what the images would take
    if each kept its own.
    """

    layers: tuple[SharedLayer, ...]
    stored: int
    unshared: int

    @property
    def saved(self) -> int:
        """Bytes that need not be stored, because layers are shared."""
        return self.unshared - self.stored


@dataclass(slots=True)
class _Found:
    digest: Digest | None
    diff_id: Digest | None
    size: int
    images: list[int] = field(default_factory=list)

    def add(self, number: int, layer: Layer) -> None:
        self.digest = self.digest or layer.digest
        self.diff_id = self.diff_id or layer.diff_id
        if layer.stored:
            self.size = min(self.size or layer.stored, layer.stored)
        if number not in self.images:
            self.images.append(number)


def share_layers(images: Sequence[Image]) -> Sharing:
    """Find the layers that images have in common.

    Two layers are the same if their blobs have the same digest, or their plain tars the same
    DiffID: so an image is found again however an archive compressed it.
    """
    known: dict[Digest, _Found] = {}
    found: list[_Found] = []
    unshared = 0
    for number, image in enumerate(images):
        for layer in image.layers:
            names = [name for name in (layer.diff_id, layer.digest) if name is not None]
            same = next((known[name] for name in names if name in known), None)
            if same is None:
                same = _Found(layer.digest, layer.diff_id, layer.stored)
                found.append(same)
            if number not in same.images:
                unshared += layer.stored
            same.add(number, layer)
            known.update(dict.fromkeys(names, same))
    layers = tuple(
        SharedLayer(row.digest or row.diff_id, row.diff_id, row.size, tuple(row.images))
        for row in found
    )
    return Sharing(layers, sum(layer.size for layer in layers), unshared)
