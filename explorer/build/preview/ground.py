"""The filesystem of an image, as the ground that steps build upon."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.state import State


class ImageGround:
    """The filesystem of all layers of an opened image, path by path."""

    def __init__(self, image: OpenImage) -> None:
        self._image = image
        self._state: State = image.final

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`explorer.build.files.filesystem.Ground.entry`."""
        node = self._node(path)
        return None if node is None else self._state.entry(node)

    def content(self, path: bytes) -> FileContent:
        """As :meth:`explorer.build.files.filesystem.Ground.content`."""
        node = self._node(path)
        if node is None:
            raise NotFound(f"No {display(path)} in the image")
        return self._image.content(int(self._state.visible[node]))

    def kinds(self, folder: bytes) -> Mapping[bytes, EntryType]:
        """As :meth:`explorer.build.files.filesystem.Ground.kinds`."""
        node = self._node(folder)
        if node is None:
            return {}
        stack, visible = self._state.stack, self._state.visible
        children = list(self._state.children(node))
        types = stack.column("type", stack.inodes(visible[children])) if children else ()
        names = map(stack.trie.name, children)
        return {n: EntryType(int(t)) for n, t in zip(names, types, strict=True)}

    def _node(self, path: bytes) -> int | None:
        node = self._state.stack.trie.find(path)
        return node if node is not None and node in self._state else None
