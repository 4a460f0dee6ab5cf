"""What the files of any tree hold, as digests."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Protocol, runtime_checkable

import numpy as np

from explorer.build.tree import Branch, Tree
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.progress import Job

MOST_BYTES: Final = 64 << 20
"""Of a tree that keeps no digests no more than this is read to foretell something."""

_DIGEST: Final = 32
_REMEMBERED: Final = 100_000


@runtime_checkable
class Digested(Protocol):
    """A tree that knows what its files hold, such as that of a build context."""

    def digests(self, path: bytes, job: Job | None = None) -> Array:
        """For each row of the branch of a path, 32 bytes that stand for its content."""


@runtime_checkable
class Settling(Protocol):
    """A tree whose files may just have changed, and may change again without it showing."""

    def is_settled(self, path: bytes) -> bool:
        """Whether what was read below a path will be the same as long as the stamp is."""


class Contents:
    """Digests of files, remembered for as long as a tree stays as it is."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Hashable, bytes], bytes] = OrderedDict()

    def of(self, tree: Tree, branch: Branch, rows: Array, job: Job) -> Array | None:
        """Digests of the rows of a branch; those that are not in ``rows`` may be zeros.

        ``None`` where it takes too much reading to tell. Raises what reading raises.
        """
        if isinstance(tree, Digested):
            return tree.digests(branch.path, job)
        files = rows[branch.types[rows] == EntryType.FILE]
        if int(branch.size[files].sum()) > MOST_BYTES:
            return None
        out = np.zeros((len(branch), _DIGEST), np.uint8)
        for row in files.tolist():
            digest = self._digest(tree, branch.path_of(row), job)
            out[row] = np.frombuffer(digest, np.uint8)
        return out

    def is_settled(self, tree: Tree, path: bytes) -> bool:
        """Whether what was found below a path holds for as long as the tree's stamp does."""
        return not isinstance(tree, Settling) or tree.is_settled(path)

    def _digest(self, tree: Tree, path: bytes, job: Job) -> bytes:
        key = tree.stamp, path
        known = self._known.get(key)
        if known is None:
            state = hashlib.sha256()
            for chunk in tree.content(path).chunks():
                job.check()
                state.update(chunk)
            known = self._known[key] = state.digest()
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known
