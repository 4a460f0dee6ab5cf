"""A state of a stack of layers as something to copy from: an image, a stage, an archive."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from explorer.analysis.content import FileContent
from explorer.build.tree import Branch, Hidden
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING, Stack
from explorer.filesystem.state import State


class StackedTree:
    """What is visible in a state; ``content`` opens the content of a provider."""

    def __init__(
        self,
        state: State,
        content: Callable[[int], FileContent],
        title: str,
        stamp: Hashable,
    ) -> None:
        self._state = state
        self._stack: Stack = state.stack
        self._content = content
        self._title = title
        self._stamp = stamp

    @property
    def title(self) -> str:
        """As :attr:`Tree.title`."""
        return self._title

    @property
    def stamp(self) -> Hashable:
        """As :attr:`Tree.stamp`."""
        return self._stamp

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Tree.entry`."""
        node = self._node(path)
        return None if node is None else self._state.entry(node)

    def children(self, path: bytes) -> Sequence[bytes]:
        """As :meth:`Tree.children`."""
        node = self._node(path)
        if node is None:
            return ()
        return [self._stack.trie.name(child) for child in self._state.children(node)]

    def branch(self, path: bytes) -> Branch | None:
        """As :meth:`Tree.branch`."""
        node = self._node(path)
        return None if node is None else self._branch(path, node)

    def content(self, path: bytes) -> FileContent:
        """As :meth:`Tree.content`."""
        node = self._node(path)
        if node is None:
            raise NotFound(f"No {display(path)} in {self._title}")
        return self._content(int(self._state.visible[node]))

    def hidden(self, path: bytes) -> Hidden | None:
        """As :meth:`Tree.hidden`: nothing is."""

    def _node(self, path: bytes) -> int | None:
        node = self._stack.trie.find(path)
        return node if node is not None and node in self._state else None

    def _branch(self, path: bytes, node: int) -> Branch:
        stack, trie = self._stack, self._stack.trie
        nodes = self._state.nodes(node)
        providers = self._state.visible[nodes].astype(np.int64)
        inodes = stack.inodes(providers)
        inodes = np.where(inodes == NOTHING, providers, inodes)
        parent = np.searchsorted(nodes, trie.parent[nodes])
        parent[0] = 0
        name_at, names = _names(stack, nodes)
        types = stack.column("type", inodes)
        types[types == EntryType.HARDLINK] = EntryType.FILE  # one that binds to nothing
        rows = _first_of_inode(inodes, types)
        links, xattrs, devices = self._details(inodes, types)
        return Branch(
            path=path,
            parent=parent.astype(np.int64),
            name_at=name_at,
            names=names,
            types=types.astype(np.uint8),
            mode=stack.column("mode", inodes),
            uid=stack.column("uid", inodes),
            gid=stack.column("gid", inodes),
            size=np.where(types == EntryType.FILE, stack.column("size", inodes), 0),
            mtime=stack.column("mtime", inodes),
            inode=rows,
            links=links,
            xattrs=xattrs,
            devices=devices,
            implied=np.flatnonzero(providers >= stack.starts[-1]),
        )

    def _details(
        self, inodes: Array, types: Array
    ) -> tuple[dict[int, bytes], dict[int, dict[bytes, bytes]], dict[int, tuple[int, int]]]:
        links: dict[int, bytes] = {}
        xattrs: dict[int, dict[bytes, bytes]] = {}
        devices: dict[int, tuple[int, int]] = {}
        stack = self._stack
        special = (types != EntryType.FILE) & (types != EntryType.DIR)
        for number, source in enumerate(stack.layers):
            if source is not None and source.xattrs:
                having = np.fromiter(source.xattrs, np.int64, len(source.xattrs))
                special |= np.isin(inodes, having + stack.starts[number])
        for row in np.flatnonzero(special).tolist():
            layer, entry = stack.split(int(inodes[row]))
            index = stack.layers[layer]
            if index is None or entry < 0:
                continue
            if types[row] == EntryType.SYMLINK:
                links[row] = index.link_of(entry) or b""
            if entry in index.xattrs:
                xattrs[row] = dict(index.xattrs[entry])
            if entry in index.devices:
                devices[row] = index.devices[entry]
        return links, xattrs, devices


def _first_of_inode(inodes: Array, types: Array) -> Array:
    """For each row the first that has its inode; only files can have several names."""
    rows = np.arange(len(inodes))
    files = np.flatnonzero(types == EntryType.FILE)
    _, first, which = np.unique(inodes[files], return_index=True, return_inverse=True)
    rows[files] = files[first[which]]
    return rows


def _names(stack: Stack, nodes: Array) -> tuple[Array, Array]:
    """The names of some nodes, put one after another; the first one's is left out."""
    trie = stack.trie
    layer_of, node_of = trie.origin_layer[nodes], trie.origin_node[nodes].astype(np.int64)
    start, length = np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.int64)
    for number, layer in enumerate(stack.layers):
        mine = np.flatnonzero(layer_of == number)
        if layer is not None and len(mine):
            at = layer.name_at.astype(np.int64)
            start[mine], length[mine] = at[node_of[mine]], np.diff(at)[node_of[mine]]
    length[:1] = 0
    out_at = np.concatenate(([0], np.cumsum(length)))
    out = np.empty(int(out_at[-1]), np.uint8)
    for number, layer in enumerate(stack.layers):
        mine = np.flatnonzero(layer_of == number)
        if layer is not None and len(mine):
            out[spread(out_at[mine], length[mine])] = layer.names[spread(start[mine], length[mine])]
    return out_at, out


def spread(starts: Array, lengths: Array) -> Array:
    """The places of several stretches, one stretch after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    out: Array = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return out
