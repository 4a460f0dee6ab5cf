"""The builds there were: one file for each, read again whenever they are wanted.

A file is lines of JSON: first a summary, then the steps, each with the end of what it printed. It
appears whole, carries no secrets, and may go at any time: see :mod:`explorer.build.runs.record`.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Final

from explorer.build.runs.log import BuildLog
from explorer.build.runs.record import TAIL, VERSION, BuildSummary, read, share_of, write
from explorer.build.runs.spool import Spool
from explorer.errors import ExplorerError, NotFound
from explorer.store.data import data_root
from explorer.store.folder import CacheFolder, cannot_write

MOST_BYTES: Final = 128 << 20
MOST_BUILDS: Final = 500
MOST_WHOLE: Final = 512 << 20
"""Bytes of all whole outputs: of those steps that print more than is kept in the record."""

_SUFFIX: Final = ".build"
_WHOLE: Final = ".txt"
_LONGEST_HEAD: Final = 64 << 10
_LARGEST: Final = 64 << 20


class BuildHistory:
    """Builds in a folder, the newest :data:`MOST_BUILDS`. Safe from any thread and process."""

    def __init__(self, folder: Path) -> None:
        self._folder = CacheFolder(folder, MOST_BYTES)
        self._whole = CacheFolder(folder.with_name(f"{folder.name}-output"), MOST_WHOLE)

    @classmethod
    def at(cls, root: Path | None = None) -> BuildHistory:
        """The builds below a folder; the user's own by default. Nothing is written to look."""
        return cls((root or data_root()) / f"builds-{VERSION}")

    def spool(self) -> Spool:
        """What takes all that a build prints, for :meth:`add`."""
        return Spool(self._whole.path)

    def whole_output(self, name: str) -> Path:
        """The file that :attr:`StepRun.whole` names.

        Raises:
            NotFound: it had to go.
        """
        path = self._whole.file(name)
        if Path(name).name != name or not name.endswith(_WHOLE) or not path.is_file():
            raise NotFound("The whole output is no longer kept", why="newer ones took its room")
        return path

    def add(self, log: BuildLog, spool: Spool | None = None) -> BuildSummary:
        """Keep a build that has ended; of what ``spool`` took, what the record has no room for.

        Raises:
            StorageFull: nothing can be written.
        """
        name = f"{log.when.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}{_SUFFIX}"
        summary = BuildSummary.of(log, name)
        if spool is not None:
            self._keep_whole(log, name, spool)
        try:
            self._folder.write(name, lambda file: write(file, summary, log))
        except OSError as error:
            raise cannot_write(self._folder.path, error) from error
        for old in self._names()[MOST_BUILDS:]:
            self._folder.drop(old)
        return summary

    def _keep_whole(self, log: BuildLog, name: str, spool: Spool) -> None:
        share = share_of(log)
        try:
            for number, (step, path) in enumerate(spool.close().items()):
                run = log.steps.get(step)
                if run is None or run.output.size <= min(TAIL, share):
                    continue
                whole = f"{name.removesuffix(_SUFFIX)}-{number}{_WHOLE}"
                # Without room for it, the end of it is still in the record.
                with contextlib.suppress(OSError, ExplorerError), path.open("rb") as file:
                    self._whole.write(whole, partial(shutil.copyfileobj, file))
                    run.whole = whole
        finally:
            spool.remove()

    def summaries(self, dockerfile: str = "") -> list[BuildSummary]:
        """The builds, the newest first: of one Dockerfile, or of all. Damaged ones are left out."""
        found = (self._summary(name) for name in self._names())
        return [s for s in found if s is not None and dockerfile in ("", s.dockerfile)]

    def load(self, name: str) -> BuildLog:
        """A build with its steps and the ends of what they printed.

        Raises:
            NotFound: it is no longer there.
            ExplorerError: it cannot be read.
        """
        try:
            with self._folder.file(_checked(name)).open("rb") as file:
                data = file.read(_LARGEST)
        except OSError as error:
            raise NotFound("This build is no longer kept", why=error.strerror or "") from error
        try:
            return read(name, data)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise ExplorerError("The record of this build is damaged", why=str(error)) from error

    def forget(self, name: str) -> None:
        """Delete a build's record; no more."""
        self._folder.drop(_checked(name))

    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self._folder.path.iterdir()]
        except OSError:
            return []
        return sorted((name for name in names if name.endswith(_SUFFIX)), reverse=True)

    def _summary(self, name: str) -> BuildSummary | None:
        try:
            with self._folder.file(name).open("rb") as file:
                return BuildSummary.from_json(name, json.loads(file.readline(_LONGEST_HEAD)))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def _checked(name: str) -> str:
    if "/" in name or "\\" in name or not name.endswith(_SUFFIX):
        raise NotFound("There is no such build")
    return name
