"""The cells of a cross-section in columns, computed all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.section.values import CellKind, Event, Inside
from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.stack import NOTHING
from explorer.progress import Job

_FIELDS = ("before", "after", "stored", "unseen", "hides", "added", "again", "removed")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Rows are the entries of a folder, columns the layers.

    ``nodes`` has one number a row, folders first, both by name; ``types`` the
    :class:`EntryType` of what showed last. ``kinds`` and ``sources`` have the shape (rows, layers):
    the :class:`CellKind`, and the layer whose version shows once that layer is on the stack, -1 for
    none. ``keys`` are ``row * layers + layer`` of the cells in which something happens, rising.
    """

    nodes: Array
    types: Array
    kinds: Array
    sources: Array
    keys: Array
    events: dict[str, Array]

    def event(self, row: int, layer: int) -> Event:
        """What a layer does to a path: nothing at all, for most cells."""
        key = row * self.kinds.shape[1] + layer
        place = int(np.searchsorted(self.keys, key))
        if place == len(self.keys) or self.keys[place] != key:
            return Event()
        value = {name: int(column[place]) for name, column in self.events.items()}
        inside = Inside(value["added"], value["again"], value["removed"])
        return Event(
            value["before"],
            value["after"],
            value["stored"],
            value["unseen"],
            value["hides"],
            inside,
        )

    def provider(self, row: int, layer: int) -> int:
        """What shows at a path once a layer is on the stack."""
        first = row * self.kinds.shape[1]
        place = int(np.searchsorted(self.keys, first + layer, side="right")) - 1
        if place < 0 or self.keys[place] < first:
            return NOTHING
        return int(self.events["after"][place])

    def eventful_layers(self, row: int) -> list[int]:
        """The layers that do something to a path, lowest first."""
        layers = self.kinds.shape[1]
        low, high = np.searchsorted(self.keys, (row * layers, (row + 1) * layers))
        return [int(key) - row * layers for key in self.keys[low:high]]


def build(image: OpenImage, folder: int, job: Job) -> Grid:
    """Compute the cells of one folder; reads content where nothing else tells versions apart."""
    stack, layers = image.stack, len(image.layers)
    trie = stack.trie
    end = int(trie.end[folder])
    below = np.arange(folder + 1, end)
    nodes = below[trie.parent[folder + 1 : end] == folder]
    nodes = nodes[nodes != folder]
    kinds = np.zeros((len(nodes), layers), np.uint8)
    sources = np.full((len(nodes), layers), -1, np.int32)
    now = np.full(len(nodes), NOTHING, np.int64)
    last = now.copy()
    keys: list[Array] = []
    columns: dict[str, list[Array]] = {name: [] for name in _FIELDS}
    for layer in range(layers):
        job.check()
        rows, event = _events(image, layer, nodes, end, now)
        now[rows] = event["after"]
        last = np.where(now != NOTHING, now, last)
        kinds[:, layer] = np.where(now != NOTHING, CellKind.SHOWS, CellKind.ABSENT)
        kinds[rows, layer] = _kinds(image, layer, nodes[rows], event, job)
        sources[:, layer] = _layers_of(stack.starts, now)
        keys.append(rows * layers + layer)
        for name in _FIELDS:
            columns[name].append(event[name])
    types = np.full(len(nodes), EntryType.WHITEOUT, np.uint8)
    types[last != NOTHING] = _types(image, last[last != NOTHING])
    return _sorted(nodes, types, kinds, sources, keys, columns)


def _sorted(
    nodes: Array,
    types: Array,
    kinds: Array,
    sources: Array,
    keys: list[Array],
    columns: dict[str, list[Array]],
) -> Grid:
    """Put folders first, and the events in the order of their cells."""
    layers = kinds.shape[1]
    order = np.argsort(types != EntryType.DIR, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    key = np.concatenate([np.empty(0, np.int64), *keys])
    if layers:
        key = place[key // layers] * layers + key % layers
    by_cell = np.argsort(key, kind="stable")
    empty = np.empty(0, np.int64)
    events = {name: np.concatenate([empty, *columns[name]])[by_cell] for name in _FIELDS}
    return Grid(nodes[order], types[order], kinds[order], sources[order], key[by_cell], events)


def _layers_of(starts: Array, providers: Array) -> Array:
    total = int(starts[-1])
    layer = np.searchsorted(starts, providers, side="right") - 1
    layer = np.where(providers >= total, providers - total, layer)
    return np.where(providers == NOTHING, -1, layer).astype(np.int32)


def _events(
    image: OpenImage, layer: int, nodes: Array, end: int, now: Array
) -> tuple[Array, dict[str, Array]]:
    """The rows in which a layer does something, rising, with what it does."""
    if not len(nodes):
        return nodes, {name: np.empty(0, np.int64) for name in _FIELDS}
    stack = image.stack
    delta, marks = stack.deltas[layer], stack.marks[layer]
    low, high = np.searchsorted(delta.nodes, (int(nodes[0]), end))
    touched = delta.nodes[low:high].astype(np.int64)
    before, after = delta.before[low:high].astype(np.int64), delta.after[low:high].astype(np.int64)
    row = np.searchsorted(nodes, touched, side="right") - 1
    marked = np.concatenate([_rows(nodes, marks.whiteouts), _rows(nodes, marks.opaques)])
    rows = distinct(np.concatenate([row, marked])).astype(np.int64)
    at = np.searchsorted(rows, row)
    direct = nodes[row] == touched
    had, has = before != NOTHING, after != NOTHING
    leaf = ~direct & (_types(image, np.where(has, after, before)) != EntryType.DIR)

    def counted(chosen: Array) -> Array:
        return np.bincount(at[chosen], minlength=len(rows)).astype(np.int64)

    # A path that is only named by a mark, or by what lies below it, shows what it showed.
    event = {"before": now[rows].copy(), "after": now[rows].copy()}
    event["after"][at[direct]] = after[direct]
    stored, unseen = _stored(image, layer, nodes, end)
    event["stored"], event["unseen"] = stored[rows], unseen[rows]
    event["hides"] = counted(had & ~direct)
    event["added"] = counted(~had & has & leaf)
    event["again"] = counted(had & has & leaf)
    event["removed"] = counted(had & ~has & leaf)
    return rows, event


def _types(image: OpenImage, providers: Array) -> Array:
    """The :class:`EntryType` of providers, a hard link as its file."""
    inodes = image.stack.inodes(providers)
    # A hard link without a target is still the name of a file.
    types = image.stack.column("type", np.maximum(inodes, 0))
    types[inodes == NOTHING] = EntryType.FILE
    return types


def _rows(nodes: Array, marked: Array) -> Array:
    """The rows of those of ``marked`` that are among ``nodes``; both rise."""
    place = np.searchsorted(nodes, marked)
    place[place == len(nodes)] = 0
    rows: Array = place[nodes[place] == marked]
    return rows


def _stored(image: OpenImage, layer: int, nodes: Array, end: int) -> tuple[Array, Array]:
    """The bytes of content a layer's tar holds for each row and below it, and those of them that
    the finished image does not show under any name.
    """
    index = image.stack.layers[layer]
    if index is None:
        return np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.int64)
    entries = np.flatnonzero(index.live & (index.type == EntryType.FILE))
    held = image.stack.trie.placed[layer][index.node[entries]].astype(np.int64)
    inside = (held >= nodes[0]) & (held < end)
    entries, held = entries[inside], held[inside]
    sizes = index.size[entries].copy()
    sparse = np.flatnonzero(np.isin(entries, list(index.sparse)))
    sizes[sparse] = [index.stored_of(entry) for entry in entries[sparse].tolist()]
    row = np.searchsorted(nodes, held, side="right") - 1
    unseen = _unseen(image, held, entries + int(image.stack.starts[layer]))
    return _sums(row, sizes, len(nodes)), _sums(row[unseen], sizes[unseen], len(nodes))


def _unseen(image: OpenImage, nodes: Array, providers: Array) -> Array:
    visible = image.final.visible
    unseen: Array = visible[nodes] != providers
    if unseen.any():
        # Another name, a hard link, may show the same bytes.
        shown = visible[visible != NOTHING]
        linked = image.stack.inodes(shown)
        unseen[unseen] = ~is_in(providers[unseen], linked[linked != shown])
    return unseen


def _sums(rows: Array, sizes: Array, count: int) -> Array:
    sums: Array = np.bincount(rows, sizes, count).astype(np.int64)
    return sums


def _kinds(image: OpenImage, layer: int, nodes: Array, event: dict[str, Array], job: Job) -> Array:
    """The :class:`CellKind` of each cell in which something happens."""
    marks = image.stack.marks[layer]
    white, opaque = is_in(nodes, marks.whiteouts), is_in(nodes, marks.opaques)
    before, after = event["before"], event["after"]
    had, has = before != NOTHING, after != NOTHING
    inside = (event["added"] + event["again"] + event["removed"]) > 0
    folder = has & (_types(image, np.where(has, after, 0)) == EntryType.DIR)
    kinds = np.full(len(nodes), CellKind.SHOWS, np.uint8)
    kinds[~had & ~has] = CellKind.ABSENT
    kinds[~had & has] = CellKind.STORED
    kinds[had & ~has] = CellKind.HIDDEN
    both = np.flatnonzero(had & has & (before != after))
    kinds[both] = _versions(image, before[both], after[both], job)
    plain = (kinds == CellKind.AGAIN) | (kinds == CellKind.SHOWS)
    kinds[plain & folder & inside] = CellKind.INSIDE
    kinds[opaque & folder & had] = CellKind.OPAQUE
    kinds[white & had & has] = CellKind.REPLACED
    kinds[white & ~has] = CellKind.WHITEOUT
    return kinds


def _versions(image: OpenImage, before: Array, after: Array, job: Job) -> Array:
    """What a version is to the one below it."""
    stack = image.stack
    kinds = np.full(len(before), CellKind.AGAIN, np.uint8)
    old_type, new_type = _types(image, before), _types(image, after)
    old, new = stack.inodes(before), stack.inodes(after)
    for row in np.flatnonzero(stack.differs(before, after)).tolist():
        job.check()
        if old_type[row] != new_type[row]:
            kinds[row] = CellKind.REPLACED
        elif new_type[row] == EntryType.FILE and not _same(image, int(old[row]), int(new[row])):
            kinds[row] = CellKind.COPIED
        else:
            kinds[row] = CellKind.METADATA
    return kinds


def _same(image: OpenImage, old: int, new: int) -> bool:
    return NOTHING in (old, new) or image.stack.same_content(old, new)
