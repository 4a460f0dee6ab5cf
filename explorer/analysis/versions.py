"""One version of a path: as of a layer, deleted ones included."""

from __future__ import annotations

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import State

_KINDS = {
    EntryType.DIR: "it is a directory",
    EntryType.CHAR: "it is a character device",
    EntryType.BLOCK: "it is a block device",
    EntryType.FIFO: "it is a named pipe",
    EntryType.SYMLINK: "it is a symlink that leads nowhere",
}


def file_version(image: OpenImage, path: bytes, layer: int | None = None) -> int:
    """The provider of a regular file; see :func:`state_with`.

    Raises :class:`NotFound` for what is not there and for what has no content.
    """
    state, node = state_with(image, path, layer)
    provider = int(state.visible[node])
    entry = image.stack.entry(0, provider)
    if entry.type is EntryType.FILE:
        return provider
    why = _KINDS.get(entry.type, "it is no regular file")
    raise NotFound(f"{display(path)} has no content", why=why, hint=_instead(entry))


def state_with(image: OpenImage, path: bytes, layer: int | None = None) -> tuple[State, int]:
    """A state that has a path, and its node there; symlinks are followed inside the image.

    Without ``layer`` it is the final filesystem. With it, the filesystem as of that layer, or if
    the path was deleted by then, as it was just before. Raises :class:`NotFound`.
    """
    state = image.final if layer is None else image.state(layer)
    try:
        return state, image.resolve(state, path)
    except NotFound:
        node = image.stack.trie.find(path)
        if node is not None and node in state:
            raise  # a symlink that leads nowhere, or in circles
    if node is None:
        raise NotFound(f"No {display(path)} in the image", hint="Look for it: layerscope find")
    if layer is None:
        raise NotFound(
            f"No {display(path)} in the final filesystem",
            why="a layer deleted it",
            hint="See layerscope timeline, and read an older version with --layer",
        )
    remover = _last_removal(image, node, layer)
    if remover is None:
        raise NotFound(
            f"No {display(path)} in layers 0 to {layer}",
            hint="See which layers have it with: layerscope timeline",
        )
    return image.state(remover - 1), node


def _last_removal(image: OpenImage, node: int, layer: int) -> int | None:
    """The last layer, up to one, that removed a path which is not there as of that one."""
    for number in range(layer, -1, -1):
        delta = image.stack.deltas[number]
        row = int(np.searchsorted(delta.nodes, node))
        if row < len(delta.nodes) and int(delta.nodes[row]) == node:
            return number if int(delta.before[row]) != NOTHING else None
    return None


def _instead(entry: Entry) -> str:
    return "List it with: layerscope ls" if entry.is_dir else ""
