"""How much of an image in a registry has to be listed to answer a question about one path."""

from __future__ import annotations

from collections.abc import Callable, Collection

from explorer.analysis.opened import OpenImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.providers import NOTHING

More = Callable[[OpenImage, Collection[int]], OpenImage]


def list_for(image: OpenImage, path: bytes, layer: int | None, more: More) -> OpenImage:
    """The image with so many layers listed that a path can be read as of a layer (or the highest).

    From the top down, until a regular file is seen there: what lies below it cannot change that.
    ``more`` lists layers, as :meth:`OpenImage.listing` does. Raises as that does.
    """
    last = image.top if layer is None else min(layer, image.top)
    for number in range(last, -1, -1):
        if image.layers[number].unread:
            image = more(image, [number])
        if image.complete or _is_settled(image, path, last):
            break
    return image


def _is_settled(image: OpenImage, path: bytes, last: int) -> bool:
    node = image.stack.trie.find(path)
    if node is None or last < 0:
        return False
    provider = int(image.state(last).visible[node])
    inode = image.stack.inode(provider) if provider != NOTHING else NOTHING
    if inode == NOTHING:
        return False
    number, entry = image.stack.split(inode)
    index = image.stack.layers[number]
    return entry >= 0 and index is not None and index.type[entry] == EntryType.FILE
