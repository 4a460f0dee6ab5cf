"""How much of an image in a registry has to be listed to answer a question about one path."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from explorer.analysis.opened import OpenImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.providers import NOTHING

AT_ONCE: Final = 64 << 10
"""Bytes of layers that are fetched together, whether they are needed or not."""
More = Callable[[OpenImage, Collection[int]], OpenImage]


def list_for(image: OpenImage, path: bytes, layer: int | None, more: More) -> OpenImage:
    """The image with so many layers listed that a path can be read as of a layer (or the highest).

    From the top down, until a regular file is seen there: what lies below it cannot change that.
    Several layers come at once where they are not larger than what came before. ``more`` lists
    layers, as :meth:`OpenImage.listing` does. Raises as that does.
    """
    last = image.top if layer is None else min(layer, image.top)
    fetched = 0
    while (below := [n for n in image.unread if n <= last]) and not _is_settled(image, path, last):
        batch = _next(image, below, max(fetched, AT_ONCE))
        fetched += sum(image.layers[number].layer.stored for number in batch)
        image = more(image, batch)
    return image


def _next(image: OpenImage, unread: list[int], most: int) -> list[int]:
    """The highest of some layers, and those below it as long as all take no more than ``most``."""
    batch: list[int] = []
    size = 0
    for number in reversed(unread):
        size += image.layers[number].layer.stored
        if batch and size > most:
            break
        batch.append(number)
    return batch


def _is_settled(image: OpenImage, path: bytes, last: int) -> bool:
    node = image.stack.trie.find(path)
    if node is None or last < 0:
        return False
    provider = int(image.state(last).visible[node])
    inode = image.stack.inode(provider) if provider != NOTHING else NOTHING
    if inode == NOTHING:
        return False
    number, entry = image.stack.split(inode)
    if any(number < unread <= last for unread in image.unread):
        return False  # what lies above could hide it
    index = image.stack.layers[number]
    return entry >= 0 and index is not None and index.type[entry] == EntryType.FILE
