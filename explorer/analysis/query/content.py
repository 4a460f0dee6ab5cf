"""The term about content: files are read, once each, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.analysis.content import FileContent
from explorer.analysis.query.expression import Context, Cost, clause, quoted
from explorer.analysis.query.rows import Rows
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """A regular file holds a text, anywhere. ``fold`` takes capital and small letters alike."""

    text: bytes
    fold: bool
    shown: str
    cost: Cost = Cost.CONTENT
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which files hold it. Files are read in the order in which they are stored."""
        mask = np.zeros(len(rows), bool)
        files = (rows.column("type") == EntryType.FILE) & (rows.column("size") >= len(self.text))
        maybe = np.flatnonzero(files)
        inodes = rows.stack.inodes(rows.shown()[maybe])
        for place in np.argsort(inodes, kind="stable").tolist():
            mask[maybe[place]] = self._holds(int(inodes[place]), context)
        return mask

    def _holds(self, inode: int, context: Context) -> bool:
        context.job.check()
        if inode == NOTHING:
            return False
        key = (self, inode)
        known = context.answers.get(key)
        if known is None:
            known = context.answers[key] = self._search(inode, context)
        return known

    def _search(self, inode: int, context: Context) -> bool:
        limits = context.limits
        try:
            content = context.read(inode)
            for data, new in _windows(content, len(self.text) - 1, limits.file):
                context.job.advance(new)
                context.read_bytes += new
                if context.read_bytes > limits.total:
                    context.note(f"Only the first {limits.total:,} bytes of content were searched")
                    return False
                if self.text in (data.lower() if self.fold else data):
                    return True
        except (DamagedImage, NotFound) as error:
            context.note(f"Some content could not be searched: {error.what}")
            return False
        if _length(content) > limits.file:
            context.note(f"Of large files only the first {limits.file:,} bytes were searched")
        return False

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("content", "contains", quoted(self.shown), negated=negated)


def _length(content: FileContent) -> int:
    """Bytes stored: the holes of a sparse file cost nothing."""
    return content.sparse.stored if content.sparse is not None else content.size


def _windows(content: FileContent, overlap: int, limit: int) -> Iterator[tuple[bytes, int]]:
    """The bytes of a file, each piece with the end of the one before, and how many are new.

    Holes of sparse files are passed over: no text of a query is in them.
    """
    runs = content.sparse.runs if content.sparse is not None else ((0, content.size),)
    for start, length in runs:
        tail = b""
        for at in range(start, start + length, _CHUNK):
            if limit <= 0:
                return
            data = content.read_at(at, min(_CHUNK, start + length - at, limit))
            limit -= len(data)
            yield tail + data, len(data)
            tail = (tail + data)[-overlap:] if overlap else b""
