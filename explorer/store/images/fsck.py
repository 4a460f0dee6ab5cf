"""Whether the store is whole, and what can be done where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.blobs.access import SharedFile, chunks_of
from explorer.errors import DamagedImage, DigestMismatch, ExplorerError
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, media, parse_manifest
from explorer.progress import Job
from explorer.store.images.held import Held, reference_of
from explorer.store.images.ingest import clear
from explorer.store.images.layout import Layout
from explorer.store.images.locks import locked
from explorer.store.images.reach import Reach, below_of, reach

_SMALL = 1 << 20  # bytes; no manifest that a registry takes is larger than four of these


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong. ``images`` are the names (or digests) that suffer from it."""

    what: str
    images: tuple[str, ...]
    blob: Digest | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The result of a check: ``blobs`` and ``bytes`` were read, ``repaired`` says what was done."""

    blobs: int
    bytes: int
    faults: tuple[Fault, ...]
    repaired: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check(layout: Layout, job: Job | None = None) -> Health:
    """Read every blob and follow every image. Raises :class:`explorer.errors.Cancelled`."""
    job = job or Job()
    if not layout.exists:
        return Health(0, 0, ())
    with locked(layout.use_lock, shared=True, job=job):
        count, size, broken = _read_all(layout, job)
        faults = [Fault(f"blob {d.short} does not hash to its name", (), d) for d in broken]
        try:
            descriptors = layout.index().manifests
        except ExplorerError as error:
            return Health(count, size, (Fault(str(error), ()), *faults))
        return Health(count, size, tuple(_faults(layout, descriptors, broken)))


def repair(layout: Layout, job: Job | None = None) -> Health:
    """Check, take away what is broken, and make ``index.json`` anew where it cannot be read.

    Blobs that do not hash to their names are removed, and images that then lack one lose their
    names. An image whose manifest is whole but whose name was lost is held without one.
    """
    job = job or Job()
    health = check(layout, job)
    left = clear(layout) if layout.exists else 0
    done = [f"removed {left:,} bytes that interrupted commands left"] if left else []
    if health.whole:
        return replace(health, repaired=tuple(done))
    with locked(layout.use_lock, job=job), locked(layout.index_lock, job=job):
        for fault in health.faults:
            if fault.blob is not None and layout.has(fault.blob):
                layout.remove(fault.blob)
                done.append(f"removed blob {fault.blob.short}")
        try:
            held = layout.index().manifests
        except DamagedImage:
            held = _found_again(layout)
            done.append(f"made index.json anew, with {len(held)} images")
        whole = tuple(d for d in held if _is_whole(reach(layout, [d])))
        done += [f"removed image {label(d)}" for d in held if d not in whole]
        layout.write_index(whole)
    return Health(health.blobs, health.bytes, health.faults, tuple(done))


def label(descriptor: Descriptor) -> str:
    """What a person knows an image by."""
    reference = reference_of(descriptor)
    return reference.familiar if reference is not None else descriptor.digest.short


def _read_all(layout: Layout, job: Job) -> tuple[int, int, list[Digest]]:
    blobs = list(layout.blobs())
    job.expect(sum(size for _, _, size in blobs))
    broken = [digest for digest, path, _ in blobs if not _hashes(digest, path, job)]
    return len(blobs), sum(size for _, _, size in blobs), broken


def _hashes(digest: Digest, path: Path, job: Job) -> bool:
    hasher = digest.hasher()
    file = SharedFile(path)
    try:
        for chunk in chunks_of(file):
            hasher.update(chunk)
            job.advance(len(chunk))
        digest.verify_hasher(hasher)
    except DigestMismatch:
        return False
    finally:
        file.close()
    return True


def _faults(
    layout: Layout, descriptors: Sequence[Descriptor], broken: Sequence[Digest]
) -> list[Fault]:
    words: dict[Digest, str] = {d: f"blob {d.short} does not hash to its name" for d in broken}
    users: dict[Digest, list[str]] = {digest: [] for digest in broken}
    for descriptor in descriptors:
        found = reach(layout, [descriptor])
        for digest, kind in found.absent.items():
            words.setdefault(digest, f"blob {digest.short} ({kind or 'unknown'}) is not there")
        for digest, why in found.damaged.items():
            words.setdefault(digest, why)
        for digest in {*found.absent, *found.damaged, *(set(found.blobs) & set(broken))}:
            users.setdefault(digest, []).append(label(descriptor))
    return [Fault(words[digest], tuple(images), digest) for digest, images in users.items()]


def _is_whole(found: Reach) -> bool:
    return not found.absent and not found.damaged


def _found_again(layout: Layout) -> Held:
    """The images whose names are lost: manifests and indexes that no other one names."""
    documents: dict[Digest, Descriptor] = {}
    below: set[Digest] = set()
    for digest, _, size in layout.blobs():
        document = _document(layout, digest) if size <= _SMALL else None
        if document is not None:
            documents[digest] = Descriptor(document.media_type, digest, size)
            below |= {descriptor.digest for descriptor in below_of(document)}
    return tuple(found for digest, found in documents.items() if digest not in below)


def _document(layout: Layout, digest: Digest) -> Manifest | ImageIndex | None:
    try:
        data = layout.document(digest)
        if not data.startswith(b"{"):
            return None
        document = parse_manifest(data)
    except ExplorerError:
        return None
    return document if media.is_manifest(document.media_type) or _is_index(document) else None


def _is_index(document: Manifest | ImageIndex) -> bool:
    return isinstance(document, ImageIndex)
