"""Providers: which entry of which layer shows at a path, and how two of them differ.

A provider is a number: ``starts[layer] + entry`` for an entry of a layer's index,
``starts[-1] + layer`` for a directory a layer only implies, :data:`NOTHING` for absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from explorer.filesystem.arrays import is_in
from explorer.filesystem.entry import Aspect, Entry, EntryType, differing_aspects
from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.union import UnionTrie

NOTHING = -1


class Contents(Protocol):
    """Reads content when two versions of a file can only be told apart by it."""

    def same(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """Whether two files of equal size, each ``(layer, entry)``, hold the same bytes."""


class Providers:
    """The entries of several layers under one numbering, with the trie of their paths.

    ``bound`` says for each hard link which provider holds its content, in rising order of links.
    """

    def __init__(
        self,
        layers: Sequence[LayerIndex | None],
        trie: UnionTrie,
        contents: Contents | None = None,
        bound: Mapping[int, int] | None = None,
    ) -> None:
        self.layers = tuple(layers)
        self.trie = trie
        lengths = [len(layer) if layer is not None else 0 for layer in self.layers]
        self.starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        self._contents = contents
        self.bound: dict[int, int] = dict(bound or {})
        self._bound_cache: tuple[Array, Array] = (np.empty(0, np.int64), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.layers)

    def provider_layer(self, provider: int) -> int:
        """The layer that a provider belongs to."""
        total = int(self.starts[-1])
        if provider >= total:
            return provider - total
        return int(np.searchsorted(self.starts, provider, side="right")) - 1

    def split(self, provider: int) -> tuple[int, int]:
        """A provider as ``(layer, entry)``; the entry is -1 for an implied directory."""
        layer = self.provider_layer(provider)
        if provider >= self.starts[-1]:
            return layer, -1
        return layer, provider - int(self.starts[layer])

    def inode(self, provider: int) -> int:
        """The provider that holds the content: itself, or what a hard link binds to."""
        return self.bound.get(provider, provider)

    def inodes(self, providers: Array) -> Array:
        """:meth:`inode` of many."""
        if not self.bound:
            return providers
        keys, values = self._bound_columns()
        place = np.searchsorted(keys, providers)
        place[place == len(keys)] = 0
        return np.where(keys[place] == providers, values[place], providers)

    def _bound_columns(self) -> tuple[Array, Array]:
        if len(self._bound_cache[0]) != len(self.bound):
            # Links are bound in rising order of providers: the dictionary is sorted already.
            keys = np.fromiter(self.bound.keys(), np.int64, len(self.bound))
            values = np.fromiter(self.bound.values(), np.int64, len(self.bound))
            self._bound_cache = keys, values
        return self._bound_cache

    def column(self, name: str, providers: Array) -> Array:
        """One column of the layer indexes for many providers; implied directories give zero.

        For ``type`` they give :attr:`EntryType.DIR`, for ``mode`` 0755.
        """
        implied = {"type": int(EntryType.DIR), "mode": 0o755}.get(name, 0)
        out = np.full(len(providers), implied, np.int64)
        if not len(providers):
            return out
        layer_of = np.searchsorted(self.starts, providers, side="right") - 1
        for number, layer in enumerate(self.layers):
            if layer is None or not len(layer):
                continue
            rows = layer_of == number
            if rows.any():
                out[rows] = layer.columns[name][providers[rows] - self.starts[number]]
        return out

    def entry(self, node: int, provider: int) -> Entry:
        """A provider as a value, at the path of ``node``; a hard link as its file."""
        layer, index = self.split(provider)
        path = self.trie.path(node)
        if index < 0:
            return Entry(path=path, type=EntryType.DIR, mode=0o755, layer=layer, implicit=True)
        source = self.layers[layer]
        assert source is not None
        own = source.entry(index, layer=layer)
        if own.type is not EntryType.HARDLINK:
            return replace(own, path=path)
        inode = self.inode(provider)
        if inode == NOTHING:
            return replace(own, path=path, type=EntryType.FILE, link=None)
        origin_layer, origin = self.split(inode)
        held = self.layers[origin_layer]
        assert held is not None
        return replace(held.entry(origin, layer=layer), path=path)

    # -- comparing versions -------------------------------------------------------------------

    def differs(self, before: Array, after: Array) -> Array:
        """Which pairs of providers differ in anything but their modification time.

        Content is read only where everything else is the same.
        """
        a, b = self.inodes(before), self.inodes(after)
        different = np.zeros(len(a), bool)
        told = (a != NOTHING) & (b != NOTHING) & (a != b)
        kind_a, kind_b = self.column("type", a), self.column("type", b)
        different |= kind_a != kind_b
        symlink = kind_a == EntryType.SYMLINK
        file = kind_a == EntryType.FILE
        different |= told & ~symlink & (self.column("mode", a) != self.column("mode", b))
        for name in ("uid", "gid"):
            different |= told & (self.column(name, a) != self.column(name, b))
        sizes = self.column("size", a)
        different |= told & file & (sizes != self.column("size", b))
        rare = np.flatnonzero(told & ~different)
        for row in rare[self._may_differ_in_details(a[rare], b[rare], kind_a[rare])].tolist():
            different[row] = self._details(int(a[row])) != self._details(int(b[row]))
        for row in np.flatnonzero(told & ~different & file & (sizes > 0)).tolist():
            different[row] = not self.same_content(int(a[row]), int(b[row]))
        return different

    def _may_differ_in_details(self, a: Array, b: Array, kinds: Array) -> Array:
        special = np.isin(kinds, (EntryType.SYMLINK, EntryType.CHAR, EntryType.BLOCK))
        with_xattrs = self._providers_with_xattrs()
        if len(with_xattrs):
            special = special | is_in(a, with_xattrs) | is_in(b, with_xattrs)
        return special

    def _providers_with_xattrs(self) -> Array:
        found = [
            np.fromiter(layer.xattrs, np.int64, len(layer.xattrs)) + self.starts[number]
            for number, layer in enumerate(self.layers)
            if layer is not None and layer.xattrs
        ]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _details(self, provider: int) -> tuple[object, ...]:
        layer, index = self.split(provider)
        source = self.layers[layer]
        if index < 0:
            return None, None, {}
        assert source is not None
        kind = source.type[index]
        link = source.link_of(index) if kind == EntryType.SYMLINK else None
        return link, source.devices.get(index), source.xattrs.get(index, {})

    def same_content(self, a: int, b: int) -> bool:
        """Whether two regular files, given as inodes, hold the same bytes."""
        if a == b:
            return True
        (layer_a, entry_a), (layer_b, entry_b) = self.split(a), self.split(b)
        index_a, index_b = self.layers[layer_a], self.layers[layer_b]
        assert index_a is not None
        assert index_b is not None
        if index_a.size_of(entry_a) != index_b.size_of(entry_b):
            return False
        mark_a, mark_b = index_a.fingerprint(entry_a), index_b.fingerprint(entry_b)
        sparse = entry_a in index_a.sparse or entry_b in index_b.sparse
        if mark_a is not None and mark_b is not None and not sparse:
            return mark_a == mark_b
        if self._contents is None:
            return False
        return self._contents.same((layer_a, entry_a), (layer_b, entry_b))

    def aspects(self, before: int, after: int) -> tuple[Aspect, ...]:
        """What differs between two providers of one path; content is read where it must be."""
        old, new = self.entry(0, before), self.entry(0, after)
        both_files = old.type is EntryType.FILE and new.type is EntryType.FILE
        a, b = self.inode(before), self.inode(after)
        same = both_files and NOTHING not in (a, b) and self.same_content(a, b)
        return differing_aspects(old, new, same_content=same)
