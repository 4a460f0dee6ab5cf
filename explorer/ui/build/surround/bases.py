"""Base images and named contexts, opened in the background and kept at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from explorer.build.bases import Base, LocalBases, Resolved, Unresolved
from explorer.dockerfile.stages.model import OriginKind, Program
from explorer.oci import Platform, Reference
from explorer.oci.config import ImageConfig
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.ui.build.options import Options
from explorer.ui.tasks import Operation, Running, loop_runs

Name = tuple[str, Platform]
_MOST: Final = 64
"""So many names of one Dockerfile are looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownBases:
    """What names are known to mean by now; answers at once, and is safe on any thread."""

    found: Mapping[Name, Resolved]

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """As :class:`explorer.build.bases.Bases`; what is still being opened is not there yet."""
        found = self.found.get((name, platform))
        return found if found is not None else Unresolved(name, "it is still being looked for")

    def images(self) -> dict[str, ImageConfig]:
        """The configurations by reference, as the language wants them."""
        known: dict[str, ImageConfig] = {}
        for (name, _platform), found in self.found.items():
            reference = Reference.parse_or_none(name)
            if isinstance(found, Base) and reference is not None:
                known[str(reference)] = found.config
        return known

    def contexts(self, options: Options) -> dict[str, ImageConfig | None]:
        """The configurations of named contexts; ``None`` for folders."""
        known: dict[str, ImageConfig | None] = {c.name: None for c in options.contexts}
        for (name, _platform), found in self.found.items():
            if name in known and isinstance(found, Base):
                known[name] = found.config
        return known

    def digests(self) -> dict[str, str]:
        """The digests of images by reference, for advice on pinning."""
        known: dict[str, str] = {}
        for (name, _platform), found in self.found.items():
            reference = Reference.parse_or_none(name)
            if isinstance(found, Base) and reference is not None:
                digest = found.image.image.digest
                if digest is not None:
                    known[str(reference)] = str(digest)
        return known


def names_in(program: Program) -> set[Name]:
    """The images and named contexts that a program names, each with its platform."""
    found: set[Name] = set()
    for stage in program.stages:
        for need in stage.needs:
            if need.origin.kind in (OriginKind.IMAGE, OriginKind.CONTEXT) and need.origin.name:
                found.add((need.origin.name, stage.platform))
                if len(found) >= _MOST:
                    return found
    return found


class BaseKeeper(QObject):
    """Looks each name up once; again when told to. Nothing is fetched."""

    changed = Signal()
    """:attr:`known` holds more, or something else."""

    def __init__(self, parent: QObject | None = None, *, caches: Caches | None = None) -> None:
        super().__init__(parent)
        self._caches = caches
        self._contexts: Mapping[str, str] = {}
        self._local: LocalBases | None = None
        self._wanted: set[Name] = set()
        self._running: Running | None = None
        self.known = KnownBases({})

    def show_contexts(self, options: Options) -> None:
        """Take other named contexts: all names may now mean something else."""
        contexts = {each.name: each.location for each in options.contexts}
        if contexts != self._contexts:
            self._contexts, self._local = contexts, None
            self.look_again()

    def want(self, names: Iterable[Name]) -> None:
        """See that these names are known soon."""
        self._wanted = set(names)
        self._start()

    def look_again(self) -> None:
        """Look every name up anew."""
        self.stop()
        self.known = KnownBases({})
        self.changed.emit()
        self._start()

    def stop(self) -> None:
        """Stop looking."""
        if self._running is not None:
            running, self._running = self._running, None
            running.cancel()

    def _start(self) -> None:
        missing = self._wanted - set(self.known.found)
        if not missing or self._running is not None or not loop_runs():
            return
        local, contexts, caches = self._local, self._contexts, self._caches

        def work(job: Job) -> tuple[LocalBases, dict[Name, Resolved]]:
            # It is asked again later on: this job is over by then.
            bases = local or LocalBases(contexts, caches or Caches.at())
            found: dict[Name, Resolved] = {}
            for name, platform in sorted(missing, key=lambda each: each[0]):
                job.check()
                found[name, platform] = bases.resolve(name, platform)
            return bases, found

        names = ", ".join(sorted({name for name, _ in missing})[:3])
        running = (
            Operation(self, f"Looking for {names}").work(work).success(self._take).quiet().start()
        )
        self._running = running
        assert running.task is not None
        running.task.add_done_callback(
            lambda task: self._ended(running, task) if isValid(self) else None
        )

    def _take(self, result: tuple[LocalBases, dict[Name, Resolved]]) -> None:
        self._local, found = result
        self.known = KnownBases({**self.known.found, **found})
        self.changed.emit()

    def _ended(self, running: Running, task: asyncio.Task[None]) -> None:
        if running is self._running:
            self._running = None
            if not task.cancelled():
                self._start()
