"""Paths that people name, found in an image: through symlinks, and in any layer."""

from __future__ import annotations

from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.names import parent
from explorer.filesystem.state import State


def follow(image: OpenImage, state: State, path: bytes) -> int:
    """The node of a path: through symlinks to directories, but not through the last to a file."""
    try:
        target = image.resolve(state, path)
    except NotFound:
        target = -1
    if target >= 0 and is_dir(state, target):
        return target
    if path == b"/":
        return 0
    above = image.resolve(state, parent(path))
    name = path.rpartition(b"/")[2]
    return state.find(image.stack.trie.path(above).rstrip(b"/") + b"/" + name)


def known_node(image: OpenImage, path: bytes) -> int:
    """The node of a path that any layer has; if none does, through symlinks on the way.

    Raises :class:`NotFound`.
    """
    if image.stack.trie.find(path) is None and path != b"/":
        try:
            above = image.resolve(image.final, parent(path))
        except NotFound:
            return image.node(path)
        name = path.rpartition(b"/")[2]
        found = image.stack.trie.find(image.stack.trie.path(above).rstrip(b"/") + b"/" + name)
        if found is not None:
            return found
    return image.node(path)


def is_dir(state: State, node: int) -> bool:
    """Whether a directory is visible at a node."""
    entry = state.entry(node)
    return entry is not None and entry.is_dir
