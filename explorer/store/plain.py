"""Plain copies of compressed blobs, so that any member can be read without starting over.

A gzip or zstd stream can only be entered at its start. The first time content is wanted from one,
it is decompressed once, in the background, into the cache; a reader waits only until the bytes it
wants are there. Small blobs stay in memory.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from explorer.blobs.access import InMemory, Part, RandomAccess, SharedFile
from explorer.errors import ExplorerError
from explorer.progress import Job
from explorer.store.folder import CacheFolder
from explorer.store.spool import TRAILER, Chunks, Spool, trailer

LIMIT = 8 << 30  # bytes on disk
SMALL = 16 << 20  # bytes of plain content that stay in memory


class PlainCache:
    """Plain copies by key (a digest, or the identity of a file)."""

    def __init__(self, root: Path) -> None:
        self._folder = CacheFolder(root / "plain", LIMIT)

    def open(self, key: str | None, chunks: Chunks, *, small: int | None = None) -> RandomAccess:
        """Random access to what ``chunks`` yields; up to ``small`` bytes (:data:`SMALL`) in memory.

        Without a key the copy is of use to this reader alone, and gone after it. Raises what
        ``chunks`` raises, on opening or at the first read that needs it, and
        :class:`explorer.errors.StorageFull`.
        """
        name = _name(key) if key else ""
        kept = self._kept(name) if name else None
        if kept is not None:
            return kept
        most = SMALL if small is None else small
        job = Job()
        coming = chunks(job)
        head: list[bytes] = []
        length = 0
        for chunk in coming:
            head.append(chunk)
            length += len(chunk)
            if length > most:
                return Spool(self._folder, name, chain(head, coming), job)
        return InMemory(b"".join(head))

    def kept(self, key: str) -> RandomAccess | None:
        """The copy under a key, if there is one."""
        return self._kept(_name(key))

    def _kept(self, name: str) -> RandomAccess | None:
        """A copy made earlier. One that a crash or a full disk cut short is dropped."""
        path = self._folder.file(name)
        if not path.is_file():
            return None
        try:
            file = SharedFile(path)
            length = file.size - TRAILER
            if length >= 0 and file.read_at(length, TRAILER) == trailer(length):
                self._folder.touch(name)
                return Part(file, 0, length)
        except ExplorerError:
            pass  # it can be made again
        self._folder.drop(name)
        return None


def _name(key: str) -> str:
    return key.replace(":", "-").replace("/", "-") + ".tar"
