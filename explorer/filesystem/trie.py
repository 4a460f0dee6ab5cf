"""The trie of paths that a layer index keeps, while it is built."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from explorer.filesystem.entry import OPAQUE_NAME, WHITEOUT_PREFIX, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import PATH_MAX, display, normalise
from explorer.filesystem.symlinks import SymlinkTable

# Book-keeping of AUFS, which the first Docker releases ran on; no part of the image.
_AUFS = re.compile(rb"\.wh\.\.wh\.\.?(aufs|orph|plnk)")
_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_TOP = {b"": 0, b".": 0, b"/": 0}  # how a tar spells its root
_CHUNK = 1 << 15
_DIR = int(EntryType.DIR)
_DOT = ord(".")


def name_hashes(names: bytes | Array, at: Array, out: Array | None = None) -> Array:
    """A 64-bit hash of each name, into ``out`` if given.

    Keyed for the process (SipHash): nobody can plan a collision.
    """
    hashes = np.empty(len(at) - 1, np.uint64) if out is None else out
    view = memoryview(names)  # type: ignore[arg-type]  # arrays are buffers from Python 3.12 on
    for low in range(0, len(hashes), _CHUNK):  # in chunks: Python's integers are large
        bounds = at[low : low + _CHUNK + 1]
        part = bytes(view[bounds[0] : bounds[-1]])
        stops = (bounds - bounds[0]).tolist()
        values = [hash(part[start:stop]) for start, stop in pairwise(stops)]
        hashes[low : low + len(values)] = np.array(values, np.int64).view(np.uint64)
    return hashes


def child_keys(parents: Array, hashes: Array) -> Array:
    """One 64-bit key for each (parent, name) pair, from the parent's number and the name's hash."""
    keys = np.multiply(parents, np.uint64(_MIX), dtype=np.uint64, casting="unsafe")
    keys += hashes
    return keys


class TrieBuilder:
    """Turns the names of tar members, in order, into nodes.

    Only directories are looked up as they come; two entries of one path are found at the end, by
    sorting, which is far quicker than a dictionary of every path and takes a tenth of the memory.
    """

    def __init__(self) -> None:
        self._parent = array("I", [0])
        self._name_at = array("I", [0, 0])
        self._names = bytearray()
        self._dirs: dict[bytes, int] = {b"": 0}
        # Spellings ("./usr", "/usr") of directories, to their nodes: the hot look-up.
        self._spelled: dict[bytes, int] = dict(_TOP)
        self._symlinks = SymlinkTable()
        self._problems: list[str] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """Remarks on names that no unpacker would take as they stand."""
        return tuple(self._problems)

    def place(
        self, names: Sequence[bytes], kinds: list[int], links: Mapping[int, bytes]
    ) -> list[int]:
        """The nodes that entries belong to; -1 for one that is to be left out.

        ``kinds`` are changed to what the entries are: a file may be a whiteout. ``links`` has the
        target of each symlink by its row, rising: names that come after it follow it.
        """
        nodes: list[int] = []
        done = 0
        for row, target in links.items():
            self._place(names, kinds, range(done, row + 1), nodes)
            if nodes[row] >= 0:
                self._note_symlink(names[row], target)
            done = row + 1
        self._place(names, kinds, range(done, len(names)), nodes)
        return nodes

    def _place(
        self, names: Sequence[bytes], kinds: list[int], rows: range, nodes: list[int]
    ) -> None:
        spelled, parents, all_names, name_at = (
            self._spelled,
            self._parent,
            self._names,
            self._name_at,
        )
        replaces = bool(self._symlinks)
        for row in rows:
            name = names[row]
            if replaces and name in spelled and kinds[row] != _DIR:
                self._cut(self._real(normalise(name)[0]))
            directory, _, base = name.rpartition(b"/")
            parent = spelled.get(directory)
            if (
                parent is None
                or kinds[row] == _DIR
                or not base
                or base[0] == _DOT  # ".", "..", and every whiteout
                or len(name) >= PATH_MAX
            ):
                placed = self._unusual(name, EntryType(kinds[row]))
                node, kinds[row] = placed if placed is not None else (-1, kinds[row])
            else:
                node = len(parents)
                parents.append(parent)
                all_names += base
                name_at.append(len(all_names))
            nodes.append(node)

    def _note_symlink(self, name: bytes, target: bytes) -> None:
        path = self._real(normalise(name)[0])
        if path in self._dirs or path in self._symlinks:
            self._cut(path)
        self._symlinks.add(path, target)

    def _cut(self, path: bytes) -> None:
        self._symlinks.cut(path)
        self._respell()

    def _real(self, path: bytes) -> bytes:
        """A path with the symlinks of this layer followed up to its last component."""
        directory, _, base = path.rpartition(b"/")
        directory = self._symlinks.resolve(directory)
        return directory + b"/" + base if directory else base

    def _respell(self) -> None:
        """Directories may be spelled through a symlink that is new, or gone."""
        self._spelled.clear()  # in place: the look-up holds on to it
        self._spelled.update(_TOP)

    def _unusual(self, name: bytes, kind: EntryType) -> tuple[int, EntryType] | None:
        path, escaped = normalise(name)
        if len(path) >= PATH_MAX:
            self._remark(path[:80] + b"...", "is longer than any filesystem takes and is left out")
            return None
        if escaped:
            self._remark(name, "points outside the image; it is shown inside")
        directory, _, base = path.rpartition(b"/")
        if b".wh..wh." in path and any(map(_AUFS.fullmatch, path.split(b"/"))):
            return None
        if base.startswith(WHITEOUT_PREFIX):
            return self._whiteout(directory, base)
        if self._symlinks:
            path = self._real(path)
            directory = path.rpartition(b"/")[0]
        if kind is EntryType.DIR or not path:
            if kind is not EntryType.DIR:
                self._remark(name, "would replace the root by something else; it is left out")
                return None
            if self._symlinks.drop(path):
                self._respell()
            node = self._directory(path)
            if len(name) < PATH_MAX:
                self._spelled.setdefault(name.rstrip(b"/"), node)
            return node, kind
        if self._symlinks and path in self._dirs:
            self._cut(path)
        parent = self._directory(directory)
        spelled = name.rpartition(b"/")[0]
        self._spelled.setdefault(spelled, parent)
        return self._add(parent, base), kind

    def _whiteout(self, directory: bytes, base: bytes) -> tuple[int, EntryType] | None:
        if base == OPAQUE_NAME:
            return self._directory(directory), EntryType.OPAQUE
        target = base[len(WHITEOUT_PREFIX) :]
        if target in (b"", b".", b".."):
            self._remark(base, "is a whiteout that names nothing; it is left out")
            return None
        return self._add(self._directory(directory), target), EntryType.WHITEOUT

    def _directory(self, path: bytes) -> int:
        node = self._dirs.get(path)
        if node is not None:
            return node
        # Ancestors first, without recursion: a path can be two thousand names deep.
        missing = [path]
        while True:
            parent = missing[-1].rpartition(b"/")[0]
            if parent in self._dirs:
                break
            missing.append(parent)
        for directory in reversed(missing):
            above, _, base = directory.rpartition(b"/")
            node = self._dirs[directory] = self._add(self._dirs[above], base)
        return self._dirs[path]

    @property
    def names_size(self) -> int:
        """Bytes of all names so far."""
        return len(self._names)

    def _add(self, parent: int, base: bytes) -> int:
        self._parent.append(parent)
        self._names += base
        self._name_at.append(len(self._names))
        return len(self._parent) - 1

    def _remark(self, name: bytes, text: str) -> None:
        if len(self._problems) < 1000:
            self._problems.append(f"{display(name)} {text}")

    # -- the end ------------------------------------------------------------------------------

    def finish(self, columns: dict[str, Array]) -> None:
        """Add the node columns, merge nodes of one path, and settle what replaces what."""
        parent = np.array(self._parent, np.uint32)
        name_at = np.array(self._name_at, np.uint32)
        names = bytes(self._names)
        # A million entries: what is taken over is let go of at once.
        self._parent, self._name_at, self._names = array("I"), array("I"), bytearray()
        self._spelled.clear()
        hashes = name_hashes(names, name_at)
        keys = child_keys(parent, hashes)
        del hashes
        if _repeats(keys):
            parent, name_at, names = self._merge(columns, parent, name_at, names, keys)
            keys = child_keys(parent, name_hashes(names, name_at))
        columns["parent"], columns["name_at"] = parent, name_at
        columns["names"] = np.frombuffer(names, np.uint8)
        columns["live"] = _live(columns)
        self._bind_links(columns, keys)

    def _merge(
        self,
        columns: dict[str, Array],
        parent: Array,
        name_at: Array,
        names: bytes,
        keys: Array,
    ) -> tuple[Array, Array, bytes]:
        """Give every path one node: the first that was made for it."""
        order = np.argsort(keys, kind="stable").astype(np.uint32)
        again = np.zeros(len(order), bool)
        again[1:] = keys[order[1:]] == keys[order[:-1]]
        # Few paths come twice, so only these are looked at; a million more may be in the layer.
        firsts, repeats = np.flatnonzero(~again).astype(np.uint32), np.flatnonzero(again)
        leaders = firsts[np.searchsorted(firsts, repeats, side="right") - 1]
        keep = np.ones(len(order), bool)
        keep[order[repeats]] = False
        moved = np.cumsum(keep, dtype=np.uint32) - np.uint32(1)
        moved[order[repeats]] = moved[order[leaders]]
        del order, again, firsts
        # A path can be named as a file before children make it a directory: then the first node
        # comes after none of its children, since children are only made below the later one.
        columns["node"] = moved[columns["node"]]
        lengths = np.diff(name_at)
        kept_names = np.frombuffer(names, np.uint8)[np.repeat(keep, lengths)].tobytes()
        new_at = np.zeros(np.count_nonzero(keep) + 1, np.uint32)
        np.cumsum(lengths[keep], out=new_at[1:])
        for path, node in self._dirs.items():
            self._dirs[path] = int(moved[node])
        return moved[parent[keep]], new_at, kept_names

    def _bind_links(self, columns: dict[str, Array], keys: Array) -> None:
        """Bind each hard link to the entry of this layer that its target named at that point."""
        rows = columns["link_entry"]
        targets = np.full(len(rows), -1, np.int32)
        columns["link_target"] = targets
        hard = np.flatnonzero(columns["type"][rows] == EntryType.HARDLINK)
        if not len(hard):
            return
        wanted = np.zeros(len(hard), np.uint64)
        links, at = columns["links"].tobytes(), columns["link_at"]
        known = np.ones(len(hard), bool)
        for number, row in enumerate(hard.tolist()):
            path = normalise(links[at[row] : at[row + 1]])[0]
            directory, _, base = self._real(path).rpartition(b"/")
            node = self._dirs.get(directory)
            if node is None or not base:
                known[number] = False
            else:
                wanted[number] = (node * _MIX + hash(base)) & _MASK
        order = np.argsort(keys, kind="stable")
        found = np.searchsorted(keys[order], wanted)
        found[found == len(order)] = 0
        node_of_target = order[found]
        known &= keys[node_of_target] == wanted
        real = np.flatnonzero(columns["type"] < EntryType.WHITEOUT)
        by_node = real[np.argsort(columns["node"][real], kind="stable")]
        nodes_sorted = columns["node"][by_node]
        stops = np.searchsorted(nodes_sorted, node_of_target, side="right")
        starts = np.searchsorted(nodes_sorted, node_of_target, side="left")
        for number, row in enumerate(hard.tolist()):
            if not known[number]:
                continue
            for place in range(int(stops[number]) - 1, int(starts[number]) - 1, -1):
                if by_node[place] < rows[row]:
                    targets[row] = by_node[place]
                    break


def _repeats(keys: Array) -> bool:
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def _live(columns: dict[str, Array]) -> Array:
    """Which entries stand at the end of the layer: the last of each path and sort."""
    seen = np.zeros(len(columns["parent"]), bool)
    seen[columns["node"]] = True
    if np.count_nonzero(seen) == len(columns["node"]):
        live = np.ones(len(columns["node"]), bool)
        _drop_below_replaced(columns, live)
        return live
    kinds, nodes = columns["type"].astype(np.int64), columns["node"].astype(np.int64)
    sort = np.where(kinds < EntryType.WHITEOUT, 0, kinds)
    key = nodes * 16 + sort
    order = np.argsort(key, kind="stable")
    last = np.ones(len(order), bool)
    last[:-1] = key[order][1:] != key[order][:-1]
    live = np.zeros(len(order), bool)
    live[order] = last
    _drop_below_replaced(columns, live)
    return live


def _drop_below_replaced(columns: dict[str, Array], live: Array) -> None:
    """A directory that the same layer later replaces by something else loses its children.

    That holds even if it becomes a directory again after that.
    """
    kinds, nodes, parent = columns["type"], columns["node"], columns["parent"]
    childful = np.zeros(len(parent), bool)
    childful[parent[1:]] = True
    replacing = (kinds != EntryType.DIR) & (kinds < EntryType.WHITEOUT) & childful[nodes]
    if not replacing.any():
        return
    own = np.full(len(parent), -1, np.int64)
    own[nodes[replacing]] = np.flatnonzero(replacing)  # of several, the last
    # The last replacement among a node's ancestors, by pointer doubling.
    replaced_at, ancestor = own[parent], parent.copy()
    replaced_at[0] = -1
    while ancestor.any():
        replaced_at = np.maximum(replaced_at, replaced_at[ancestor])
        ancestor = ancestor[ancestor]
    order = np.arange(len(nodes))
    above = replaced_at[nodes]
    live &= (above <= order) | (kinds >= EntryType.WHITEOUT)
    # Something put below a file or symlink makes a directory of it; a whiteout puts nothing.
    below = live & (above >= 0) & (kinds != EntryType.WHITEOUT)
    holders = np.unique(parent[nodes[below]])
    while len(holders):
        live[own[holders][own[holders] >= 0]] = False
        holders = np.unique(parent[holders[holders != 0]])
