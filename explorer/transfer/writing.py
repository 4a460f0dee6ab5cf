"""Parcels into archives and layouts: the same bytes for the same content."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from explorer.errors import UsageError
from explorer.oci import Descriptor, Digest, ImageIndex, Reference
from explorer.oci.annotations import CONTAINERD_NAME, REF_NAME
from explorer.progress import Job
from explorer.store.images.ingest import BlobWriter
from explorer.store.images.layout import Layout
from explorer.transfer.archive import ArchiveWriter, whole_file
from explorer.transfer.parcels import Blob, Parcel
from explorer.transfer.receipt import Fate, Moved, Step, Watch

_HEADER: Final = b'{"imageLayoutVersion":"1.0.0"}'


class Told:
    """Collects what became of each blob, and says so as it happens."""

    def __init__(self, watch: Watch | None = None) -> None:
        self._watch = watch
        self._digests: set[Digest] = set()
        self.moved: list[Moved] = []

    def knows(self, digest: Digest) -> bool:
        """Whether a blob arrived already."""
        return digest in self._digests

    def arrived(self, descriptor: Descriptor, fate: Fate) -> None:
        """One blob is where it should be."""
        self._digests.add(descriptor.digest)
        self.moved.append(Moved(descriptor, fate))
        if self._watch is not None:
            self._watch(Step(descriptor, descriptor.size, fate))

    def going(self, blob: Blob, job: Job) -> Iterator[bytes]:
        """The bytes of a blob on their way, verified behind the last."""
        done = 0
        for chunk in blob.chunks(job):
            done += len(chunk)
            yield chunk
            if self._watch is not None:
                self._watch(Step(blob.descriptor, done))


def to_file(
    parcels: Sequence[Parcel], target: Path, mtime: int, job: Job, told: Told, *, docker: bool
) -> int:
    """Write one archive, which replaces a file when it is whole; returns its bytes.

    Raises as :func:`to_archive` and :func:`explorer.transfer.archive.whole_file`.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder", hint="Name a file, or use --format oci")
    with whole_file(target) as out:
        return to_archive(parcels, out, mtime, job, told, docker=docker)


def to_archive(
    parcels: Sequence[Parcel],
    out: IO[bytes],
    mtime: int,
    job: Job,
    told: Told,
    *,
    docker: bool,
    without: Collection[Digest] = (),
) -> int:
    """Write a layout as a tar; with ``docker`` its manifest.json as well, for engines that know
    no layouts. ``without`` are blobs that whoever reads it has. Returns its bytes.

    Raises :class:`explorer.errors.DigestMismatch`, and what reading the blobs raises.
    """
    writer = ArchiveWriter(out, mtime)
    blobs = {blob.descriptor.digest: blob for parcel in parcels for blob in parcel.blobs}
    sent = [blobs[digest] for digest in sorted(blobs) if digest not in without]
    job.expect(sum(blob.descriptor.size for blob in sent))
    for digest in without:
        if digest in blobs:
            told.arrived(blobs[digest].descriptor, "spared")
    for blob in sent:
        described = blob.descriptor
        writer.add(described.digest.blob_path, described.size, told.going(blob, job))
        told.arrived(described, "moved")
    documents = {"index.json": ImageIndex(_entries(parcels)).encode(), "oci-layout": _HEADER}
    if docker:
        documents["manifest.json"] = _docker_manifest(parcels)
    for name, data in documents.items():
        writer.add(name, len(data), [data])
    writer.finish()
    return writer.size


def to_layout(parcels: Sequence[Parcel], target: Path, job: Job, told: Told) -> int:
    """Add to a layout, or make one; returns the bytes that were written.

    Raises as :func:`to_archive`, and :class:`UsageError` for a folder of something else.
    """
    layout = layout_at(target)
    layout.make()
    before = len(told.moved)
    blobs = {blob.descriptor.digest: blob for parcel in parcels for blob in parcel.blobs}
    absent = [b for b in blobs.values() if not layout.has(b.descriptor.digest, b.descriptor.size)]
    job.expect(sum(blob.descriptor.size for blob in absent))
    for blob in blobs.values():
        if blob not in absent:
            told.arrived(blob.descriptor, "spared")
            continue
        with BlobWriter(layout) as writer:
            for chunk in told.going(blob, job):
                writer.write(chunk)
            writer.finish(blob.descriptor.media_type, blob.descriptor.digest)
        told.arrived(blob.descriptor, "moved")
    name_in(layout, _entries(parcels))
    moved = told.moved[before:]
    return sum(one.descriptor.size for one in moved if one.fate == "moved")


def layout_at(target: Path) -> Layout:
    """A folder that is a layout or becomes one; raises :class:`UsageError` for a file."""
    if target.is_file():
        raise UsageError(
            f"{target} is a file", why="a layout is a folder", hint="For a file use oci-archive"
        )
    layout = Layout(target, private=False)
    if target.is_dir() and not layout.exists and not (target / "index.json").exists():
        other = next((path.name for path in target.iterdir() if path.name[0] != "."), "")
        if other:
            raise UsageError(
                f"{target} is no OCI layout",
                why=f"it holds {other}",
                hint="Name an empty folder, or one that is not there yet",
            )
    return layout


def name_in(layout: Layout, entries: Sequence[Descriptor]) -> None:
    """Let a layout name some images; another image that had such a name is no longer in it."""
    names = {entry.annotations.get(CONTAINERD_NAME) for entry in entries} - {None}
    digests = {entry.digest for entry in entries}

    def stays(held: Descriptor) -> bool:
        if held.annotations.get(CONTAINERD_NAME) in names or held in entries:
            return False
        # What the store named, or held without a name, is named by the entry now.
        plain = {None, *names} if set(held.annotations) <= {REF_NAME} else set()
        return held.digest not in digests or held.annotations.get(REF_NAME) not in plain

    layout.write_index((*filter(stays, layout.index().manifests), *entries))
    with contextlib.suppress(OSError):
        layout.ingest.rmdir()  # ours alone, and others do not know it


@contextlib.contextmanager
def shared(layout: Layout) -> Iterator[None]:
    """Use somebody's folder as a store, and leave there nothing of ours that was not there before;
    what a transfer can be resumed from stays."""
    before = set(layout.root.iterdir()) if layout.root.is_dir() else set()
    try:
        yield
    finally:
        for lock in {layout.index_lock, layout.use_lock} - before:
            with contextlib.suppress(OSError):
                lock.unlink(missing_ok=True)
        ours = layout.root.glob(".*") if layout.root.is_dir() else ()
        for folder in set(ours) - before:
            with contextlib.suppress(OSError):
                folder.rmdir()  # where it is empty


def _entries(parcels: Sequence[Parcel]) -> tuple[Descriptor, ...]:
    return tuple(entry for parcel in parcels for entry in entries_of(parcel.root, parcel.names))


def entries_of(root: Descriptor, names: Sequence[Reference]) -> tuple[Descriptor, ...]:
    """What names an image in an ``index.json``, as containerd and skopeo read it."""
    if not names:
        return (root,)
    return tuple(
        replace(root, annotations={CONTAINERD_NAME: str(name), REF_NAME: name.tag or "latest"})
        for name in names
    )


def _docker_manifest(parcels: Sequence[Parcel]) -> bytes:
    """manifest.json of ``docker save``."""
    items = [
        {
            "Config": parcel.config.digest.blob_path,
            "RepoTags": [name.familiar for name in parcel.names] or None,
            "Layers": [layer.digest.blob_path for layer in parcel.layers],
        }
        for parcel in parcels
        if parcel.config is not None
    ]
    return json.dumps(items, separators=(",", ":")).encode()
