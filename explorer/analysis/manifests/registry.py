"""Manifests in a registry, beside the image that a reference names."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, TypeVar

from explorer.analysis.manifests.layout import check_size
from explorer.analysis.manifests.shelf import Answer
from explorer.errors import Cancelled, ExplorerError, NotFound
from explorer.oci import Descriptor, Digest, Reference, parse_manifest
from explorer.progress import Job
from explorer.registry import Document, Options, RegistryClient, Wire
from explorer.registry.downloads import read_blob
from explorer.store.pieces import PieceCache

T = TypeVar("T")
_AT_A_TIME: Final = 6
_LOOK: Final = 0.1  # seconds between two looks whether the user said stop


@contextmanager
def registry_shelf(
    reference: Reference, job: Job, pieces: PieceCache, insecure: frozenset[str] = frozenset()
) -> Iterator[RegistryShelf]:
    """A connection for the length of a ``with``, in a thread that may block.

    What is found in ``pieces`` is not fetched again.
    """
    with asyncio.Runner() as runner:
        wire = Wire(Options.from_environment(insecure))
        runner.run(wire.__aenter__())
        try:
            yield RegistryShelf(RegistryClient(wire), reference, job, runner, pieces)
        finally:
            runner.run(wire.__aexit__())


class RegistryShelf:
    """As :class:`explorer.analysis.manifests.Shelf`."""

    def __init__(
        self,
        client: RegistryClient,
        reference: Reference,
        job: Job,
        runner: asyncio.Runner,
        pieces: PieceCache,
    ) -> None:
        self._client, self._reference, self._job = client, reference, job
        self._runner, self._pieces = runner, pieces

    def roots(self) -> tuple[Descriptor, ...]:
        """The manifest or index that the reference stands for."""
        document = self._wait(self._client.manifest(self._reference))
        self._keep(document)
        return (document.descriptor,)

    def _keep(self, document: Document) -> None:
        self._pieces.put(document.descriptor.digest, document.data)

    def manifests(self, descriptors: Sequence[Descriptor]) -> list[Answer]:
        """As the protocol says."""
        return self._wait(self._each([self._manifest(one) for one in descriptors]))

    async def _manifest(self, descriptor: Descriptor) -> Answer:
        try:
            data = self._pieces.get(descriptor.digest)
            if data is None:
                document = await self._client.manifest(self._named(descriptor.digest))
                self._keep(document)
                data = document.data
            return parse_manifest(data, descriptor.media_type)
        except Cancelled:
            raise
        except ExplorerError as error:
            return error

    def referrers(self, digests: Sequence[Digest]) -> Mapping[Digest, tuple[Descriptor, ...]]:
        """By the referrers API, or its tag."""
        asked = [self._client.referrers(self._reference, digest) for digest in digests]
        found = self._wait(self._each(asked))
        return dict(zip(digests, found, strict=True))

    def tagged(self, tags: Sequence[str]) -> Mapping[str, Descriptor]:
        """As the protocol says."""
        found = self._wait(self._each([self._tagged(tag) for tag in tags]))
        return {tag: one for tag, one in zip(tags, found, strict=True) if one is not None}

    async def _tagged(self, tag: str) -> Descriptor | None:
        try:
            named = replace(self._reference, tag=tag, digest=None)
            document = await self._client.manifest(named)
        except NotFound:
            return None
        self._keep(document)
        return document.descriptor

    def blob(self, descriptor: Descriptor) -> bytes:
        """As the protocol says."""
        check_size(descriptor, descriptor.size)
        data = self._pieces.get(descriptor.digest)
        if data is None:
            data = self._wait(self._blob(descriptor))
            self._pieces.put(descriptor.digest, data)
        return data

    async def _blob(self, descriptor: Descriptor) -> bytes:
        wire = self._client.wire
        return b"".join([p async for p in read_blob(wire, self._reference, descriptor)])

    def _named(self, digest: Digest) -> Reference:
        return replace(self._reference, tag="", digest=digest)

    async def _each(self, work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def one(asked: Coroutine[Any, Any, T]) -> T:
            async with gate:
                return await asked

        return list(await asyncio.gather(*(one(asked) for asked in work)))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work; it ends within a moment of :meth:`Job.cancel`."""

        async def watched() -> T:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(work)
                while not task.done():
                    await asyncio.wait((task,), timeout=_LOOK)
                    if not task.done():
                        self._job.check()
            return task.result()

        try:
            return self._runner.run(watched())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
