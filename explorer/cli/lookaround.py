"""A quick look at a build context: its ignore file, and roughly what is in it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explorer.dockerfile.advice.facts import ContextFacts
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.ignore import DEFAULT_NAME, IgnoreFile, Matched
from explorer.errors import NotFound

MOST_ENTRIES: Final = 20_000
"""Entries that are looked at; of a larger context the upper folders are known."""

MAX_IGNORE_BYTES: Final = 8 << 20


def find_ignore_file(dockerfile: Path | None, context: Path) -> Path | None:
    """``NAME.dockerignore`` beside the Dockerfile, else ``.dockerignore`` in the context."""
    candidates = [context / DEFAULT_NAME]
    if dockerfile is not None:
        candidates.insert(0, dockerfile.with_name(dockerfile.name + DEFAULT_NAME))
    return next((path for path in candidates if path.is_file()), None)


def read_ignore_file(path: Path) -> IgnoreFile:
    """The rules of an ignore file.

    Raises:
        IgnoreError: Docker refuses one of its patterns.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return IgnoreFile.parse(decode(file.read(MAX_IGNORE_BYTES)))


def check_folder(context: Path) -> None:
    """Raise :class:`NotFound` where a build context is no folder."""
    if not context.is_dir():
        raise NotFound(f"No folder {context}", hint="Name the build context: --context DIR")


def look_around(context: Path, ignore: IgnoreFile | None, ignore_name: str | None) -> ContextFacts:
    """What a context sends, from its upper folders down; links are not followed.

    What cannot be read is left out.
    """
    walk = _Walk(ignore or IgnoreFile())
    entries = list(walk.entries(context))
    return ContextFacts.of(entries, ignore_name, whole=walk.seen <= MOST_ENTRIES)


class _Walk:
    def __init__(self, ignore: IgnoreFile) -> None:
        self.seen = 0
        self._ignore = ignore

    def entries(self, root: Path) -> Iterator[tuple[str, int | None]]:
        """Paths with their sizes, ``None`` for folders; a folder before what is in it."""
        waiting: deque[tuple[str, Matched | None]] = deque([("", None)])
        while waiting and self.seen <= MOST_ENTRIES:
            folder, matched = waiting.popleft()
            for entry in self._listed(root / folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                ignored, below = self._ignore.below(path, matched)
                if entry.is_dir(follow_symlinks=False):
                    if not ignored or self._ignore.may_except_below(path):
                        waiting.append((path, below))
                    if not ignored:
                        yield path, None
                elif not ignored:
                    yield path, _size(entry)

    def _listed(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.seen += 1
                    if self.seen > MOST_ENTRIES:
                        return
                    yield entry
        except OSError:
            return


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
