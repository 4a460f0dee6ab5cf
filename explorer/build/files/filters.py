"""``--exclude`` and ``--parents``: which rows of a branch are copied.

As fsutil's copier: patterns have the semantics of an ignore file, relative to the source; the
source itself is never left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.build.files.paths import decoded
from explorer.build.tree import Branch
from explorer.dockerfile.ignore import IgnoreError, IgnoreFile, Matched
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array


@dataclass(frozen=True, slots=True)
class Filters:
    """``include`` is ``None`` where everything is; a directory comes with what it includes."""

    include: IgnoreFile | None
    exclude: IgnoreFile | None

    @classmethod
    def of(cls, include: str | None, exclude: tuple[str, ...]) -> Filters:
        """Read the patterns. An empty one to include matches nothing, as in BuildKit.

        Raises:
            IgnoreError: a pattern that is refused.
        """
        return cls(
            IgnoreFile.of([(1, include)]) if include is not None else None,
            IgnoreFile.of([(1, pattern) for pattern in exclude]) if any(exclude) else None,
        )

    @property
    def are_set(self) -> bool:
        """Whether there is any pattern."""
        return self.include is not None or self.exclude is not None

    def kept(self, branch: Branch) -> tuple[Array, Array]:
        """The rows that are copied, rising, row 0 among them.

        The second array has those among them that only come along: directories that are left out
        themselves, with something in them that is not.
        """
        if not self.are_set:
            return np.arange(len(branch)), np.empty(0, np.int64)
        return _Walk(self, branch).run()


class _Walk:
    def __init__(self, filters: Filters, branch: Branch) -> None:
        self._filters = filters
        self._branch = branch
        self._ends = branch.ends().tolist()
        self._kept = np.zeros(len(branch), bool)
        self._kept[0] = True

    def run(self) -> tuple[Array, Array]:
        """All rows, without recursion: a tree can be two thousand names deep."""
        branch, ends, kept = self._branch, self._ends, self._kept
        paths: dict[int, str] = {0: ""}
        known: dict[int, tuple[Matched | None, Matched | None]] = {0: (None, None)}
        parents, dirs = branch.parent.tolist(), (branch.types == EntryType.DIR).tolist()
        row = 1
        while row < len(branch):
            above = parents[row]
            name = decoded(branch.name(row))
            path = f"{paths[above]}/{name}" if above else name
            wanted, matched, is_over = self._wanted(path, known[above])
            if wanted:
                kept[row] = True
            if is_over:
                row = ends[row]
                continue
            if dirs[row]:
                paths[row], known[row] = path, matched
            row += 1
        own = kept.copy()
        self._keep_parents(parents)
        return np.flatnonzero(kept), np.flatnonzero(kept & ~own)

    def _wanted(
        self, path: str, above: tuple[Matched | None, Matched | None]
    ) -> tuple[bool, tuple[Matched | None, Matched | None], bool]:
        """Whether a path is copied, what its children need to know, and whether all below go."""
        include, exclude = self._filters.include, self._filters.exclude
        included, out, without = True, None, None
        if include is not None:
            included, out = include.below(path, above[0])
        excluded = False
        if exclude is not None:
            excluded, without = exclude.below(path, above[1])
        is_over = excluded and exclude is not None and not exclude.has_exceptions
        return included and not excluded, (out, without), is_over

    def _keep_parents(self, parents: list[int]) -> None:
        kept = self._kept
        for row in range(len(parents) - 1, 0, -1):
            if kept[row]:
                kept[parents[row]] = True


__all__ = ["Filters", "IgnoreError"]
