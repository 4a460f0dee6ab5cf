"""The trie of paths that a layer index keeps, while it is built."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from explorer.filesystem.entry import OPAQUE_NAME, WHITEOUT_PREFIX, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.live import live_entries
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
        # Last components of directories and symlinks: what has none of them replaces nothing.
        self._bases: set[bytes] = set()
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
            directory, _, base = name.rpartition(b"/")
            if replaces and base in self._bases and kinds[row] != _DIR:
                self._replace(self._real(normalise(name)[0]))
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
        self._replace(path)
        self._symlinks.add(path, target)
        self._bases.add(path.rpartition(b"/")[2])

    def _replace(self, path: bytes) -> None:
        """Something comes that is no directory: what led through the path leads there no more."""
        if path in self._dirs or path in self._symlinks:
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
        if self._symlinks:
            self._replace(path)
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
            self._bases.add(base)
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
        names = np.frombuffer(bytes(self._names), np.uint8)
        # A million entries: what is taken over is let go of at once.
        self._parent, self._name_at, self._names = array("I"), array("I"), bytearray()
        self._spelled.clear()
        keys = child_keys(parent, name_hashes(names, name_at))
        repeated = _repeated(keys)
        if len(repeated):
            rows = _rows_with(keys, repeated)
            parent, name_at, names = self._merge(columns, parent, name_at, names, keys, rows)
            keys = child_keys(parent, name_hashes(names, name_at))
        columns["parent"], columns["name_at"], columns["names"] = parent, name_at, names
        columns["live"] = live_entries(columns)
        self._bind_links(columns, keys)

    def _merge(
        self,
        columns: dict[str, Array],
        parent: Array,
        name_at: Array,
        names: Array,
        keys: Array,
        rows: Array,
    ) -> tuple[Array, Array, Array]:
        """Give every path one node: the first that was made for it.

        ``rows`` are the nodes of paths that have several. Most often they are few among many, and
        the others are left alone.
        """
        rows = rows[np.argsort(keys[rows], kind="stable")]
        again = np.zeros(len(rows), bool)
        again[1:] = keys[rows[1:]] == keys[rows[:-1]]
        firsts, repeats = np.flatnonzero(~again), np.flatnonzero(again)
        leaders = rows[firsts[np.searchsorted(firsts, repeats, side="right") - 1]]
        keep = np.ones(len(keys), bool)
        keep[rows[repeats]] = False
        moved = np.cumsum(keep, dtype=np.uint32) - np.uint32(1)
        moved[rows[repeats]] = moved[leaders]
        # A path can be named as a file before children make it a directory: then the first node
        # comes after none of its children, since children are only made below the later one.
        columns["node"] = moved[columns["node"]]
        new_at, new_names = _only(name_at, names, keep)
        for path, node in self._dirs.items():
            self._dirs[path] = int(moved[node])
        return moved[parent[keep]], new_at, new_names

    def _bind_links(self, columns: dict[str, Array], keys: Array) -> None:
        """Bind each hard link to the entry of this layer that its target named at that point."""
        rows = columns["link_entry"]
        targets = np.full(len(rows), -1, np.int32)
        columns["link_target"] = targets
        hard = np.flatnonzero(columns["type"][rows] == EntryType.HARDLINK)
        if not len(hard):
            return
        links, at = columns["links"].tobytes(), columns["link_at"]
        paths = [normalise(links[at[row] : at[row + 1]])[0] for row in hard.tolist()]
        earlier = _Earlier(columns, keys)
        targets[hard] = earlier.find(self._keys_of(paths), rows[hard])
        # A path that nothing stood at runs through a symlink, if it leads anywhere.
        open_ends = np.flatnonzero(targets[hard] < 0) if self._symlinks else ()
        if len(open_ends):
            real = [self._real(paths[number]) for number in open_ends]
            through = hard[open_ends]
            targets[through] = earlier.find(self._keys_of(real), rows[through])

    def _keys_of(self, paths: list[bytes]) -> list[int | None]:
        """The key of each path's node; None where its directory is not in this layer."""
        found: list[int | None] = []
        for path in paths:
            directory, _, base = path.rpartition(b"/")
            node = self._dirs.get(directory)
            known = node is not None and base
            found.append((node * _MIX + hash(base)) & _MASK if known and node is not None else None)
        return found


class _Earlier:
    """Finds the last entry of a path before a point of the tar."""

    def __init__(self, columns: dict[str, Array], keys: Array) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        real = np.flatnonzero(columns["type"] < EntryType.WHITEOUT)
        self._entries = real[np.argsort(columns["node"][real], kind="stable")]
        self._nodes = columns["node"][self._entries]

    def find(self, keys: list[int | None], before: Array) -> Array:
        """For each key, the last entry at its node that precedes the entry ``before``, or -1."""
        out = np.full(len(keys), -1, np.int32)
        wanted = np.array([key or 0 for key in keys], np.uint64)
        places = np.searchsorted(self._keys, wanted)
        places[places == len(self._keys)] = 0
        nodes = self._order[places]
        known = (self._keys[places] == wanted) & np.array([key is not None for key in keys])
        starts = np.searchsorted(self._nodes, nodes, side="left")
        stops = np.searchsorted(self._nodes, nodes, side="right")
        for row in np.flatnonzero(known).tolist():
            there = self._entries[starts[row] : stops[row]]
            count = int(np.searchsorted(there, before[row]))
            if count:
                out[row] = there[count - 1]
        return out


def _repeated(keys: Array) -> Array:
    """The keys that come more than once, rising."""
    ordered = np.sort(keys)
    found: Array = ordered[1:][ordered[1:] == ordered[:-1]]
    fresh = np.ones(len(found), bool)
    fresh[1:] = found[1:] != found[:-1]
    return found[fresh]


def _rows_with(keys: Array, wanted: Array) -> Array:
    """The rows that have one of some keys, given in rising order."""
    mask = np.zeros(len(keys), bool)
    for low in range(0, len(keys), _CHUNK):
        part = keys[low : low + _CHUNK]
        place = np.minimum(np.searchsorted(wanted, part), len(wanted) - 1)
        mask[low : low + _CHUNK] = wanted[place] == part
    return np.flatnonzero(mask)


def _only(at: Array, names: Array, keep: Array) -> tuple[Array, Array]:
    """Names that are kept: where each starts, and their bytes."""
    lengths = np.diff(at)
    new_at = np.zeros(np.count_nonzero(keep) + 1, np.uint32)
    np.cumsum(lengths[keep], out=new_at[1:])
    new_names, done = np.empty(new_at[-1], np.uint8), 0
    for low in range(0, len(keep), _CHUNK):
        part = slice(low, low + _CHUNK)
        stop = min(low + _CHUNK, len(keep))
        kept = names[at[low] : at[stop]][np.repeat(keep[part], lengths[part])]
        new_names[done : done + len(kept)] = kept
        done += len(kept)
    return new_at, new_names
