"""Extended attributes of files in a build context, which BuildKit copies with them.

They are read once for each file, and again when its inode changes. What cannot be read has none:
a build would leave them out as well.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np

from explorer.analysis.content import FileContent
from explorer.build.context.context import Context
from explorer.build.context.opening import OpenFolder, open_below
from explorer.build.context.tree import ContextTree
from explorer.build.tree import Branch, Hidden, Tree
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display, is_below
from explorer.progress import Job

Attributes = Mapping[bytes, bytes]

_OF_THE_MACHINE: Final = (b"security.selinux", b"system.", b"trusted.overlay.", b"com.apple.")
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_BRANCHES: Final = 64  # whose attributes are at hand
_MOST: Final = 1 << 20  # states of files that are remembered


class AttributeMemo:
    """What is known of files by their inode and the time it changed."""

    def __init__(self) -> None:
        self._known = np.empty(0, np.uint64)
        self._found: dict[int, Attributes] = {}
        self._last: OrderedDict[tuple[str, bytes], dict[int, Attributes]] = OrderedDict()

    def tree(self, tree: Tree, job: Job) -> Tree:
        """The same tree; that of a folder with the attributes of its files."""
        return AttributedTree(tree, self, job) if isinstance(tree, ContextTree) else tree

    def with_attributes(self, context: Context, branch: Branch, job: Job) -> Branch:
        """A branch of a context with the attributes of its files."""
        key = context.stamp, branch.path
        if key not in self._last:
            self._last[key] = self.of(context, branch, job)
            if len(self._last) > _BRANCHES:
                self._last.popitem(last=False)
        return replace(branch, xattrs=self._last[key])

    def of(self, context: Context, branch: Branch, job: Job) -> dict[int, Attributes]:
        """The attributes of the regular files of a branch, by row."""
        first = context.entries.find(branch.path)
        if not hasattr(os, "listxattr") or first is None:
            return {}
        rows = np.flatnonzero(branch.types == EntryType.FILE)
        keys = _keys(context, first + rows)
        unknown = ~np.isin(keys, self._known)
        if unknown.sum() > _MOST:
            return {}  # it would take minutes
        if unknown.any():
            self._read(context, branch, rows[unknown], keys[unknown], job)
        if not self._found:
            return {}
        having = np.isin(keys, np.fromiter(self._found, np.uint64, len(self._found)))
        pairs = zip(rows[having].tolist(), keys[having].tolist(), strict=True)
        return {row: self._found[key] for row, key in pairs}

    def _read(self, context: Context, branch: Branch, rows: Array, keys: Array, job: Job) -> None:
        if len(self._known) > _MOST:
            self._known = np.empty(0, np.uint64)
            self._found.clear()
        folders: dict[bytes, list[tuple[bytes, int]]] = {}
        for row, key in zip(rows.tolist(), keys.tolist(), strict=True):
            if row:
                folder, name = branch.path_of(int(branch.parent[row])), branch.name(row)
            else:
                folder, _, name = branch.path.rpartition(b"/")
            folders.setdefault(folder, []).append((name, key))
        for path, members in folders.items():
            job.check()
            with suppress(OSError), open_below(context.folder, path.strip(b"/")) as opened:
                found = ((key, _attributes(opened, name)) for name, key in members)
                self._found.update((key, values) for key, values in found if values)
        self._known = np.union1d(self._known, keys)


class AttributedTree:
    """A context with the extended attributes of its files."""

    def __init__(self, tree: ContextTree, memo: AttributeMemo, job: Job) -> None:
        self._tree = tree
        self._memo = memo
        self._job = job

    @property
    def title(self) -> str:
        """As :attr:`Tree.title`."""
        return self._tree.title

    @property
    def stamp(self) -> Hashable:
        """As :attr:`Tree.stamp`."""
        return self._tree.stamp

    def notes(self, path: bytes) -> list[str]:
        """What could not be read at a path and below it, in sentences."""
        found = ((b"/" + note.path, note.what) for note in self._tree.context.notes)
        return [
            f"{display(where)}: {what}"
            for where, what in found
            if where == path or is_below(where, path)
        ]

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Tree.entry`."""
        return self._tree.entry(path)

    def children(self, path: bytes) -> Sequence[bytes]:
        """As :meth:`Tree.children`."""
        return self._tree.children(path)

    def branch(self, path: bytes) -> Branch | None:
        """As :meth:`Tree.branch`."""
        branch = self._tree.branch(path)
        if branch is None:
            return None
        return self._memo.with_attributes(self._tree.context, branch, self._job)

    def content(self, path: bytes) -> FileContent:
        """As :meth:`Tree.content`."""
        return self._tree.content(path)

    def hidden(self, path: bytes) -> Hidden | None:
        """As :meth:`Tree.hidden`."""
        return self._tree.hidden(path)


def _keys(context: Context, rows: Array) -> Array:
    entries = context.entries
    inode = entries.inode[rows].astype(np.uint64)
    device = entries.device[rows].astype(np.uint64)
    changed = entries.ctime[rows].astype(np.uint64)
    mixed: Array = (inode * _MIX + changed) * _MIX + device
    return mixed


def _attributes(folder: OpenFolder, name: bytes) -> dict[bytes, bytes]:
    """Those of a file; none where it cannot be read, for then it cannot be copied either."""
    try:
        fd = folder.file(os.fsdecode(name))
    except OSError:
        return {}
    try:
        names = [os.fsencode(each) for each in os.listxattr(fd)]
        own = (each for each in names if not each.startswith(_OF_THE_MACHINE))
        return {each: os.getxattr(fd, each) for each in own}
    except OSError:
        return {}
    finally:
        os.close(fd)
