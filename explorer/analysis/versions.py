"""One version of a file: as of a layer, deleted ones included."""

from __future__ import annotations

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import State


def file_version(image: OpenImage, path: bytes, layer: int | None = None) -> int:
    """The provider of a regular file.

    Without ``layer`` it is the file in the final filesystem. With it, the file as of that layer,
    or if it was deleted by then, as it was last. Symlinks are followed inside the image. Raises
    :class:`NotFound` for what is not there and for what has no content.
    """
    state = image.final if layer is None else image.state(layer)
    try:
        node = image.resolve(state, path)
        provider = int(state.visible[node])
    except NotFound:
        if layer is None:
            raise _not_there(image, path) from None
        provider = _last_version(image, state, path)
    return _regular(image, path, provider)


def _last_version(image: OpenImage, state: State, path: bytes) -> int:
    """The provider that showed a path last, before a layer up to the state's deleted it."""
    node = image.stack.trie.find(path)
    if node is not None:
        for delta in reversed(image.stack.deltas[: state.upto + 1]):
            row = int(np.searchsorted(delta.nodes, node))
            found = row < len(delta.nodes) and int(delta.nodes[row]) == node
            if found and int(delta.before[row]) != NOTHING:
                return int(delta.before[row])
    raise NotFound(
        f"No {display(path)} in layers 0 to {state.upto}",
        hint="See which layers have it with: layerscope timeline",
    )


def _not_there(image: OpenImage, path: bytes) -> NotFound:
    if image.stack.trie.find(path) is None:
        return NotFound(f"No {display(path)} in the image", hint="Look for it: layerscope find")
    return NotFound(
        f"No {display(path)} in the final filesystem",
        why="a layer deleted it",
        hint="See layerscope timeline, and read an older version with --layer",
    )


def _regular(image: OpenImage, path: bytes, provider: int) -> int:
    entry = image.stack.entry(0, provider)
    if entry.type is EntryType.FILE:
        return provider
    raise NotFound(f"{display(path)} has no content", why=_kind(entry), hint=_instead(entry))


def _kind(entry: Entry) -> str:
    names = {
        EntryType.DIR: "it is a directory",
        EntryType.CHAR: "it is a character device",
        EntryType.BLOCK: "it is a block device",
        EntryType.FIFO: "it is a named pipe",
        EntryType.SYMLINK: "it is a symlink that leads nowhere",
    }
    return names.get(entry.type, "it is no regular file")


def _instead(entry: Entry) -> str:
    return "List it with: layerscope ls" if entry.is_dir else ""
