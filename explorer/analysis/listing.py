"""Listings: the merged filesystem as of a layer, a layer's own entries, or what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from explorer.analysis.bulk import entries
from explorer.analysis.lookup import follow, is_dir, known_node
from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING, Providers
from explorer.filesystem.state import ChangeSet, State

MAX_LINKS: Final = 1000
"""So many names of one inode are listed with each of them; ``link_count`` tells how many it has."""
_CHANGES = tuple(Change)
_REAL = (Change.ADDED, Change.MODIFIED, Change.REMOVED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a listing. ``change`` is None where layers below are not listed (a registry's).

    The layer of the entry is the one that provides it; of a removed one it is the layer that
    removed it, and ``stored_in`` the one whose bytes are still there. ``links`` are the names of
    the same inode (at most :data:`MAX_LINKS`), if it has several; ``link_count`` is how many.
    """

    entry: Entry
    change: Change | None
    what: tuple[Aspect, ...] = ()
    links: tuple[bytes, ...] = ()
    link_count: int = 1
    stored_in: int | None = None


def merged(image: OpenImage, upto: int, path: bytes, *, recursive: bool) -> Iterator[Listed]:
    """The filesystem as of a layer: what is in a directory, or a file itself.

    Symlinks on the way are followed, and so is the last one if it leads to a directory. The change
    is that which layer ``upto`` made. Raises :class:`NotFound` at once.
    """
    state = image.state(upto)
    node = follow(image, state, path)
    nodes = _chosen(state, node, recursive=recursive)
    changes = image.changes(upto) if upto >= 0 else None
    return _rows(image.stack, nodes, state.visible[nodes], changes, _Links(state))


def changed(image: OpenImage, layer: int, path: bytes) -> Iterator[Listed]:
    """What a layer added, modified and removed at a path and below it.

    A removed path is shown as it was before. Raises :class:`NotFound` where no layer has the path.
    """
    check_layer(image, layer)
    node = known_node(image, path)
    changes = image.changes(layer).only(*_REAL)
    low, high = np.searchsorted(changes.nodes, [node, int(image.stack.trie.end[node])])
    part = slice(int(low), int(high))
    shown = np.where(changes.after[part] != NOTHING, changes.after[part], changes.before[part])
    rows = _rows(image.stack, changes.nodes[part], shown, changes)
    return (as_removed(row, layer) if row.change is Change.REMOVED else row for row in rows)


def as_removed(row: Listed, layer: int) -> Listed:
    """A row that a layer removed, shown as it was before."""
    return replace(row, entry=replace(row.entry, layer=layer), stored_in=row.entry.layer)


def own(image: OpenImage, layer: int, path: bytes, *, recursive: bool) -> Iterator[Listed]:
    """The entries of one layer as its tar has them, whiteouts and opaque marks among them.

    A whiteout stands at the path it hides. Directories that the layer only implies are shown where
    a single directory is listed. Raises :class:`NotFound` at once.
    """
    check_layer(image, layer)
    top = known_node(image, path)
    nodes, providers = _own_entries(image, layer)
    low, high = np.searchsorted(nodes, [top, int(image.stack.trie.end[top])])
    nodes, providers = nodes[low:high], providers[low:high]
    if not len(nodes) and top:
        raise NotFound(
            f"Layer {layer} has nothing at {display(path)}",
            hint="See which layers do with: layerscope timeline",
        )
    if not recursive:
        nodes, providers = _level(image, layer, nodes, providers, top)
    changes = image.changes(layer)
    rows = _rows(image.stack, nodes, providers, changes, own=_Own(image, layer))
    if image.knows(layer):
        return rows
    return (replace(row, change=None, what=()) for row in rows)


def check_layer(image: OpenImage, layer: int) -> None:
    """Raise :class:`NotFound` for a layer that is not there."""
    if not 0 <= layer <= image.top:
        raise NotFound(f"No layer {layer}", why=f"the image has layers 0 to {image.top}")


def _chosen(state: State, node: int, *, recursive: bool) -> Array:
    if not is_dir(state, node):
        return np.array([node])
    if recursive:
        return state.nodes(node)[1:]
    return np.fromiter(state.children(node), np.int64)


class _Links:
    """The names of each inode of a state, looked up once an inode."""

    def __init__(self, state: State) -> None:
        self._state = state
        bound = state.stack.bound
        self._linked = {*bound.keys(), *bound.values()} - {NOTHING}
        self._known: dict[int, tuple[tuple[bytes, ...], int]] = {}

    def of(self, node: int, provider: int) -> tuple[tuple[bytes, ...], int]:
        """The first names, and how many there are."""
        if provider not in self._linked:
            return (), 1
        inode = self._state.stack.inode(provider)
        if inode not in self._known:
            names = self._state.links(node)
            self._known[inode] = names[:MAX_LINKS], max(1, len(names))
        return self._known[inode]


class _Own:
    """What whiteouts and opaque marks of a layer did to what lay below."""

    def __init__(self, image: OpenImage, layer: int) -> None:
        self._end = image.stack.trie.end
        self._below = image.state(layer - 1).visible

    def change(self, kind: EntryType, node: int) -> Change | None:
        """The change of a mark; None for any other entry."""
        if kind is EntryType.WHITEOUT:
            return Change.REMOVED if self._below[node] != NOTHING else Change.UNCHANGED
        if kind is EntryType.OPAQUE:
            hid = (self._below[node + 1 : int(self._end[node])] != NOTHING).any()
            return Change.REMOVED if hid else Change.UNCHANGED
        return None


def _rows(
    stack: Providers,
    nodes: Array,
    providers: Array,
    changes: ChangeSet | None,
    links: _Links | None = None,
    own: _Own | None = None,
) -> Iterator[Listed]:
    at = _places(nodes, changes)
    found = entries(stack, nodes, providers, raw=own is not None)
    kinds = changes.kinds.tolist() if changes is not None else []
    columns = zip(found, nodes.tolist(), providers.tolist(), at.tolist(), strict=True)
    for entry, node, provider, row in columns:
        mark = own.change(entry.type, node) if own is not None else None
        names, count = links.of(node, provider) if links is not None else ((), 1)
        change = mark if mark is not None else _CHANGES[kinds[row] if row >= 0 else 0]
        what = changes.what(row) if changes is not None and change is Change.MODIFIED else ()
        yield Listed(entry, change, what, names, count)


def _places(nodes: Array, changes: ChangeSet | None) -> Array:
    """The row of each node among the changes, or -1."""
    none = np.full(len(nodes), -1, np.int64)
    if changes is None or not len(changes):
        return none
    found = np.minimum(np.searchsorted(changes.nodes, nodes), len(changes) - 1)
    places: Array = np.where(changes.nodes[found] == nodes, found, none)
    return places


def _own_entries(image: OpenImage, layer: int) -> tuple[Array, Array]:
    """The nodes and providers of the entries that stand at the end of a layer, by path."""
    index = image.layers[layer].index
    if index is None:
        raise NotFound(
            f"Layer {layer} cannot be listed", why=image.layers[layer].problem or "it is not here"
        )
    live = np.flatnonzero(index.live)
    nodes = image.stack.trie.placed[layer][index.node[live]].astype(np.int64)
    # At one path: what stands there, then the whiteout, then the opaque mark.
    order = np.lexsort((index.type[live], nodes))
    return nodes[order], live[order] + int(image.stack.starts[layer])


def _level(
    image: OpenImage, layer: int, nodes: Array, providers: Array, top: int
) -> tuple[Array, Array]:
    """Of the entries of a layer those directly in a directory, implied ones among them.

    The marks of the directory itself come first. What is no directory is listed itself.
    """
    trie, stack = image.stack.trie, image.stack
    kinds = stack.column("type", providers)
    here = nodes == top
    if not (nodes != top).any() and not (here & (kinds == EntryType.DIR)).any():
        return nodes, providers
    keep = (here & (kinds >= EntryType.WHITEOUT)) | ((trie.parent[nodes] == top) & ~here)
    reached = _reached(trie.parent, nodes, top)
    implied = reached[~is_in(reached, nodes[kinds < EntryType.WHITEOUT])]
    all_nodes = np.concatenate((implied, nodes[keep]))
    total = int(stack.starts[-1])
    all_providers = np.concatenate((np.full(len(implied), total + layer), providers[keep]))
    order = np.argsort(all_nodes, kind="stable")
    return all_nodes[order], all_providers[order]


def _reached(parent: Array, nodes: Array, top: int) -> Array:
    """The nodes directly below ``top`` that lead to entries further below."""
    edge = distinct(nodes[nodes != top])
    found = [np.empty(0, np.int64)]
    while len(edge):
        above = parent[edge].astype(np.int64)
        edge = distinct(above[above != top])
        found.append(edge[parent[edge] == top])
    return distinct(np.concatenate(found))
