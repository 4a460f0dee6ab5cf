"""What is known of the world around a Dockerfile at one moment. No Qt here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from explorer.build.context.context import Context
from explorer.build.context.entries import Entries
from explorer.build.context.hashing import HashMemo
from explorer.build.context.tree import ContextTree
from explorer.dockerfile.advice.facts import ContextFacts
from explorer.filesystem.entry import EntryType
from explorer.ui.build.surround.bases import KnownBases

_MOST_ENTRIES: Final = 200_000
"""Entries of a context that advice looks at; of a larger one it knows that it has not seen all."""


@dataclass(frozen=True)
class World:
    """The build context and the base images, as far as they are known."""

    context: Context | None = None
    bases: KnownBases = field(default_factory=lambda: KnownBases({}))
    hashes: HashMemo = field(default_factory=HashMemo)

    @cached_property
    def tree(self) -> ContextTree | None:
        """The context as something that COPY reads from."""
        return ContextTree(self.context, self.hashes) if self.context is not None else None

    @cached_property
    def facts(self) -> ContextFacts | None:
        """What advice knows of the context. Takes its time for many files: ask on a thread."""
        context = self.context
        if context is None:
            return None
        whole = len(context.entries) <= _MOST_ENTRIES
        name = context.ignore.name or None
        return ContextFacts.of(_listed(context.entries), name, whole=whole)


def _listed(entries: Entries) -> Iterator[tuple[str, int | None]]:
    """Paths with their sizes, ``None`` for directories, each directory before what is in it."""
    count = min(len(entries), _MOST_ENTRIES)
    types, sizes = entries.type[:count].tolist(), entries.size[:count].tolist()
    parents = entries.parent[:count].tolist()
    paths = [""] * count
    for row in range(1, count):
        above, name = paths[parents[row]], os.fsdecode(entries.name(row))
        paths[row] = path = f"{above}/{name}" if above else name
        if types[row] == EntryType.DIR:
            yield path, None
        else:
            yield path, sizes[row] if types[row] == EntryType.FILE else 0
