"""Bringing blobs into the store."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import DamagedImage
from explorer.oci import Descriptor, Digest
from explorer.progress import Job
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.store.images.locks import locked, try_lock

_SHA256 = Digest.of(b"")


class BlobWriter:
    """One blob on its way in: written, hashed as it is written, and then settled or dropped.

    Its file is locked while it grows, so that a clean-up knows it from what a crash left.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._hasher = _SHA256.hasher()
        self.size = 0
        try:
            layout.ingest.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fd, name = tempfile.mkstemp(dir=layout.ingest)
        except OSError as error:
            raise cannot_write(layout.ingest, error) from error
        self._path = Path(name)
        try_lock(self._fd)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Add bytes; raises :class:`explorer.errors.StorageFull` where there is no room."""
        self._hasher.update(data)
        view = memoryview(data)
        self.size += len(view)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            raise cannot_write(self._layout.ingest, error) from error
        return len(data)

    def finish(self, media_type: str, expected: Digest | None = None) -> Descriptor:
        """Flush the blob to the disk and give it its name.

        Raises :class:`explorer.errors.DigestMismatch`; the store is then as it was.
        """
        digest = Digest.from_hasher(self._hasher)
        try:
            if expected is not None and expected != digest:
                expected.verify_hasher(self._hasher, "A blob")
            if self._layout.has(digest, self.size):
                return Descriptor(media_type, digest, self.size)
            self._settle(digest)
        finally:
            self.close()
        return Descriptor(media_type, digest, self.size)

    def _settle(self, digest: Digest) -> None:
        try:
            os.fsync(self._fd)
            self._path.chmod(0o644)
        except OSError as error:
            raise cannot_write(self._layout.ingest, error) from error
        if os.name == "nt":  # which renames no open file
            os.close(self._fd)
            self._fd = -1
        self._layout.settle(self._path, digest)

    def close(self) -> None:
        """Drop what was not settled; harmless afterwards."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> BlobWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Ingest:
    """Blobs being brought in: until it ends, no clean-up touches any blob of the store."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def has(self, descriptor: Descriptor) -> bool:
        """Whether a blob is here already, and stays."""
        return self.layout.has(descriptor.digest, descriptor.size)

    def writer(self) -> BlobWriter:
        """A blob to write piece by piece; use it in a ``with``."""
        return BlobWriter(self.layout)

    def put(self, data: bytes, media_type: str) -> Descriptor:
        """A document as a blob."""
        with self.writer() as writer:
            writer.write(data)
            return writer.finish(media_type)

    def stream(
        self,
        chunks: Iterable[bytes],
        media_type: str,
        *,
        expected: Descriptor | None = None,
        job: Job | None = None,
    ) -> Descriptor:
        """A stream as a blob; ``expected`` is what it must turn out to be.

        Raises :class:`explorer.errors.DigestMismatch`, :class:`DamagedImage` where it is longer
        or shorter, and :class:`explorer.errors.Cancelled`. Nothing is kept then.
        """
        with self.writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
                if expected is not None and writer.size > expected.size:
                    break
                if job is not None:
                    job.advance(len(chunk))
            if expected is not None and writer.size != expected.size:
                more = "more" if writer.size > expected.size else "fewer"
                raise DamagedImage(
                    f"Blob {expected.digest.short} has the wrong length",
                    why=f"its descriptor says {expected.size:,} bytes, and there are {more}",
                    hint="Fetch or export the image again",
                )
            return writer.finish(media_type, expected.digest if expected is not None else None)


@contextmanager
def ingesting(layout: Layout, job: Job | None = None) -> Iterator[Ingest]:
    """Bring blobs into a layout, which is made if it is not there.

    What others left when they died is cleared first.
    """
    layout.make()
    with locked(layout.use_lock, shared=True, job=job):
        clear(layout)
        yield Ingest(layout)


def abandoned(layout: Layout) -> Iterator[Path]:
    """Files that a writer left when it died."""
    with contextlib.suppress(OSError):
        for path in layout.ingest.iterdir():
            with contextlib.suppress(OSError):
                fd = os.open(path, os.O_RDWR)
                try:
                    if try_lock(fd):
                        yield path
                finally:
                    os.close(fd)


def clear(layout: Layout) -> int:
    """Delete what writers left when they died; returns how many bytes that were."""
    size = 0
    for path in abandoned(layout):
        with contextlib.suppress(OSError):
            size += path.stat().st_size
            path.unlink()
    with locked(layout.index_lock):  # whoever writes a new index holds it
        for path in layout.root.glob(".index.json.*.new"):
            with contextlib.suppress(OSError):
                size += path.stat().st_size
                path.unlink()
    return size
