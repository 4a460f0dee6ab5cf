"""What the sources of a COPY or ADD are, with what they hold; remembered while a tree stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.build.files.mishap import Mishap
from explorer.build.files.paths import decoded, has_wildcards
from explorer.build.files.sources import Found, Remote, find
from explorer.build.plan.contents import Contents
from explorer.build.plan.listing import Listing
from explorer.build.plan.operation import keeps_path
from explorer.build.preview.keys import transfer_key
from explorer.build.tree import Branch, Tree
from explorer.dockerfile.commands import model
from explorer.errors import Cancelled, ExplorerError
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.progress import Job

_MOST_ROWS: Final = 1_000_000
_MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Pick:
    """One file or directory: as the Dockerfile calls it, what its name makes of the result.

    ``listing`` is ``None`` where it takes too much reading to tell what it holds; ``branch`` is
    the path that it was read at.
    """

    written: str
    name: str
    listing: Listing | None
    branch: bytes = b"/"


@dataclass(frozen=True, slots=True)
class Picked:
    """All that an instruction takes from a tree; here-documents are not among it."""

    picks: tuple[Pick, ...] = ()
    remotes: tuple[Remote, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    has_archives: bool = False

    @property
    def rows(self) -> int:
        """How much it takes to remember."""
        return 1 + sum(len(pick.listing.content) for pick in self.picks if pick.listing is not None)


class Picker:
    """Finds sources and lists them. For one thread at a time."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._known: OrderedDict[Hashable, Picked] = OrderedDict()
        self._rows = 0

    def transfer(self, command: model.Copy | model.Add, tree: Tree, job: Job) -> Picked:
        """What a COPY or ADD takes. Raises only :class:`explorer.errors.Cancelled`."""
        key = tree.stamp, transfer_key(command)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        try:
            picked = self._transfer(command, tree, job)
        except Cancelled:
            raise
        except ExplorerError as error:
            return Picked(mishaps=(Mishap(error.what, why=error.why),))
        if all(self.contents.is_settled(tree, pick.branch) for pick in picked.picks):
            self._remember(key, picked)
        return picked

    def whole(self, tree: Tree, branch: Branch, path: bytes, job: Job) -> Listing | None:
        """All of a branch. Raises what reading raises."""
        return self._listed(tree, branch, np.arange(len(branch)), path, job)

    def _transfer(self, command: model.Copy | model.Add, tree: Tree, job: Job) -> Picked:
        sources = find(command, tree)
        found = [each for each in sources.found if each.tree is tree]
        whole = keeps_path(command)
        return Picked(
            picks=tuple(self._pick(each, whole, job) for each in found),
            remotes=sources.remote,
            mishaps=sources.mishaps,
            has_archives=any(each.archive for each in found),
        )

    def _pick(self, found: Found, whole: bool, job: Job) -> Pick:
        name = found.path if whole else found.path.rpartition(b"/")[2]
        listing = self._listed(found.tree, found.branch, found.rows, found.path, job)
        word = found.word.value
        written = display(found.path).lstrip("/") if has_wildcards(word) else word
        return Pick(written, decoded(name), listing, found.branch.path)

    def _listed(
        self, tree: Tree, branch: Branch, rows: Array, path: bytes, job: Job
    ) -> Listing | None:
        digests = self.contents.of(tree, branch, rows, job)
        return None if digests is None else Listing.of(branch, rows, digests, path)

    def _remember(self, key: Hashable, picked: Picked) -> None:
        self._known[key] = picked
        self._rows += picked.rows
        while self._rows > _MOST_ROWS or len(self._known) > _MOST:
            _, oldest = self._known.popitem(last=False)
            self._rows -= oldest.rows
