"""One repository of a registry: its documents, parts of its blobs, and blobs as they stream by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any, Final

from explorer.errors import LimitExceeded
from explorer.oci import Descriptor, Digest, Reference
from explorer.progress import Job
from explorer.registry import Document, RegistryClient
from explorer.registry.client import MAX_MANIFEST
from explorer.registry.downloads import read_blob
from explorer.sources.registry.line import Line
from explorer.sources.registry.ranges import read_range
from explorer.sources.traffic import Traffic
from explorer.store.pieces import PieceCache

Fetch = Callable[[RegistryClient], Coroutine[Any, Any, Document]]
MAX_CONFIG: Final = 4 << 20
"""Bytes of a configuration that are read."""


class Repository:
    """What is asked of one repository, and counted in ``traffic``.

    Documents that hashed to their digest are kept, and not fetched again. Every method raises
    :class:`explorer.errors.NotFound`, :class:`explorer.errors.Refused`,
    :class:`explorer.errors.Cancelled`.
    """

    def __init__(
        self, reference: Reference, line: Line, pieces: PieceCache, traffic: Traffic
    ) -> None:
        self.reference = reference
        self.traffic = traffic
        self.line = line
        self._where = replace(reference, digest=None)
        self._pieces = pieces

    def root(self, job: Job) -> Document:
        """The manifest or index that the reference stands for; a tag is always asked for."""
        digest = self.reference.digest
        known = self._pieces.get(digest) if digest is not None else None
        if known is not None and digest is not None:
            return Document(Descriptor("", digest, len(known)), known)

        async def fetch(client: RegistryClient) -> Document:
            return await client.manifest(self.reference)

        return self._fetched(fetch, job)

    def manifest(self, descriptor: Descriptor, job: Job) -> bytes:
        """A manifest or an index that another one names."""
        known = self._pieces.get(descriptor.digest)
        if known is not None:
            return known
        if descriptor.size > MAX_MANIFEST:
            raise self._too_large("manifest", descriptor)
        wanted = Reference(self._where.host, self._where.path, digest=descriptor.digest)

        async def fetch(client: RegistryClient) -> Document:
            return await client.manifest(wanted)

        return self._fetched(fetch, job).data

    def _fetched(self, fetch: Fetch, job: Job) -> Document:
        try:
            document = self.line.ask(fetch, job)
        finally:
            self.traffic.asked(self.line.requests)
        self.traffic.document(len(document.data))
        self._pieces.put(document.descriptor.digest, document.data)
        return document

    def config(self, descriptor: Descriptor, job: Job) -> bytes:
        """A configuration, or another small blob, verified."""
        known = self._pieces.get(descriptor.digest)
        if known is not None:
            return known
        if descriptor.size > MAX_CONFIG:
            raise self._too_large("configuration", descriptor)
        data = b"".join(self._streamed(descriptor, job))
        self.traffic.document(len(data))
        self._pieces.put(descriptor.digest, data)
        return data

    def stream(self, descriptor: Descriptor, job: Job) -> Iterator[bytes]:
        """A layer, piece by piece.

        Raises, behind the last piece, :class:`explorer.errors.DigestMismatch`;
        :class:`explorer.errors.DamagedImage` for the wrong length.
        """
        for piece in self._streamed(descriptor, job):
            self.traffic.layer(len(piece))
            yield piece

    def _streamed(self, descriptor: Descriptor, job: Job) -> Iterator[bytes]:
        def read(client: RegistryClient) -> AsyncIterator[bytes]:
            return read_blob(client.wire, self._where, descriptor)

        try:
            yield from self.line.stream(read, job)
        finally:
            self.traffic.asked(self.line.requests)

    def part(self, digest: Digest, start: int, size: int, job: Job) -> bytes:
        """A part of a layer, not verified; raises :class:`~.blob.NoRanges`."""

        async def read(client: RegistryClient) -> bytes:
            return await read_range(client.wire, self._where, digest, start, size)

        try:
            data = self.line.ask(read, job)
        finally:
            self.traffic.asked(self.line.requests)
        self.traffic.layer(len(data))
        return data

    def _too_large(self, what: str, descriptor: Descriptor) -> LimitExceeded:
        return LimitExceeded(
            f"A {what} of {self.reference.familiar} is too large",
            why=f"it is said to have {descriptor.size:,} bytes",
        )
