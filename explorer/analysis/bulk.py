"""Many entries as values, read from the columns page by page.

:meth:`explorer.filesystem.providers.Providers.entry` makes one at a time; a listing of a million
takes a fifth of the time this way. The values are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING, Providers

_PAGE = 4096
_TYPES = tuple(EntryType)
_LINKS = (EntryType.SYMLINK, EntryType.HARDLINK)


def entries(
    stack: Providers, nodes: Array, providers: Array, *, raw: bool = False
) -> Iterator[Entry]:
    """The entries of providers, at the paths of ``nodes`` (rising).

    A hard link is given as its file, or with ``raw`` as the hard link that the tar has.
    """
    rare = _rare(stack)
    paths = stack.trie.paths(nodes)
    for low in range(0, len(nodes), _PAGE):
        page = slice(low, low + _PAGE)
        yield from _page(stack, nodes[page], providers[page], paths, rare, raw=raw)


def _page(
    stack: Providers,
    nodes: Array,
    providers: Array,
    paths: Iterator[bytes],
    rare: Array,
    *,
    raw: bool,
) -> Iterator[Entry]:
    held = providers if raw else stack.inodes(providers)
    held = np.where(held == NOTHING, providers, held)
    names = ("type", "mode", "uid", "gid", "size", "mtime")
    columns = (stack.column(name, held).tolist() for name in names)
    layers = layer_numbers(stack, providers).tolist()
    special = is_in(held, rare).tolist()
    rows = zip(layers, special, held.tolist(), paths, *columns, strict=False)
    for place, (layer, odd, source, path, kind, mode, uid, gid, size, mtime) in enumerate(rows):
        if odd or source >= stack.starts[-1] or (not raw and kind == EntryType.HARDLINK):
            yield _one(stack, int(nodes[place]), int(providers[place]), raw=raw)
            continue
        link = _link(stack, source) if kind in _LINKS else None
        yield Entry(path, _TYPES[kind], mode, uid, gid, size, mtime, link, layer=layer, stored=size)


def layer_numbers(stack: Providers, providers: Array) -> Array:
    """The layer of each provider."""
    total = stack.starts[-1]
    found = np.searchsorted(stack.starts, providers, side="right") - 1
    numbers: Array = np.where(providers >= total, providers - total, found)
    return numbers


def _one(stack: Providers, node: int, provider: int, *, raw: bool) -> Entry:
    layer, entry = stack.split(provider)
    index = stack.layers[layer] if entry >= 0 else None
    if not raw or index is None:
        return stack.entry(node, provider)
    return index.entry(entry, layer=layer)


def _link(stack: Providers, provider: int) -> bytes | None:
    layer, entry = stack.split(provider)
    index = stack.layers[layer]
    return index.link_of(entry) if index is not None else None


def _rare(stack: Providers) -> Array:
    """Providers with attributes, device numbers or holes, which no column holds."""
    found = [
        np.fromiter(keys, np.int64, len(keys)) + stack.starts[number]
        for number, layer in enumerate(stack.layers)
        if layer is not None
        for keys in (layer.xattrs.keys(), layer.devices.keys(), layer.sparse.keys())
    ]
    return distinct(np.concatenate(found)) if found else np.empty(0, np.int64)
