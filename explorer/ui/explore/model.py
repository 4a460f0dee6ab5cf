"""The viewer model: what of an image is in view. Every view shows it, and changes only it.

Life of a model::

    ViewerModel()            nothing yet: document is None, image is None
      set_document(image)    documentChanged    names, history, layers' sizes; no files yet
      note_layer(i, layer)   layerIndexed(i)    one layer's index is there; once for each layer
      note_listing(layers)   listingChanged     these layers are being fetched from a registry
      set_image(opened)      imageChanged       the filesystem: nodes, states, changes
      clear()                imageChanged       nothing again (another platform is being opened)

``set_image`` comes again while an image is opening, each time with more layers, and again whenever
layers of an image in a registry were listed (``unread`` are those that were not): node numbers are
then others. The model carries its own folder and node over by path; views forget the numbers they
keep when ``imageChanged`` comes, and read the model anew.

What is in view::

    layers   first .. last, one or a contiguous range (0 the lowest)   selectionChanged()
    mode     what of these layers the tree shows                      modeChanged()
    folder   the directory whose entries are listed                   folderChanged(node)
    node     the path looked at; anything, also one deleted, or None   nodeChanged(node or -1)
    version  the layer whose version of ``node`` is looked at, or None: the one that the selected
             layers show                                               nodeChanged(node), too

A setter given what is in force already emits nothing; a setter that changes several things changes
all of them before its first signal. All methods belong to the thread of the window.
"""

# Signals are spelled as Qt spells its own.
# ruff: noqa: N815

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.analysis.opened import OpenImage
from explorer.filesystem.stack import NOTHING
from explorer.filesystem.state import State
from explorer.sources.image import Image
from explorer.sources.reading import IndexedLayer
from explorer.ui.explore.place import NO_NODE, ROOT, Mode, Place

__all__ = ["NO_NODE", "ROOT", "Mode", "Place", "ViewerModel"]


class ViewerModel(QObject):
    """What of an image is in view; see the module for its life and its signals."""

    documentChanged = Signal()
    """``document`` is another one, or None."""
    imageChanged = Signal()
    """``image`` is another one, or None; every node number is void."""
    listingChanged = Signal()
    """``listing`` changed, and with it perhaps ``unread``."""
    layerIndexed = Signal(int)
    """``indexed[layer]`` is there (or is there anew, after its digest was verified)."""
    selectionChanged = Signal()
    """``first`` or ``last`` changed."""
    modeChanged = Signal()
    """``mode`` changed."""
    folderChanged = Signal(int)
    """``folder`` changed, to this node."""
    nodeChanged = Signal(int)
    """``node`` or ``version`` changed; the node, or :data:`NO_NODE`."""
    platformWanted = Signal(object)
    """A view wants the same image for this :class:`explorer.oci.Platform`."""
    visited = Signal(object)
    """A :class:`Place` to come back to: the one left, then the one gone to. Moving within a folder,
    and other layers or another mode alone, are no places of their own.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Image | None = None
        self.image: OpenImage | None = None
        self.indexed: list[IndexedLayer | None] = []
        self.location = ""
        self.listing: frozenset[int] = frozenset()
        self._place = Place()
        self._folder = ROOT
        self._node: int | None = None

    # -- what is in view ----------------------------------------------------------------------

    @property
    def first(self) -> int:
        """The lowest selected layer; -1 while there are no layers."""
        return self._place.first

    @property
    def last(self) -> int:
        """The highest selected layer; -1 while there are no layers."""
        return self._place.last

    @property
    def layers(self) -> range:
        """The selected layers, lowest first."""
        return range(self.first, self.last + 1) if self.last >= 0 else range(0)

    @property
    def mode(self) -> Mode:
        """What the tree shows of the selected layers."""
        return self._place.mode

    @property
    def folder(self) -> int:
        """The node of the directory in view; :data:`ROOT` while there is no image."""
        return self._folder

    @property
    def node(self) -> int | None:
        """The path looked at."""
        return self._node

    @property
    def version(self) -> int | None:
        """The layer whose version of ``node`` is looked at; None for what the selection shows."""
        return self._place.version

    @property
    def place(self) -> Place:
        """All of it, by path."""
        return self._place

    @property
    def layer_count(self) -> int:
        """How many layers the image has; 0 while there is none."""
        return len(self.indexed)

    @property
    def is_complete(self) -> bool:
        """Whether ``image`` has all layers there are; False while layers are being indexed."""
        return self.image is not None and None not in self.indexed

    @property
    def is_remote(self) -> bool:
        """Whether the image lies in a registry, and layers are fetched when they are asked for."""
        return self.document is not None and self.document.traffic is not None

    @property
    def unread(self) -> tuple[int, ...]:
        """The layers of a registry that nobody asked for yet: their files are not known."""
        if not self.is_remote or self.image is None:
            return ()
        return tuple(
            number
            for number, layer in enumerate(self.indexed)
            if layer is None and number not in self.listing
        )

    @property
    def state(self) -> State | None:
        """The filesystem as of the last selected layer; None while there is no image."""
        return self.image.state(self.last) if self.image is not None else None

    def path(self, node: int) -> bytes:
        """The absolute path of a node; ``/`` while there is no image."""
        return self.image.stack.trie.path(node) if self.image is not None else b"/"

    def shown_layer(self) -> int | None:
        """The layer whose version of ``node`` is looked at: ``version``, or what is visible as of
        the last selected layer, or for a deleted path the last version below it. None without
        node, or where no layer up to the last selected one has the path.
        """
        if self.version is not None:
            return self.version
        return self.latest_layer(self._node) if self._node is not None else None

    def latest_layer(self, node: int) -> int | None:
        """The layer of the newest version of a path up to the selection, or None without any."""
        latest = self._latest(node) if self.image is not None else None
        return None if latest is None else latest[0]

    # -- life ---------------------------------------------------------------------------------

    def set_document(self, document: Image) -> None:
        """Begin with an image whose documents are read; selects its top layer."""
        self.document, self.image = document, None
        self.indexed = [None] * len(document.layers)
        top = len(document.layers) - 1
        kept = self._place
        if not 0 <= kept.first <= kept.last <= top:
            kept = Place(kept.folder, kept.node, None, top, top, kept.mode)
        self._place, self._folder, self._node = kept, ROOT, None
        self.documentChanged.emit()
        self.imageChanged.emit()
        self.selectionChanged.emit()

    def note_layer(self, number: int, layer: IndexedLayer) -> None:
        """Take the index of one layer."""
        self.indexed[number] = layer
        self.layerIndexed.emit(number)

    def note_listing(self, layers: Collection[int]) -> None:
        """Take that these layers, and no others, are being fetched."""
        if self.listing != frozenset(layers):
            self.listing = frozenset(layers)
            self.listingChanged.emit()

    def set_image(self, image: OpenImage) -> None:
        """Take the filesystem; folder and node stay where they were, as far as they exist."""
        self.image = image
        find = image.stack.trie.find
        self._folder = find(self._place.folder) or ROOT
        self._node = find(self._place.node) if self._place.node is not None else None
        self.imageChanged.emit()
        self.folderChanged.emit(self._folder)
        self.nodeChanged.emit(NO_NODE if self._node is None else self._node)

    def clear(self) -> None:
        """Hold nothing; what was in view is remembered by path for the next image."""
        self.document, self.image, self.indexed = None, None, []
        self.listing = frozenset()
        self._folder, self._node = ROOT, None
        self.documentChanged.emit()
        self.imageChanged.emit()

    # -- changing what is in view -------------------------------------------------------------

    def select_layers(self, first: int, last: int | None = None) -> None:
        """Select one layer, or the range from ``first`` to ``last`` in either order."""
        last = first if last is None else last
        low, high = sorted((self._clamp(first), self._clamp(last)))
        self._move(first=low, last=high, version=None)

    def set_mode(self, mode: Mode | str) -> None:
        """Show something else of the selected layers. Raises ``ValueError`` for no mode."""
        self._move(mode=Mode(mode))

    def go_to(self, node: int) -> None:
        """Make a directory the current folder. Of anything else: its directory, and look at it."""
        if self.image is None:
            return
        if self._is_folder(node):
            self._move(folder=node)
        else:
            self._move(folder=self._parent(node), node=node, version=None)

    def select_node(self, node: int | None) -> None:
        """Look at a path; the folder stays if the path is below it, else it becomes its parent."""
        if self.image is None:
            return
        if node is None or self._is_below(node, self._folder):
            self._move(node=node, version=None)
        else:
            self._move(folder=self._parent(node), node=node, version=None)

    def open_version(self, node: int, layer: int) -> None:
        """Look at the version of a path that ``layer`` brought (or, by deleting, ended)."""
        if self.image is None:
            return
        below = self._is_below(node, self._folder)
        folder = self._folder if below else self._parent(node)
        self._move(folder=folder, node=node, version=self._clamp(layer))

    def go_up(self) -> None:
        """Make the directory above the current folder, and look at the folder it was."""
        if self.image is not None and self._folder != ROOT:
            self._move(folder=self._parent(self._folder), node=self._folder, version=None)

    def restore(self, place: Place) -> None:
        """Go back to a place; what no longer exists of it is left out. Not a new visit."""
        if self.image is None:
            return
        find = self.image.stack.trie.find
        self._move(
            folder=find(place.folder) or ROOT,
            node=find(place.node) if place.node is not None else None,
            version=place.version,
            first=self._clamp(place.first),
            last=self._clamp(place.last),
            mode=place.mode,
            visit=False,
        )

    _KEEP = object()

    def _move(
        self,
        *,
        folder: int | None = None,
        node: int | object | None = _KEEP,
        version: int | object | None = _KEEP,
        first: int | None = None,
        last: int | None = None,
        mode: Mode | None = None,
        visit: bool = True,
    ) -> None:
        """Change everything given, then tell what changed, the widest first."""
        before, old_folder, old_node = self._place, self._folder, self._node
        if folder is not None:
            self._folder = folder
        if node is not self._KEEP:
            assert node is None or isinstance(node, int)
            self._node = node
        chosen = before.version if version is self._KEEP else version
        assert chosen is None or isinstance(chosen, int)
        self._place = Place(
            folder=before.folder if self._folder == old_folder else self.path(self._folder),
            node=before.node if self._node == old_node else self._path_or_none(self._node),
            version=chosen,
            first=before.first if first is None else first,
            last=before.last if last is None else last,
            mode=before.mode if mode is None else mode,
        )
        self._tell(before, old_folder, old_node, visit)

    def _tell(self, before: Place, old_folder: int, old_node: int | None, visit: bool) -> None:
        now = self._place
        if (now.first, now.last) != (before.first, before.last):
            self.selectionChanged.emit()
        if now.mode != before.mode:
            self.modeChanged.emit()
        if self._folder != old_folder:
            self.folderChanged.emit(self._folder)
        if self._node != old_node or now.version != before.version:
            self.nodeChanged.emit(NO_NODE if self._node is None else self._node)
        if visit and (self._folder != old_folder or now.version not in (None, before.version)):
            # What was in view when it was left is what Back returns to.
            self.visited.emit(before)
            self.visited.emit(now)

    def _clamp(self, layer: int) -> int:
        return max(min(layer, self.layer_count - 1), 0 if self.layer_count else -1)

    def _parent(self, node: int) -> int:
        assert self.image is not None
        return int(self.image.stack.trie.parent[node])

    def _is_below(self, node: int, folder: int) -> bool:
        """Whether a path is the folder or anywhere below it."""
        assert self.image is not None
        return folder <= node < int(self.image.stack.trie.end[folder])

    def _is_folder(self, node: int) -> bool:
        """Whether a path is a directory now, or was one, or has anything below it."""
        assert self.image is not None
        trie = self.image.stack.trie
        if node == ROOT or int(trie.end[node]) > node + 1:
            return True
        latest = self._latest(node)
        return latest is not None and self.image.stack.entry(node, latest[1]).is_dir

    def _latest(self, node: int) -> tuple[int, int] | None:
        """The newest version of a path up to the selection: its layer and provider."""
        assert self.image is not None
        for layer in range(self.last, -1, -1):
            delta = self.image.stack.deltas[layer]
            row = int(np.searchsorted(delta.nodes, node))
            if row < len(delta.nodes) and delta.nodes[row] == node:
                provider = int(delta.after[row])
                if provider != NOTHING:
                    return layer, provider
        return None

    def _path_or_none(self, node: int | None) -> bytes | None:
        return None if node is None else self.path(node)
