"""A viewer model that goes from one preview to the next without a moment of emptiness."""

from __future__ import annotations

from dataclasses import replace

from explorer.analysis.opened import OpenImage
from explorer.ui.explore.model import NO_NODE, ROOT, ViewerModel


class PreviewModel(ViewerModel):
    """What is in view is kept by path from keystroke to keystroke."""

    def show_image(self, image: OpenImage, layer: int) -> None:
        """Take an image that is whole already, and select one of its layers."""
        top = len(image.layers) - 1
        layer = min(layer, top)
        if image is self.image:
            self.select_layers(layer)
            return
        self.document, self.image = image.image, image
        self.indexed = list(image.layers)
        before = self._place
        self._place = replace(before, first=layer, last=layer, version=None)
        find = image.stack.trie.find
        self._folder = find(before.folder) or ROOT
        self._node = find(before.node) if before.node is not None else None
        self.documentChanged.emit()
        self.imageChanged.emit()
        self.selectionChanged.emit()
        self.folderChanged.emit(self._folder)
        self.nodeChanged.emit(NO_NODE if self._node is None else self._node)
