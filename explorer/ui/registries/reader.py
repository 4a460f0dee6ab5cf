"""Reads what the browser shows, only as far as it is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.errors import DamagedImage, ExplorerError, NotFound, Refused
from explorer.oci import Descriptor, Digest, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.transfer.browsing import Look, Part, look, read_part, resolve
from explorer.ui.registries.account import wants_login
from explorer.ui.registries.facts import RowFacts
from explorer.ui.registries.session import RegistrySession, Standing
from explorer.ui.tasks import Operation, Running, loop_runs

_TOGETHER: Final = 6
"""Tags that are read at a time."""
_MOST_PARTS: Final = 40


class Reader(QObject):
    """Each kind of reading has a slot: what is asked for later replaces what is under way."""

    repositories = Signal(str, object, bool)
    """A host, its repositories so far, and whether these are all."""
    unlisted = Signal(str, object)
    """A host does not tell its repositories; the error says why."""
    failed = Signal(str, object)
    """What was wanted, and the error that ended it."""
    tags = Signal(object, object, bool)
    """A repository, its tags so far, and whether these are all."""
    row = Signal(object, str, object)
    """A repository, a tag, and the :class:`RowFacts` that were read of it."""
    rows_read = Signal()
    """What was asked for of the rows is read."""
    looked = Signal(object, object)
    """A name with its digest, and the :class:`Look` at it."""
    part = Signal(object, object)
    """An index, and one :class:`Part` of it."""
    referrers = Signal(object, object)
    """A digest, and what refers to it: descriptors, or the error that ended the question."""

    def __init__(self, session: RegistrySession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.parts: dict[Digest, Part] = {}
        self._running: dict[str, Running] = {}

    # -- lists --------------------------------------------------------------------------------

    def read_host(self, name: str) -> None:
        """Contact a host, and list its repositories where it tells them."""
        title = f"Listing the repositories of {name}"

        async def work(_job: Job) -> None:
            state = await self._session.contact(name)
            host = self._session.host(name)
            if state.standing is Standing.AWAY or host is None or not host.lists_repositories:
                return
            if state.standing is Standing.LOCKED:
                return

            def told(names: Sequence[str]) -> None:
                self.repositories.emit(name, names, False)

            try:
                found = await self._session.repositories(name, told)
            except (NotFound, Refused) as error:
                self.unlisted.emit(name, error)
            else:
                self.repositories.emit(name, found, True)

        self._start(title, work, "host")

    def read_tags(self, repository: Reference) -> None:
        """List the tags of a repository."""

        async def work(_job: Job) -> None:
            def told(names: Sequence[str]) -> None:
                self.tags.emit(repository, names, False)

            found = await self._session.tags(repository, told)
            self.tags.emit(repository, found, True)

        self._start(f"Listing the tags of {repository.familiar_name}", work, "tags")

    def stop(self) -> None:
        """Nothing that was asked for is wanted any more."""
        for running in self._running.values():
            running.cancel()
        self._running.clear()

    # -- rows ---------------------------------------------------------------------------------

    def read_rows(self, repository: Reference, names: Sequence[str], *, shown: bool) -> None:
        """Read tags, a few at a time; ``shown`` work is listed among what runs.

        Where reading counts as pulling, only digests are asked for, which does not.
        """
        host = self._session.host(repository.host)
        only_digests = host is not None and host.counts_reading and not shown

        async def work(_job: Job) -> None:
            left = iter(names)

            async def some() -> None:
                for name in left:
                    facts = await self._row(replace(repository, tag=name), only_digests)
                    self.row.emit(repository, name, facts)

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(_TOGETHER, len(names))):
                        group.create_task(some())
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None
            self.rows_read.emit()

        title = f"Reading {len(names):,} tags of {repository.familiar_name}"
        # Whoever scrolls on while all are read goes on reading all.
        self._start(title, work, "every" if shown else "rows", quiet=not shown)

    async def _row(self, reference: Reference, only_digests: bool) -> RowFacts:
        known = self._session.known

        async def ask(client: RegistryClient) -> RowFacts:
            if only_digests:
                digest = await resolve(client, reference)
                found = known.get(digest)
                return RowFacts.of_look(found) if found is not None else RowFacts(digest)
            return RowFacts.of_look(await look(client, reference, known))

        try:
            return await self._session.ask(reference.host, ask)
        except (NotFound, DamagedImage) as error:
            return RowFacts(problem=str(error))

    # -- one tag ------------------------------------------------------------------------------

    def read_look(self, reference: Reference) -> None:
        """Read what a tag stands for, then what refers to it and the other images of its index."""

        async def work(_job: Job) -> None:
            known = self._session.known

            async def ask(client: RegistryClient) -> Look:
                return await look(client, reference, known)

            found = await self._session.ask(reference.host, ask)
            named = replace(reference, digest=found.descriptor.digest)
            self.looked.emit(named, found)
            self.read_referrers(named)
            host = self._session.host(reference.host)
            if found.index is not None and not (host is not None and host.counts_reading):
                self._read_parts(named, found)

        self._start(f"Reading {reference.familiar}", work, "look")

    def read_platform(self, reference: Reference, found: Look, image: Descriptor) -> None:
        """Read one more image of an index."""
        if image.digest in self.parts:
            self.part.emit(found, self.parts[image.digest])
            return

        async def work(_job: Job) -> None:
            await self._one_part(reference, found, image)

        self._start(f"Reading {image.platform or image.digest.short}", work, "part", quiet=True)

    def _read_parts(self, reference: Reference, found: Look) -> None:
        images = [image for image in found.images if image.digest not in self.parts]

        async def work(_job: Job) -> None:
            for image in images[:_MOST_PARTS]:
                await self._one_part(reference, found, image)

        if images:
            self._start("Reading the platforms", work, "parts", quiet=True)
        for digest in {image.digest for image in found.images} & self.parts.keys():
            self.part.emit(found, self.parts[digest])

    async def _one_part(self, reference: Reference, found: Look, image: Descriptor) -> None:
        async def ask(client: RegistryClient) -> Part:
            return await read_part(client, reference, image)

        try:
            self.parts[image.digest] = await self._session.ask(reference.host, ask)
        except (NotFound, DamagedImage):
            return  # not every image that an index names is there: it stays unknown
        self.part.emit(found, self.parts[image.digest])

    def read_referrers(self, named: Reference) -> None:
        """Ask what refers to a digest."""
        digest = named.digest
        assert digest is not None

        async def work(_job: Job) -> None:
            async def ask(client: RegistryClient) -> tuple[Descriptor, ...]:
                return await client.referrers(named, digest)

            try:
                self.referrers.emit(digest, await self._session.ask(named.host, ask))
            except ExplorerError as error:
                self.referrers.emit(digest, error)

        self._start("Listing what refers to it", work, "referrers", quiet=True)

    def _start(self, title: str, work: object, slot: str, *, quiet: bool = False) -> None:
        if not loop_runs():
            return  # the window has closed, and a timer of the table has rung once more
        operation = (
            Operation(self, title)
            .work(work)  # type: ignore[call-overload]
            .failure(lambda error: self._failed(title, error))
            .replacing(slot)
        )
        self._running[slot] = (operation.quiet() if quiet else operation).start()

    def _failed(self, title: str, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        self.failed.emit(title, error)


def needs_login(error: BaseException) -> bool:
    """Whether logging in may help."""
    return wants_login(error) or (isinstance(error, Refused) and "may not do that" in error.why)
