"""A file as the user has it: the tar in it, whatever compression stands around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.blobs.access import RandomAccess, SharedFile
from explorer.blobs.compression import Compression, plain_chunks
from explorer.blobs.feeds import FileFeed
from explorer.errors import DamagedImage, LimitExceeded
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.progress import Job
from explorer.store.cache import Caches


def look_inside(
    file: SharedFile, compression: Compression, caches: Caches, job: Job
) -> tuple[RandomAccess, LayerIndex]:
    """The plain file and the index of its members; of a damaged one, what can be had of it.

    Raises :class:`LimitExceeded` for a bomb, :class:`explorer.errors.StorageFull`, and
    :class:`explorer.errors.Cancelled`.
    """
    if compression == "none":
        job.expect(file.size)
        feed = FileFeed(file, job)
        index = build_index(feed, job)
        job.advance(file.size - feed.told)
        return file, index
    whole = _Plain(file, compression, job)
    try:
        access = caches.plain.open(f"{file.identity}-{compression}", whole.chunks)
        index = build_index(FileFeed(access), job)
    except LimitExceeded:
        raise
    except DamagedImage:
        part = _Plain(file, compression, job, tolerant=True)
        access = caches.plain.open(None, part.chunks)
        index = build_index(FileFeed(access), job)
        return access, replace(index, damage=part.damage or index.damage)
    if whole.bomb is not None:  # it went off in the background
        raise whole.bomb
    return access, index


class _Plain:
    """The plain bytes of a compressed file; if ``tolerant``, as far as they are good."""

    def __init__(
        self, file: SharedFile, compression: Compression, job: Job, *, tolerant: bool = False
    ) -> None:
        self._file, self._compression, self._job = file, compression, job
        self._tolerant = tolerant
        self.damage = ""
        self.bomb: LimitExceeded | None = None

    def chunks(self, inner: Job) -> Iterator[bytes]:
        """As :data:`explorer.store.spool.Chunks`."""
        self._job.expect(self._file.size)
        try:
            for chunk in plain_chunks(self._file, self._compression, self._job):
                inner.check()
                yield chunk
        except LimitExceeded as error:
            self.bomb = error
            raise
        except DamagedImage as error:
            if not self._tolerant:
                raise
            self.damage = str(error)
