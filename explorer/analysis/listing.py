"""Listings: the merged filesystem as of a layer, a layer's own entries, or what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display, parent
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import ChangeSet, State


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a listing. ``links`` are all names of the same inode, if there are several."""

    entry: Entry
    change: Change
    what: tuple[Aspect, ...] = ()
    links: tuple[bytes, ...] = ()


def merged(image: OpenImage, upto: int, path: bytes, *, recursive: bool) -> Iterator[Listed]:
    """The filesystem as of a layer: what is in a directory, or a file itself.

    Symlinks on the way are followed, and so is the last one if it leads to a directory. The change
    is that which layer ``upto`` made. Raises :class:`NotFound` at once.
    """
    state = image.state(upto)
    node = follow(image, state, path)
    return _merged(image, state, _chosen(state, node, recursive=recursive))


def changed(image: OpenImage, layer: int, path: bytes) -> Iterator[Listed]:
    """What a layer added, modified and removed at a path and below it.

    A removed path is shown as it was before. Raises :class:`NotFound` where no layer has the path.
    """
    node = image.node(path)
    changes = image.changes(layer).only(Change.ADDED, Change.MODIFIED, Change.REMOVED)
    return _changed(image, changes, node)


def own(image: OpenImage, layer: int, path: bytes, *, recursive: bool) -> Iterator[Listed]:
    """The entries of one layer as its tar has them, whiteouts and opaque marks among them.

    A whiteout stands at the path it hides. Directories that the layer only implies are shown where
    a single directory is listed. Raises :class:`NotFound` at once.
    """
    if not 0 <= layer <= image.top:
        raise NotFound(f"No layer {layer}", why=f"the image has layers 0 to {image.top}")
    top = image.node(path)
    rows = _own_rows(image, layer)
    stop = int(image.stack.trie.end[top])
    inside = rows[np.searchsorted(rows[:, 0], top) : np.searchsorted(rows[:, 0], stop)]
    if not len(inside):
        if top == 0:
            return iter(())
        raise NotFound(
            f"Layer {layer} has nothing at {display(path)}",
            hint="See which layers do with: layerscope timeline",
        )
    if recursive:
        return _own(image, layer, inside)
    return _own_level(image, layer, inside, top)


def follow(image: OpenImage, state: State, path: bytes) -> int:
    """The node of a path: through symlinks to directories, but not through the last to a file."""
    try:
        target = image.resolve(state, path)
    except NotFound:
        target = -1
    if target >= 0 and _is_dir(state, target):
        return target
    if path == b"/":
        return 0
    above = image.resolve(state, parent(path))
    name = path.rpartition(b"/")[2]
    return state.find(image.stack.trie.path(above).rstrip(b"/") + b"/" + name)


def _is_dir(state: State, node: int) -> bool:
    entry = state.entry(node)
    return entry is not None and entry.is_dir


def _chosen(state: State, node: int, *, recursive: bool) -> Array:
    if not _is_dir(state, node):
        return np.array([node])
    if recursive:
        nodes = state.nodes(node)
        return nodes[1:] if len(nodes) > 1 else nodes[:0]
    return np.fromiter(state.children(node), np.int64)


def _merged(image: OpenImage, state: State, nodes: Array) -> Iterator[Listed]:
    changes = image.changes(state.upto) if state.upto >= 0 else None
    for node in nodes.tolist():
        entry = state.entry(node)
        if entry is None:
            continue
        change, what = _change_at(changes, node)
        yield Listed(entry, change, what, state.links(node))


def _change_at(changes: ChangeSet | None, node: int) -> tuple[Change, tuple[Aspect, ...]]:
    row = changes.row(node) if changes is not None else None
    if changes is None or row is None:
        return Change.UNCHANGED, ()
    return Change(int(changes.kinds[row])), changes.what(row)


def _changed(image: OpenImage, changes: ChangeSet, node: int) -> Iterator[Listed]:
    low, high = np.searchsorted(changes.nodes, [node, int(image.stack.trie.end[node])])
    for row in range(int(low), int(high)):
        entry = changes.new(row) or changes.old(row)
        if entry is not None:
            yield Listed(entry, Change(int(changes.kinds[row])), changes.what(row))


def _own_rows(image: OpenImage, layer: int) -> Array:
    """``(node, entry)`` of the entries that stand at the end of a layer, by path."""
    index = image.layers[layer].index
    if index is None:
        raise NotFound(
            f"Layer {layer} cannot be listed", why=image.layers[layer].problem or "it is not here"
        )
    live = np.flatnonzero(index.live)
    nodes = image.stack.trie.placed[layer][index.node[live]].astype(np.int64)
    order = np.lexsort((index.type[live], nodes))
    rows: Array = np.stack((nodes[order], live[order]), axis=1)
    return rows


def _own(image: OpenImage, layer: int, rows: Array) -> Iterator[Listed]:
    index = image.layers[layer].index
    assert index is not None
    paths = image.stack.trie.paths(rows[:, 0])
    for (node, row), path in zip(rows.tolist(), paths, strict=True):
        entry = replace(index.entry(row, layer=layer), path=path)
        yield _own_change(image, layer, node, entry)


def _own_change(image: OpenImage, layer: int, node: int, entry: Entry) -> Listed:
    below = image.state(layer - 1).visible
    if entry.type is EntryType.WHITEOUT:
        return Listed(entry, Change.REMOVED if below[node] != NOTHING else Change.UNCHANGED)
    if entry.type is EntryType.OPAQUE:
        hid = (below[node + 1 : int(image.stack.trie.end[node])] != NOTHING).any()
        return Listed(entry, Change.REMOVED if hid else Change.UNCHANGED)
    return Listed(entry, *_change_at(image.changes(layer), node))


def _own_level(image: OpenImage, layer: int, rows: Array, top: int) -> Iterator[Listed]:
    """The entries of a layer directly in a directory, or at a path that is none."""
    trie = image.stack.trie
    nodes = rows[:, 0]
    at_top, level = rows[nodes == top], rows[trie.parent[nodes] == top]
    level = level[level[:, 0] != top]
    below = nodes[nodes != top]
    if not len(below):
        yield from _own(image, layer, at_top)
        return
    marks = at_top[[_is_mark(image, layer, row) for row in at_top[:, 1].tolist()]]
    yield from _own(image, layer, marks)
    listed = dict.fromkeys(level[:, 0].tolist())
    child = 0
    place = 0
    while place < len(below):
        child = int(below[place])
        while int(trie.parent[child]) != top:
            child = int(trie.parent[child])
        if child in listed:
            yield from _own(image, layer, level[level[:, 0] == child])
        else:
            implied = Entry(trie.path(child), EntryType.DIR, 0o755, layer=layer, implicit=True)
            yield Listed(implied, Change.UNCHANGED)
        place = int(np.searchsorted(below, int(trie.end[child])))


def _is_mark(image: OpenImage, layer: int, row: int) -> bool:
    index = image.layers[layer].index
    return index is not None and bool(index.type[row] >= EntryType.WHITEOUT)


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
