"""Looking at a folder again where something changed, and keeping the rest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from explorer.build.context.entries import Columns, Entries
from explorer.build.context.found import Found
from explorer.build.context.ignoring import Decider
from explorer.build.context.opening import OpenFolder, open_below
from explorer.build.context.scanning import Walk, signed
from explorer.filesystem.entry import EntryType
from explorer.progress import Job


class Rescan:
    """Makes new columns of old ones. Folders that changed are listed again, one level deep.

    A folder below one of these is kept as it is if it still is the same inode, walked if not.
    ``touched`` are the folders that were listed, ``fresh`` those that were walked anew.
    """

    def __init__(
        self, root: Path, entries: Entries, decider: Decider, job: Job, found: Found
    ) -> None:
        self._root = root
        self._entries = entries
        self._decider = decider
        self._job = job
        self._found = found
        self.fresh: set[bytes] = set()
        self._listed: dict[int, bytes] = {}
        self.touched: frozenset[bytes] = frozenset()

    def columns(self, changed: Iterable[bytes]) -> Columns:
        """All rows after the changes of some paths, relative to the folder."""
        for path in changed:
            self._touch(path)
        self.touched = frozenset(self._listed.values())
        return Columns.joined(list(self._pieces(0, len(self._entries))))

    def _touch(self, path: bytes) -> None:
        """Note which known folder is to be listed for a changed path, and what to walk anew."""
        row, at = 0, b""
        above, _, _ = path.strip(b"/").rpartition(b"/")
        for name in above.split(b"/") if above else ():
            below = at + b"/" + name if at else name
            child = self._entries.child(row, name)
            if child is None or self._entries.type[child] != EntryType.DIR:
                break
            if self._decider.at(os.fsdecode(below))[0]:
                self.fresh.add(below)  # whether it is there at all depends on what it holds
                break
            row, at = child, below
        self._listed[row] = at

    def _pieces(self, start: int, stop: int) -> Iterator[Columns]:
        """The rows of a slice, folders to be listed replaced."""
        kept = start
        for row in sorted(self._listed):
            if not kept <= row < stop:
                continue
            if kept < row:
                yield self._entries.slice(kept, row)
            yield from self._relisted(row, self._listed[row])
            kept = int(self._entries.end[row])
        if kept < stop:
            yield self._entries.slice(kept, stop)

    def _relisted(self, row: int, path: bytes) -> Iterator[Columns]:
        try:
            folder = open_below(self._root, path)
        except OSError:
            return  # gone meanwhile: the folder above it is about to be listed, too
        with folder:
            yield from self._folder(row, path, folder)

    def _folder(self, row: int, path: bytes, folder: OpenFolder) -> Iterator[Columns]:
        entries = self._entries
        walk = Walk(self._decider, self._job, self._found)
        depth, name = int(entries.depth[row]), entries.name(row)
        walk.folder(folder, os.fsdecode(path), depth, name, partial(self._is_known, row, path))
        listed = Entries(walk.columns)
        at = 0
        for new in walk.known:
            child = entries.child(row, listed.name(new))
            assert child is not None
            if child in self._listed:
                yield listed.slice(at, new)
                yield from self._relisted(child, self._listed[child])
            else:
                yield listed.slice(at, new + 1)
                yield from self._pieces(child + 1, int(entries.end[child]))
            at = new + 1
        yield listed.slice(at, len(listed))

    def _is_known(self, row: int, path: bytes, name: bytes, found: os.stat_result) -> bool:
        """Whether a folder in a listed one is the one it was, so that what it holds is kept."""
        child = self._entries.child(row, name)
        if child is None or (path + b"/" + name if path else name) in self.fresh:
            return False
        return (
            int(self._entries.type[child]) == EntryType.DIR
            and int(self._entries.inode[child]) == signed(found.st_ino)
            and int(self._entries.device[child]) == signed(found.st_dev)
        )
