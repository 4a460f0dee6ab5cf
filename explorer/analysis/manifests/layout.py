"""Manifests in an OCI image layout: a folder, an archive, or the local store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from explorer.analysis.manifests.shelf import MOST_BLOB, Answer
from explorer.errors import ExplorerError, LimitExceeded, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, parse_manifest
from explorer.progress import Job
from explorer.sources.oci_layout import MAX_LISTED, MAX_MANIFESTS, OciLayout


class LayoutShelf:
    """As :class:`explorer.analysis.manifests.Shelf`."""

    def __init__(self, layout: OciLayout, job: Job | None = None) -> None:
        self._layout, self._job = layout, job or Job()

    def roots(self) -> tuple[Descriptor, ...]:
        """As the protocol says."""
        return self._layout.index.manifests

    def manifests(self, descriptors: Sequence[Descriptor]) -> list[Answer]:
        """As the protocol says."""
        return [self._manifest(descriptor) for descriptor in descriptors]

    def _manifest(self, descriptor: Descriptor) -> Answer:
        self._job.check()
        try:
            data = self._layout.document(descriptor, "manifest")
            return parse_manifest(data, descriptor.media_type)
        except ExplorerError as error:
            return error

    def referrers(self, digests: Sequence[Digest]) -> Mapping[Digest, tuple[Descriptor, ...]]:
        """By opening every manifest of the layout once."""
        return {digest: self._by_subject.get(digest, ()) for digest in digests}

    @cached_property
    def _by_subject(self) -> Mapping[Digest, tuple[Descriptor, ...]]:
        found: dict[Digest, tuple[Descriptor, ...]] = {}
        for descriptor, manifest in self._walk():
            if not isinstance(manifest, ExplorerError) and manifest.subject is not None:
                subject = manifest.subject.digest
                found[subject] = (*found.get(subject, ()), descriptor)
        return found

    def _walk(self) -> Iterator[tuple[Descriptor, Answer]]:
        """Every manifest once, however it is reached; within the bounds of a listing."""
        waiting, seen, read = list(self.roots()), set[Digest](), 0
        while waiting and len(seen) < MAX_MANIFESTS and read < MAX_LISTED:
            descriptor = waiting.pop(0)
            if descriptor.digest in seen:
                continue
            seen.add(descriptor.digest)
            read += descriptor.size
            manifest = self._manifest(descriptor)
            yield descriptor, manifest
            if isinstance(manifest, ImageIndex):
                waiting += manifest.manifests

    def tagged(self, tags: Sequence[str]) -> Mapping[str, Descriptor]:
        """As the protocol says; a name may be the tag alone or a whole reference."""
        wanted, found = set(tags), dict[str, Descriptor]()
        for descriptor in self.roots():
            for name in self._layout.names(descriptor):
                tag = name.rpartition(":")[2]
                if tag in wanted:
                    found.setdefault(tag, descriptor)
        return found

    def blob(self, descriptor: Descriptor) -> bytes:
        """As the protocol says."""
        self._job.check()
        blob = self._layout.blob(descriptor)
        if blob is None:
            raise NotFound(
                f"The document {descriptor.digest.short} is not in {self._layout.location}",
                why="the layout names a blob that it does not hold",
                hint="Copy the image again, with everything that belongs to it",
            )
        check_size(descriptor, blob.size)
        data = blob.read_at(0, blob.size)
        if descriptor.digest.verifiable:
            descriptor.digest.verify(data, "The document")
        return data


def check_size(descriptor: Descriptor, size: int) -> None:
    """Raise :class:`LimitExceeded` for a document that is none."""
    if size > MOST_BLOB:
        raise LimitExceeded(
            f"The document {descriptor.digest.short} is too large",
            why=f"it has {size:,} bytes, and no more than {MOST_BLOB:,} are read",
            hint="A genuine one has a few megabytes at most",
        )
